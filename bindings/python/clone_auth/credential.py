"""What a product calls its keys, and a credential to be sent."""

from typing import Optional, Tuple, Union

from clone_auth._handle import Handle
from clone_auth._library import call

Text = Union[str, bytes]


class Scheme(Handle):
    """Prefix and header of a product's API keys; Clone's by default."""

    _type = "scheme"

    def __init__(self, prefix: str = "clone_",
                 header: str = "X-Clone-API-Key") -> None:
        self._address = call("scheme_create", prefix, header)
        self.prefix = prefix
        self.header = header

    def __repr__(self) -> str:
        return f"Scheme({self.prefix!r}, {self.header!r})"


def scheme_or_default(scheme: Optional[Scheme]) -> Scheme:
    return Scheme() if scheme is None else scheme


class Credential(Handle):
    """A credential to be sent: its shape decides the header, and it goes only
    to the origins that it is bound to."""

    _type = "credential"

    @classmethod
    def parse(cls, text: Text,
              scheme: Optional[Scheme] = None) -> "Credential":
        """Reads an API key or a bearer token."""
        used = scheme_or_default(scheme)
        return cls._own(call("credential_parse", used._handle, text))

    @property
    def shape(self) -> str:
        """"api_key" or "bearer"."""
        return "api_key" if call("credential_shape", self._handle) else "bearer"

    def bind(self, url: str) -> "Credential":
        """Lets it go to the origin of `url`; returns itself."""
        call("credential_bind", self._handle, url)
        return self

    def header_for(self, method: str, url: str) -> Tuple[str, str]:
        """Name and value of the header for a request; the value is secret."""
        name, value = call("credential_header_for", self._handle, method, url)
        return name.decode("ascii"), value.decode("ascii")

"""Making API keys, taking them apart, and what one is found by."""

import ctypes
from typing import Optional

from clone_auth._errors import CloneAuthError, StatusCode
from clone_auth._handle import Handle
from clone_auth._library import call
from clone_auth.credential import Scheme, Text, scheme_or_default

_KINDS = {"user": "u", "organization": "o", "test_user": "t",
          "test_organization": "p"}
_KIND_NAMES = {ord(letter): name for name, letter in _KINDS.items()}
_DIGEST_SIZE = 32


def _or_none(name: str, *arguments: object) -> object:
    try:
        return call(name, *arguments)
    except CloneAuthError as error:
        if error.code != StatusCode.NOT_FOUND:
            raise
        return None


class ApiKey(Handle):
    """The form of a key; whether it is good only a verifier says."""

    _type = "api_key"

    @classmethod
    def generate(cls, kind: str = "user",
                 scheme: Optional[Scheme] = None) -> "ApiKey":
        """A new key; `kind` is "user", "organization", "test_user" or
        "test_organization"."""
        used = scheme_or_default(scheme)
        return cls._own(call("api_key_generate", used._handle,
                             ord(_KINDS[kind])))

    @classmethod
    def parse(cls, text: Text, scheme: Optional[Scheme] = None) -> "ApiKey":
        """Reads a key's text."""
        used = scheme_or_default(scheme)
        return cls._own(call("api_key_parse", used._handle, text))

    def reveal(self) -> str:
        """The whole key: shown once, never stored."""
        return call("api_key_text", self._handle).decode("ascii")

    @property
    def kind(self) -> Optional[str]:
        """None for an older key, without checksum."""
        kind = _or_none("api_key_kind", self._handle)
        return None if kind is None else _KIND_NAMES[kind]

    @property
    def public_id(self) -> Optional[str]:
        """Names the key in logs; None for an older key."""
        name = _or_none("api_key_public_id", self._handle)
        return None if name is None else name.decode("ascii")

    @property
    def display_prefix(self) -> str:
        """What may be shown of the key."""
        return call("api_key_display_prefix", self._handle).decode("ascii")

    def __repr__(self) -> str:
        return f"<ApiKey {self.display_prefix}>"


def digest_api_key(key: Text) -> bytes:
    """What a whole key is found by in memory; a table holds what an
    ApiKeySealer makes of it."""
    buffer = ctypes.create_string_buffer(_DIGEST_SIZE)
    call("api_key_digest", key, buffer)
    return buffer.raw

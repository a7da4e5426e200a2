"""Keys to sign JSON Web Tokens with, and signing."""

import json
from typing import Any, Mapping, Optional, Union

from clone_auth._handle import Handle
from clone_auth._library import call
from clone_auth.api_key import _or_none
from clone_auth.credential import Text


class JwtSigningKey(Handle):
    """A private or symmetric key."""

    _type = "jwt_signing_key"

    def __init__(self) -> None:
        raise TypeError("use JwtSigningKey.generate() or from_jwk()")

    @classmethod
    def generate(cls, algorithm: str, key_id: str = "") -> "JwtSigningKey":
        """A new key for "HS256", "RS256", "PS256" or "ES256", each also with
        384 and 512, "EdDSA", "Ed25519" or "Ed448"; without an id it is the
        key's thumbprint (RFC 7638)."""
        return cls._own(call("jwt_signing_key_generate", algorithm, key_id))

    @classmethod
    def from_jwk(cls, jwk: Text) -> "JwtSigningKey":
        """Reads a private or symmetric JWK (as JSON text)."""
        return cls._own(call("jwt_signing_key_parse", jwk))

    @property
    def key_id(self) -> str:
        """`kid`."""
        return call("jwt_signing_key_id", self._handle).decode()

    def reveal_jwk(self) -> str:
        """The private JWK: a secret, for where only the signer can read."""
        return call("jwt_signing_key_private_jwk", self._handle).decode()

    @property
    def public_jwk(self) -> Optional[str]:
        """The JWK to be published; None for a symmetric key."""
        text: Any = _or_none("jwt_signing_key_public_jwk", self._handle)
        return None if text is None else text.decode()


class JwtSigner(Handle):
    """Signs with one key. `token_type` is the header's `typ`; with None it has
    none."""

    _type = "jwt_signer"

    def __init__(self, key: JwtSigningKey, *,
                 token_type: Optional[str] = "at+jwt") -> None:
        if token_type == "":
            raise ValueError("a token's type is not empty; None leaves it out")
        self._address = call("jwt_signer_create", key._handle,
                             token_type or "")

    def sign(self, claims: Union[Mapping[str, Any], Text]) -> str:
        """The token of these claims, or of the JSON text that they are. Their
        form alone is checked: without `exp` no verifier takes the token."""
        text: Any = claims
        if isinstance(claims, Mapping):
            text = json.dumps(dict(claims), separators=(",", ":"),
                              ensure_ascii=False)
        return call("jwt_signer_sign", self._handle, text).decode()

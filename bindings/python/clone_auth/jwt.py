"""Deciding whether a JSON Web Token is good."""

import datetime
import json
from typing import Any, Iterable, Optional

from clone_auth._handle import Handle, own
from clone_auth._library import call
from clone_auth._time import Clock, from_seconds, make_clock
from clone_auth.api_key import _or_none
from clone_auth.credential import Text

_TRUST = {"local": 0, "remote": 1}


class VerifiedJwt(Handle):
    """A token that passed every check."""

    _type = "verified_jwt"

    def __init__(self) -> None:
        raise TypeError("only a JwtVerifier makes a VerifiedJwt")

    @property
    def issuer(self) -> str:
        """`iss`; empty where the token has none."""
        return call("verified_jwt_issuer", self._handle).decode()

    @property
    def subject(self) -> str:
        """`sub`; empty where the token has none."""
        return call("verified_jwt_subject", self._handle).decode()

    @property
    def audience(self) -> "tuple[str, ...]":
        """The members of `aud`."""
        count = call("verified_jwt_audience_count", self._handle)
        return tuple(call("verified_jwt_audience", self._handle, i).decode()
                     for i in range(count))

    @property
    def expires_at(self) -> datetime.datetime:
        """`exp`."""
        return from_seconds(call("verified_jwt_expires_at", self._handle))

    @property
    def issued_at(self) -> Optional[datetime.datetime]:
        """`iat`."""
        seconds: Any = _or_none("verified_jwt_issued_at", self._handle)
        return None if seconds is None else from_seconds(seconds)

    @property
    def claims(self) -> "dict[str, Any]":
        """All claims, read as JSON, in the token's order."""
        return json.loads(self.claims_json)

    @property
    def claims_json(self) -> str:
        """The payload's own text, as it was signed."""
        return call("verified_jwt_claims", self._handle).decode()

    def claim(self, name: str, default: Any = None) -> Any:
        """Any claim, read as JSON; `default` where there is none."""
        text: Any = _or_none("verified_jwt_claim", self._handle, name)
        return default if text is None else json.loads(text)


class JwtVerifier(Handle):
    """Verifies tokens with the keys of a JWK set (as JSON text). A relaxation
    is an argument whose name says what is lost. With trust="remote", for a set
    that was fetched, symmetric keys in it are refused. `algorithms` are names
    as JwtSigningKey.generate() takes them."""

    _type = "jwt_verifier"

    def __init__(self, keys: Text, *, algorithms: Iterable[str],
                 issuers: Iterable[str] = (), audiences: Iterable[str] = (),
                 types: Iterable[str] = ("at+jwt",), clock_skew: int = 60,
                 clock: Optional[Clock] = None, trust: str = "local",
                 allow_any_issuer: bool = False,
                 allow_any_audience: bool = False,
                 allow_any_type: bool = False) -> None:
        lists = {"algorithm": algorithms, "issuer": issuers,
                 "audience": audiences, "type": types}
        relaxed = {"issuer": allow_any_issuer, "audience": allow_any_audience,
                   "type": allow_any_type}
        time = make_clock(clock)
        with own("jwt_policy", call("jwt_policy_create")) as policy, \
                own("jwk_set", call("jwk_set_parse", keys,
                                    _TRUST[trust])) as key_set:
            for name, values in lists.items():
                if isinstance(values, (str, bytes)):
                    raise TypeError(f"{name}: a list of texts, not one text")
                for value in values:
                    call(f"jwt_policy_add_{name}", policy._handle, value)
            for name, allowed in relaxed.items():
                if allowed:
                    call(f"jwt_policy_allow_any_{name}", policy._handle)
            call("jwt_policy_set_clock_skew", policy._handle, clock_skew)
            if time is not None:
                call("jwt_policy_set_clock", policy._handle, time._handle)
            self._address = call("jwt_verifier_create", policy._handle,
                                 key_set._handle)

    def verify(self, token: Text) -> VerifiedJwt:
        """The token's claims, or the first thing that was wrong."""
        return VerifiedJwt._own(
            call("jwt_verifier_verify", self._handle, token))

"""Finding an authorization server, and signing a person in at it."""

import datetime
from typing import Any, Iterable, Optional, Tuple

from clone_auth._handle import Handle, own
from clone_auth._library import call
from clone_auth._time import from_seconds
from clone_auth.api_key import _or_none
from clone_auth.jwt import VerifiedJwt
from clone_auth.session import (Session, SessionStep, header_block,
                                session_options, take_step)

_CALLBACKS = ("stray", "code", "refusal")


class OAuthFlow(Handle):
    """Waits for nobody and opens no socket: poll it, send what it hands out,
    report the answer, until it has ended. For one thread at a time."""

    _type = "flow"

    def poll(self) -> SessionStep:
        """What to do now: "send", "wait" or "ended"."""
        return take_step(*call("flow_poll", self._handle))

    def complete(self, status: int, headers: Iterable[Tuple[str, str]],
                 body: bytes) -> None:
        """Reports the answer to what was sent, whatever its status."""
        call("flow_complete", self._handle, status, header_block(headers),
             body)

    def fail(self) -> None:
        """Reports that what was sent got no answer."""
        call("flow_fail", self._handle)

    def check(self) -> None:
        """Raises why the flow has not ended well. Reason sign_in_pending: it
        has not ended."""
        call("flow_outcome", self._handle)

    @property
    def issuer(self) -> Optional[str]:
        """The authorization server, as soon as it is known."""
        return self._text("issuer")

    @property
    def client_id(self) -> Optional[str]:
        """Of a discovery, what the cloud says."""
        return self._text("client_id")

    @property
    def scope(self) -> Optional[str]:
        """What to ask for, what is asked for and, at the end, granted."""
        return self._text("scope")

    @property
    def resource(self) -> Optional[str]:
        """What the tokens are for (RFC 8707)."""
        return self._text("resource")

    @property
    def expires_at(self) -> Optional[datetime.datetime]:
        """When the code of a device grant expires; until when what a discovery
        has found is good."""
        seconds: Any = _or_none("flow_expires_at", self._handle)
        return None if seconds is None else from_seconds(seconds)

    def _text(self, name: str) -> Optional[str]:
        text: Any = _or_none("flow_" + name, self._handle)
        return None if text is None else text.decode()


class Discovery(OAuthFlow):
    """Finds an authorization server from the little that a person knows."""

    def __init__(self) -> None:
        raise TypeError("Discovery.of_cloud, of_issuer or of_resource makes a "
                        "Discovery")

    @classmethod
    def of_cloud(cls, url: str) -> "Discovery":
        """The cloud names issuer, client and scope."""
        return cls._own(call("flow_discover_cloud", url))

    @classmethod
    def of_issuer(cls, issuer: str) -> "Discovery":
        """The authorization server itself."""
        return cls._own(call("flow_discover_issuer", issuer))

    @classmethod
    def of_resource(cls, url: str,
                    headers: Iterable[Tuple[str, str]]) -> "Discovery":
        """What answered 401, and the headers of that answer (RFC 9728)."""
        return cls._own(call("flow_discover_resource", url,
                             header_block(headers)))


class _SignIn(OAuthFlow):

    @property
    def id_token(self) -> Optional[str]:
        """The ID token as it came; secret."""
        return self._text("id_token")

    def take_session(self, base_url: str, store_file: str = "",
                     name: str = "") -> Session:
        """The session that the sign-in yields, once; saved in the file first,
        from where Session.open goes on with it."""
        with session_options(base_url, store_file, name) as options:
            return Session._own(call("flow_take_session", self._handle,
                                     options._handle))


class DeviceGrant(_SignIn):
    """Shows a code that is typed on another device (RFC 8628). Client, scope
    and resource are those of the discovery, unless they are given."""

    def __init__(self, discovery: Discovery, *,
                 client_id: Optional[str] = None, scope: Optional[str] = None,
                 resource: Optional[str] = None) -> None:
        with _options(discovery, client_id=client_id, scope=scope,
                      resource=resource) as options:
            self._address = call("flow_create_device_grant", options._handle)

    @property
    def user_code(self) -> Optional[str]:
        """What the person has to type, once it is here."""
        return self._text("user_code")

    @property
    def verification_uri(self) -> Optional[str]:
        """Where to type it."""
        return self._text("verification_uri")

    @property
    def verification_uri_complete(self) -> Optional[str]:
        """The same with the code in it; None where the server has none."""
        return self._text("verification_uri_complete")


class AuthorizationCode(_SignIn):
    """Signs in with a browser, which is sent back to `redirect_uri` (RFC 6749
    section 4.1, with PKCE). The rest as of DeviceGrant."""

    def __init__(self, discovery: Discovery, redirect_uri: str, *,
                 client_id: Optional[str] = None, scope: Optional[str] = None,
                 resource: Optional[str] = None, prompt: Optional[str] = None,
                 login_hint: Optional[str] = None,
                 max_age: Optional[int] = None) -> None:
        with _options(discovery, client_id=client_id, scope=scope,
                      resource=resource, prompt=prompt, login_hint=login_hint,
                      max_age=max_age) as options:
            self._address = call("flow_create_authorization_code",
                                 options._handle, redirect_uri)

    @property
    def authorization_url(self) -> str:
        """Where to send the browser, for one sign-in."""
        return call("flow_authorization_url", self._handle).decode()

    def receive(self, target: str) -> str:
        """Takes path and query of a request to the redirect URI. "code" or
        "refusal": poll, the flow goes on; "stray": not what is waited for."""
        return _CALLBACKS[call("flow_receive", self._handle, target)]

    def take_verified_id_token(self) -> VerifiedJwt:
        """Who signed in, checked; once, and where the scope had "openid"."""
        return VerifiedJwt._own(call("flow_take_verified_id_token",
                                     self._handle))


def _options(discovery: Discovery, **given: Any) -> Handle:
    options = own("sign_in_options",
                  call("sign_in_options_create", discovery._handle))
    for name, value in given.items():
        if value is not None:
            call("sign_in_options_set_" + name, options._handle, value)
    return options

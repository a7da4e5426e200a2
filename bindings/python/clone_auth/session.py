"""A signed-in session that says when to refresh and what to send."""

import datetime
from typing import Iterable, NamedTuple, Optional, Tuple

from clone_auth._errors import CloneAuthError
from clone_auth._handle import Handle, own
from clone_auth._library import call
from clone_auth._time import from_seconds
from clone_auth.credential import Text

_STEPS = ("ready", "send", "wait", "ended")
_HEALTH = ("fresh", "aging", "degraded", "expired", "ended")
_EVENTS = ("health", "clock_set", "resumed")


class SessionRequest:
    """What to send, for a session or a flow. Follow no redirect; the body is
    secret."""

    def __init__(self, handle: Handle) -> None:
        address = handle._handle
        self.attempt: int = call("session_request_attempt", address)
        self.method: str = call("session_request_method", address).decode()
        self.url: str = call("session_request_url", address).decode()
        lines = [call("session_request_header", address, i).decode()
                 for i in range(call("session_request_header_count", address))]
        self.headers = dict(line.split(": ", 1) for line in lines)
        self.body: bytes = call("session_request_body", address)

    def __repr__(self) -> str:
        return f"<SessionRequest {self.method} {self.url}>"


class SessionStep(NamedTuple):
    """`kind` is "ready" or "wait" (poll again after `wait` seconds), "send"
    (send `request`, then complete or fail it) or "ended" (for good)."""

    kind: str
    wait: float
    request: Optional[SessionRequest]


def take_step(kind: int, wait_ns: int, address: Optional[int]) -> SessionStep:
    """What a poll has written."""
    request = None
    if address:
        with own("session_request", address) as handle:
            request = SessionRequest(handle)
    return SessionStep(_STEPS[kind], wait_ns / 1e9, request)


def header_block(headers: Iterable[Tuple[str, str]]) -> str:
    """Header fields as the library reads them."""
    return "".join(f"{name}: {value}\n" for name, value in headers)


class SessionHeader(NamedTuple):
    """A header field and which of the session's tokens it carries."""

    name: str
    value: str
    generation: int

    def __repr__(self) -> str:
        return f"<SessionHeader {self.name}>"


class SessionEvent(NamedTuple):
    """What happened: `kind` is "health", "clock_set" or "resumed"; `reason` is
    the word of why, empty where all is well."""

    kind: str
    health: str
    at: datetime.datetime
    expires_at: datetime.datetime
    reason: str


class Session(Handle):
    """Waits for nobody and opens no socket: poll it, send what it hands out,
    report the answer. May be used by several threads."""

    _type = "session"

    def __init__(self) -> None:
        raise TypeError("Session.create or Session.open makes a Session")

    @classmethod
    def create(cls, base_url: str, access: Text, refresh: Text = "", *,
               expires_in: int = 0, store_file: str = "",
               refresh_path: str = "", token_endpoint: str = "",
               client_id: str = "", resource: str = "",
               name: str = "") -> "Session":
        """Of tokens that have just come. With `store_file` they are saved
        there first, in place of what it holds."""
        with session_options(base_url, store_file, name, refresh_path,
                             (token_endpoint, client_id, resource)) as options:
            return cls._own(call("session_create", options._handle, access,
                                 refresh, expires_in))

    @classmethod
    def open(cls, base_url: str, store_file: str, *, refresh_path: str = "",
             token_endpoint: str = "", client_id: str = "", resource: str = "",
             name: str = "") -> "Session":
        """The one that the file holds. Reason not_found: there is none."""
        with session_options(base_url, store_file, name, refresh_path,
                             (token_endpoint, client_id, resource)) as options:
            return cls._own(call("session_open", options._handle))

    def poll(self) -> SessionStep:
        """What to do now."""
        return self._step("session_poll")

    def start(self) -> SessionStep:
        """Like poll, but refreshes now, due or not."""
        return self._step("session_start")

    def _step(self, function: str) -> SessionStep:
        return take_step(*call(function, self._handle))

    def complete(self, attempt: int, status: int,
                 headers: Iterable[Tuple[str, str]], body: bytes) -> None:
        """Reports the answer to an attempt, whatever its status."""
        call("session_complete", self._handle, attempt, status,
             header_block(headers), body)

    def fail(self, attempt: int) -> None:
        """Reports that an attempt got no answer."""
        call("session_fail", self._handle, attempt)

    def header_for(self, method: str, url: str) -> SessionHeader:
        """The header for a request; never waits. The value is secret."""
        name, value, generation = call("session_header", self._handle, method,
                                       url)
        return SessionHeader(name.decode("ascii"), value.decode("ascii"),
                             generation)

    def invalidate(self, generation: int) -> None:
        """Tells that a server refused the token of `generation` with 401."""
        call("session_invalidate", self._handle, generation)

    @property
    def health(self) -> str:
        """"fresh", "aging", "degraded", "expired" or "ended"."""
        return _HEALTH[call("session_health", self._handle)[0]]

    @property
    def expires_at(self) -> datetime.datetime:
        """When the access token expires."""
        return from_seconds(call("session_health", self._handle)[1])

    def take_event(self) -> Optional[SessionEvent]:
        """The oldest event that was not taken yet."""
        try:
            kind, health, at, until, reason = call("session_take_event",
                                                   self._handle)
        except CloneAuthError as error:
            if error.reason != "not_found":
                raise
            return None
        return SessionEvent(_EVENTS[kind], _HEALTH[health], from_seconds(at),
                            from_seconds(until), reason.decode())

    @property
    def last_error(self) -> Optional[CloneAuthError]:
        """Why the last refresh failed."""
        return self._failure("session_last_error")

    @property
    def store_error(self) -> Optional[CloneAuthError]:
        """Why the store file could not be used."""
        return self._failure("session_store_error")

    def _failure(self, function: str) -> Optional[CloneAuthError]:
        handle = self._handle
        try:
            call(function, handle)
        except CloneAuthError as error:
            return error
        return None


def session_options(base_url: str, store_file: str, name: str,
                    refresh_path: str = "",
                    endpoint: Tuple[str, str, str] = ("", "", "")) -> Handle:
    """A handle of options."""
    options = own("session_options", call("session_options_create", base_url))
    address = options._handle
    call("session_options_set_store_file", address, store_file)
    call("session_options_set_name", address, name)
    if refresh_path:
        call("session_options_set_refresh_path", address, refresh_path)
    if endpoint[0]:
        call("session_options_set_token_endpoint", address, *endpoint)
    return options

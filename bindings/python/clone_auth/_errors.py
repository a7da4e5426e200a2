"""Why something was refused."""

import enum
from typing import NamedTuple, Optional, Tuple

from clone_auth._library import LIBRARY, call


class StatusCode(enum.IntEnum):
    """What to do about a failure; the numbers are those of gRPC."""

    UNKNOWN = 2
    INVALID_ARGUMENT = 3
    DEADLINE_EXCEEDED = 4
    NOT_FOUND = 5
    ALREADY_EXISTS = 6
    PERMISSION_DENIED = 7
    RESOURCE_EXHAUSTED = 8
    FAILED_PRECONDITION = 9
    ABORTED = 10
    UNIMPLEMENTED = 12
    INTERNAL = 13
    UNAVAILABLE = 14
    UNAUTHENTICATED = 16


class CloneAuthError(Exception):
    """A refusal: its code, the reason's word, what was wrong, what to do."""

    def __init__(self, code: StatusCode, reason: str, message: str,
                 remedy: str) -> None:
        super().__init__(code, reason, message, remedy)
        self.code = code
        self.reason = reason
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.reason}: {self.message}"


class Reason(NamedTuple):
    """One row of the table of reasons."""

    code: StatusCode
    word: str
    text: str
    remedy: str


def reasons() -> Tuple[Reason, ...]:
    """Every reason that there is."""
    rows = (call("reason_at", index)
            for index in range(LIBRARY.clone_auth_reason_count()))
    return tuple(Reason(StatusCode(code), word.decode(), text.decode(),
                        remedy.decode()) for code, word, text, remedy in rows)


def take_error(status: int, address: Optional[int]) -> CloneAuthError:
    """The error of a failed call, which it may have had no memory for."""
    if not address:
        return CloneAuthError(StatusCode(status), "internal", "out of memory",
                              "Try again with more memory.")
    try:
        return CloneAuthError(
            StatusCode(status),
            LIBRARY.clone_auth_error_reason(address).decode(),
            LIBRARY.clone_auth_error_message(address).decode(
                "utf-8", "replace"),
            LIBRARY.clone_auth_error_remedy(address).decode())
    finally:
        LIBRARY.clone_auth_error_free(address)

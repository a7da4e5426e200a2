"""Times: datetimes outside, whole seconds inside."""

import ctypes
import datetime
import itertools
import math
from typing import Any, Callable, Dict, Optional, Union

from clone_auth._errors import StatusCode
from clone_auth._handle import Handle, own
from clone_auth._library import call

#: What a clock gives: an aware datetime, or seconds since 1970.
Time = Union[datetime.datetime, int, float]
Clock = Callable[[], Time]

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def to_seconds(time: Time) -> int:
    """Whole seconds, rounded down. A datetime must know its time zone."""
    if isinstance(time, datetime.datetime):
        if time.tzinfo is None:
            raise ValueError("a datetime without time zone")
        return (time - _EPOCH) // datetime.timedelta(seconds=1)
    seconds = math.floor(time)
    if not -(1 << 63) <= seconds < 1 << 63:
        raise ValueError("a time out of range")
    return seconds


def from_seconds(seconds: int) -> datetime.datetime:
    return _EPOCH + datetime.timedelta(seconds=seconds)


class _ClockCallbacks(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("user_data", ctypes.c_void_p),
        ("now", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p,
                                 ctypes.POINTER(ctypes.c_int64))),
        ("destroy", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ]


# What the library holds on to, by the number that it was given for it.
_clocks: Dict[int, Clock] = {}
_numbers = itertools.count(1)


def _now(number: int, out: Any) -> int:
    try:
        out[0] = to_seconds(_clocks[number]())
        return 0
    except BaseException:  # whatever it was: the time is not known
        return StatusCode.UNAVAILABLE


# The table by default: modules are emptied before the last objects go.
def _destroy(number: int, clocks: Dict[int, Clock] = _clocks) -> None:
    clocks.pop(number, None)


_NOW = _ClockCallbacks._fields_[2][1](_now)
_DESTROY = _ClockCallbacks._fields_[3][1](_destroy)


def make_clock(clock: Optional[Clock]) -> Optional[Handle]:
    """A handle that asks `clock`; none for the system's."""
    if clock is None:
        return None
    number = next(_numbers)
    _clocks[number] = clock
    table = _ClockCallbacks(ctypes.sizeof(_ClockCallbacks), number, _NOW,
                            _DESTROY)
    return own("clock", call("clock_create", ctypes.addressof(table)))

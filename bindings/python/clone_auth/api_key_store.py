"""Where the records of API keys are found."""

import ctypes
import dataclasses
import itertools
import threading
import uuid
from typing import Any, Dict, Optional, Protocol, Tuple

from clone_auth._errors import StatusCode
from clone_auth._handle import Handle, own
from clone_auth._library import call
from clone_auth._time import Time, to_seconds

_SCOPES = {"user": 0, "organization": 1}


@dataclasses.dataclass(frozen=True)
class ApiKeyRecord:
    """What verification needs to know of one key."""

    id: uuid.UUID
    digest: bytes  #: what digest_api_key() gives
    owner: Optional[uuid.UUID] = None
    organization: Optional[uuid.UUID] = None
    scope: str = "user"  #: or "organization"
    permissions: Tuple[str, ...] = ()
    expires_at: Optional[Time] = None
    revoked_at: Optional[Time] = None


class ApiKeyStore(Protocol):
    """A store of your own. What find() raises fails the verification as
    store_unavailable; it is called by many threads at once."""

    def find(self, digest: bytes) -> Optional[ApiKeyRecord]:
        """The record with this digest; None where there is none."""


def _record_handle(record: ApiKeyRecord) -> Handle:
    made = own("key_record", call("key_record_create"))
    handle = made._handle
    call("key_record_set_id", handle, str(record.id))
    call("key_record_set_digest", handle, record.digest)
    if record.owner is not None:
        call("key_record_set_owner", handle, str(record.owner))
    if record.organization is not None:
        call("key_record_set_organization", handle, str(record.organization))
    call("key_record_set_scope", handle, _SCOPES[record.scope])
    for name in record.permissions:
        call("key_record_add_permission", handle, name)
    if record.expires_at is not None:
        call("key_record_set_expires_at", handle,
             to_seconds(record.expires_at))
    if record.revoked_at is not None:
        call("key_record_set_revoked_at", handle,
             to_seconds(record.revoked_at))
    return made


class InMemoryApiKeyStore(Handle):
    """Keeps records as long as it, or a verifier of it, lives."""

    _type = "key_store"

    def __init__(self) -> None:
        self._address = call("key_store_create_in_memory")

    def insert(self, record: ApiKeyRecord) -> None:
        """Adds a record."""
        with _record_handle(record) as handle:
            call("key_store_insert", self._handle, handle._handle)

    def revoke(self, key_id: uuid.UUID, when: Time) -> None:
        """Marks a key revoked."""
        call("key_store_revoke", self._handle, str(key_id), to_seconds(when))

    def set_expiry(self, key_id: uuid.UUID, when: Optional[Time]) -> None:
        """Sets the end of a key's life, or takes it away."""
        if when is None:
            call("key_store_clear_expiry", self._handle, str(key_id))
        else:
            call("key_store_set_expiry", self._handle, str(key_id),
                 to_seconds(when))


class _StoreCallbacks(ctypes.Structure):
    _fields_ = [
        ("struct_size", ctypes.c_size_t),
        ("user_data", ctypes.c_void_p),
        ("find", ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(ctypes.c_ubyte),
            ctypes.c_size_t, ctypes.c_void_p)),
        ("destroy", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ]


# What the library holds on to, by the number that it was given for it.
_stores: Dict[int, ApiKeyStore] = {}
_numbers = itertools.count(1)

#: What find() raised in the verification of this thread.
failure = threading.local()


def _find(number: int, digest: Any, size: int, answer: int) -> int:
    try:
        found = _stores[number].find(bytes(digest[:size]))
        if found is not None:
            with _record_handle(found) as record:
                call("key_answer_set", answer, record._handle)
        return 0
    except BaseException as error:  # whatever: the store cannot answer
        failure.cause = error
        return StatusCode.UNAVAILABLE


# The table by default: modules are emptied before the last objects go.
def _destroy(number: int, stores: Dict[int, ApiKeyStore] = _stores) -> None:
    stores.pop(number, None)


_FIND = _StoreCallbacks._fields_[2][1](_find)
_DESTROY = _StoreCallbacks._fields_[3][1](_destroy)


def callback_store(store: ApiKeyStore) -> Handle:
    """A handle that asks `store`."""
    number = next(_numbers)
    _stores[number] = store
    table = _StoreCallbacks(ctypes.sizeof(_StoreCallbacks), number, _FIND,
                            _DESTROY)
    return own("key_store", call("key_store_create", ctypes.addressof(table)))

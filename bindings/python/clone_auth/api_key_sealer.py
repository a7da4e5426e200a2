"""What a table of one's own holds in place of a key's digest."""

import ctypes
from typing import Mapping, NamedTuple

from clone_auth._errors import CloneAuthError
from clone_auth._handle import Handle, own
from clone_auth._library import call
from clone_auth.api_key_store import ApiKeyRecord, _record_handle

_SEALED_SIZE = 96
_INDEX_SIZE = 32


class SealedApiKey(NamedTuple):
    """What a row holds of a key beside the record's other fields."""

    row: bytes
    pepper_id: int

    @property
    def index(self) -> bytes:
        """What the row is found by."""
        return self.row[:_INDEX_SIZE]


class ApiKeySealer(Handle):
    """Seals digests under server-side secrets of at least 32 bytes, by id. The
    first one seals; rows that any of them sealed are opened. Whoever steals the
    table verifies nothing with it, and an edited row cannot be opened."""

    _type = "sealer"

    def __init__(self, peppers: Mapping[int, bytes]) -> None:
        self._count = len(peppers)
        with own("sealer_options", call("sealer_options_create")) as options:
            for number, secret in peppers.items():
                call("sealer_options_add_pepper", options._handle, number,
                     secret)
            self._address = call("sealer_create", options._handle)

    def indexes(self, digest: bytes) -> "list[bytes]":
        """Where to look for a digest's row, in this order."""
        found = []
        for number in range(self._count):
            buffer = ctypes.create_string_buffer(_INDEX_SIZE)
            call("sealer_index", self._handle, number, digest, buffer)
            found.append(buffer.raw)
        return found

    def seal(self, record: ApiKeyRecord) -> SealedApiKey:
        """Seals the record's digest and binds all else of it to that."""
        buffer = ctypes.create_string_buffer(_SEALED_SIZE)
        with _record_handle(record) as handle:
            pepper_id = call("sealer_seal", self._handle, handle._handle,
                             buffer)
        return SealedApiKey(buffer.raw, pepper_id)

    def holds(self, sealed: SealedApiKey, record: ApiKeyRecord) -> bool:
        """Whether the row was sealed with exactly this record."""
        if sealed.index not in self.indexes(record.digest):
            return False
        with _record_handle(record) as handle:
            try:
                call("sealer_open", self._handle, sealed.row,
                     sealed.pepper_id, handle._handle)
            except CloneAuthError as error:
                if error.reason != "key_unknown":
                    raise
                return False
        return True

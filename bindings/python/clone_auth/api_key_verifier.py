"""Deciding whether a presented API key is good."""

import dataclasses
import datetime
import uuid
from typing import Optional, Tuple, Union

from clone_auth import api_key_store
from clone_auth._errors import CloneAuthError
from clone_auth._handle import Handle, own
from clone_auth._library import call
from clone_auth._time import Clock, from_seconds, make_clock
from clone_auth.api_key import _or_none
from clone_auth.api_key_store import ApiKeyStore, InMemoryApiKeyStore
from clone_auth.credential import Scheme, Text, scheme_or_default


@dataclasses.dataclass(frozen=True)
class VerifiedApiKey:
    """A key that was found and is neither revoked nor expired."""

    id: uuid.UUID
    owner: uuid.UUID
    organization: Optional[uuid.UUID]
    scope: str  #: "user" or "organization"
    permissions: Tuple[str, ...]
    expires_at: Optional[datetime.datetime]


def _uuid(name: str, handle: int) -> uuid.UUID:
    return uuid.UUID(call(name, handle).decode("ascii"))


def _verified(handle: int) -> VerifiedApiKey:
    organization = _or_none("verified_key_organization", handle)
    expires_at = _or_none("verified_key_expires_at", handle)
    return VerifiedApiKey(
        id=_uuid("verified_key_id", handle),
        owner=_uuid("verified_key_owner", handle),
        organization=(None if organization is None
                      else uuid.UUID(organization.decode("ascii"))),
        scope=("user", "organization")[call("verified_key_scope", handle)],
        permissions=tuple(
            call("verified_key_permission", handle, index).decode()
            for index in range(
                call("verified_key_permission_count", handle))),
        expires_at=None if expires_at is None else from_seconds(expires_at))


class ApiKeyVerifier(Handle):
    """Decides whether a presented key is good. `store` is one in memory or any
    object with find(); threads may share the verifier."""

    _type = "key_verifier"

    def __init__(self, store: Union[InMemoryApiKeyStore, ApiKeyStore],
                 scheme: Optional[Scheme] = None,
                 clock: Optional[Clock] = None) -> None:
        kept = (store if isinstance(store, InMemoryApiKeyStore)
                else api_key_store.callback_store(store))
        used = scheme_or_default(scheme)
        time = make_clock(clock)
        with own("key_verifier_options",
                 call("key_verifier_options_create")) as options:
            handle = options._handle
            call("key_verifier_options_set_scheme", handle, used._handle)
            call("key_verifier_options_set_store", handle, kept._handle)
            if time is not None:
                call("key_verifier_options_set_clock", handle, time._handle)
            self._address = call("key_verifier_create", handle)

    def verify(self, key: Text) -> VerifiedApiKey:
        """The key's record, or why it is refused."""
        api_key_store.failure.cause = None
        try:
            address = call("key_verifier_verify", self._handle, key)
        except CloneAuthError as error:
            cause = api_key_store.failure.cause
            if cause is not None and not isinstance(cause, Exception):
                raise cause  # somebody wants the program to end
            raise error from cause
        finally:
            api_key_store.failure.cause = None
        with own("verified_key", address) as handle:
            return _verified(handle._handle)

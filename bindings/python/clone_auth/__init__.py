"""Credentials, sessions, signing in, API keys and JSON Web Tokens, through libclone_auth.so.

Whatever is refused raises CloneAuthError, with the reason's stable word. Times
are datetimes in UTC, ids are UUIDs. Objects free what they hold when they are
closed, at the end of a `with`, or when they are collected.
"""

from clone_auth._errors import CloneAuthError, Reason, StatusCode, reasons
from clone_auth._library import version
from clone_auth.api_key import ApiKey, digest_api_key
from clone_auth.api_key_sealer import ApiKeySealer, SealedApiKey
from clone_auth.api_key_store import (ApiKeyRecord, ApiKeyStore,
                                      InMemoryApiKeyStore)
from clone_auth.api_key_verifier import ApiKeyVerifier, VerifiedApiKey
from clone_auth.credential import Credential, Scheme
from clone_auth.jwt import JwtVerifier, VerifiedJwt
from clone_auth.jwt_signing import JwtSigner, JwtSigningKey
from clone_auth.oauth import (AuthorizationCode, DeviceGrant, Discovery,
                              OAuthFlow)
from clone_auth.session import (Session, SessionEvent, SessionHeader,
                                SessionRequest, SessionStep)

__all__ = [
    "ApiKey", "ApiKeyRecord", "ApiKeySealer", "ApiKeyStore",
    "ApiKeyVerifier", "AuthorizationCode", "CloneAuthError", "Credential",
    "DeviceGrant", "Discovery", "InMemoryApiKeyStore", "JwtSigner",
    "JwtSigningKey", "JwtVerifier", "OAuthFlow", "Reason", "Scheme",
    "SealedApiKey", "Session", "SessionEvent", "SessionHeader", "SessionRequest", "SessionStep",
    "StatusCode", "VerifiedApiKey", "VerifiedJwt", "digest_api_key", "reasons",
    "version",
]

"""The shared library, its functions, and how one of them is called."""

import ctypes
import ctypes.util
import os
from typing import Any, List

_ABI = 0

# What each function takes, a letter for each parameter; the error comes last.
#   h handle       t bytes and their size   i int       q int64
#   z size_t       u uint32                 p pointer   b buffer and its size
# and what it writes:
#   H handle   S string   I int   Q int64   Z size_t   U uint32   P text
FUNCTIONS = {
    "reason_at": "zIPPP",
    "clock_create": "pH",
    "clock_create_fixed": "qH",
    "scheme_create_default": "H",
    "scheme_create": "ttH",
    "credential_parse": "htH",
    "credential_shape": "hI",
    "credential_bind": "ht",
    "credential_header_for": "httSS",
    "api_key_generate": "hiH",
    "api_key_parse": "htH",
    "api_key_text": "hS",
    "api_key_public_id": "hS",
    "api_key_display_prefix": "hS",
    "api_key_kind": "hI",
    "api_key_digest": "tb",
    "key_record_create": "H",
    "key_record_set_id": "ht",
    "key_record_set_owner": "ht",
    "key_record_set_organization": "ht",
    "key_record_set_scope": "hi",
    "key_record_set_digest": "ht",
    "key_record_set_expires_at": "hq",
    "key_record_set_revoked_at": "hq",
    "key_record_add_permission": "ht",
    "key_answer_set": "hh",
    "key_store_create_in_memory": "H",
    "key_store_create": "pH",
    "key_store_insert": "hh",
    "key_store_revoke": "htq",
    "key_store_set_expiry": "htq",
    "key_store_clear_expiry": "ht",
    "key_verifier_options_create": "H",
    "key_verifier_options_set_scheme": "hh",
    "key_verifier_options_set_store": "hh",
    "key_verifier_options_set_clock": "hh",
    "key_verifier_create": "hH",
    "key_verifier_verify": "htH",
    "sealer_options_create": "H",
    "sealer_options_add_pepper": "hut",
    "sealer_create": "hH",
    "sealer_index": "hztb",
    "sealer_seal": "hhbU",
    "sealer_open": "htuh",
    "verified_key_id": "hS",
    "verified_key_owner": "hS",
    "verified_key_organization": "hS",
    "verified_key_scope": "hI",
    "verified_key_permission_count": "hZ",
    "verified_key_permission": "hzS",
    "verified_key_expires_at": "hQ",
    "jwk_set_parse": "tiH",
    "jwk_set_size": "hZ",
    "jwk_set_skipped": "hZ",
    "jwt_policy_create": "H",
    "jwt_policy_add_algorithm": "ht",
    "jwt_policy_add_issuer": "ht",
    "jwt_policy_add_audience": "ht",
    "jwt_policy_add_type": "ht",
    "jwt_policy_set_clock_skew": "hq",
    "jwt_policy_set_clock": "hh",
    "jwt_policy_allow_any_issuer": "h",
    "jwt_policy_allow_any_audience": "h",
    "jwt_policy_allow_any_type": "h",
    "jwt_verifier_create": "hhH",
    "jwt_verifier_verify": "htH",
    "verified_jwt_issuer": "hS",
    "verified_jwt_subject": "hS",
    "verified_jwt_audience_count": "hZ",
    "verified_jwt_audience": "hzS",
    "verified_jwt_expires_at": "hQ",
    "verified_jwt_issued_at": "hQ",
    "verified_jwt_claims": "hS",
    "verified_jwt_claim": "htS",
    "jwt_signing_key_generate": "ttH",
    "jwt_signing_key_parse": "tH",
    "jwt_signing_key_id": "hS",
    "jwt_signing_key_private_jwk": "hS",
    "jwt_signing_key_public_jwk": "hS",
    "jwt_signer_create": "htH",
    "jwt_signer_sign": "htS",
    "session_options_create": "tH",
    "session_options_set_refresh_path": "ht",
    "session_options_set_token_endpoint": "httt",
    "session_options_set_name": "ht",
    "session_options_set_store_file": "ht",
    "session_create": "httqH",
    "session_open": "hH",
    "session_poll": "hIQH",
    "session_start": "hIQH",
    "session_complete": "hqitt",
    "session_fail": "hq",
    "session_header": "httSSQ",
    "session_invalidate": "hq",
    "session_health": "hIQ",
    "session_take_event": "hIIQQP",
    "session_last_error": "h",
    "session_store_error": "h",
    "session_request_attempt": "hQ",
    "session_request_method": "hS",
    "session_request_url": "hS",
    "session_request_header_count": "hZ",
    "session_request_header": "hzS",
    "session_request_body": "hS",
    "flow_discover_cloud": "tH",
    "flow_discover_issuer": "tH",
    "flow_discover_resource": "ttH",
    "sign_in_options_create": "hH",
    "sign_in_options_set_client_id": "ht",
    "sign_in_options_set_scope": "ht",
    "sign_in_options_set_resource": "ht",
    "sign_in_options_set_prompt": "ht",
    "sign_in_options_set_login_hint": "ht",
    "sign_in_options_set_max_age": "hq",
    "flow_create_device_grant": "hH",
    "flow_create_authorization_code": "htH",
    "flow_poll": "hIQH",
    "flow_complete": "hitt",
    "flow_fail": "h",
    "flow_outcome": "h",
    "flow_issuer": "hS",
    "flow_client_id": "hS",
    "flow_scope": "hS",
    "flow_resource": "hS",
    "flow_expires_at": "hQ",
    "flow_user_code": "hS",
    "flow_verification_uri": "hS",
    "flow_verification_uri_complete": "hS",
    "flow_authorization_url": "hS",
    "flow_receive": "htI",
    "flow_take_session": "hhH",
    "flow_id_token": "hS",
    "flow_take_verified_id_token": "hH",
}

# Each type of handle has a function that ends it.
HANDLES = (
    "error", "string", "clock", "scheme", "credential", "api_key",
    "sealer_options", "sealer", "key_record", "key_store",
    "key_verifier_options", "key_verifier", "verified_key", "jwk_set",
    "jwt_policy", "jwt_verifier", "verified_jwt", "jwt_signing_key",
    "jwt_signer", "session_options", "session", "session_request",
    "flow", "sign_in_options",
)

_INPUTS = {
    "h": [ctypes.c_void_p],
    "t": [ctypes.c_char_p, ctypes.c_size_t],
    "b": [ctypes.c_char_p, ctypes.c_size_t],
    "i": [ctypes.c_int],
    "q": [ctypes.c_int64],
    "z": [ctypes.c_size_t],
    "u": [ctypes.c_uint32],
    "p": [ctypes.c_void_p],
}
# ctypes would cut a number that does not fit.
_RANGES = {
    "i": (-(1 << 31), 1 << 31),
    "q": (-(1 << 63), 1 << 63),
    "z": (0, 1 << 63),
    "u": (0, 1 << 32),
}
_OUTPUTS = {
    "H": ctypes.c_void_p,
    "S": ctypes.c_void_p,
    "I": ctypes.c_int,
    "Q": ctypes.c_int64,
    "Z": ctypes.c_size_t,
    "U": ctypes.c_uint32,
    "P": ctypes.c_char_p,
}


def _load() -> ctypes.CDLL:
    name = (os.environ.get("CLONE_AUTH_LIBRARY")
            or ctypes.util.find_library("clone_auth")
            or f"libclone_auth.so.{_ABI}")
    library = ctypes.CDLL(name)
    if library.clone_auth_abi() != _ABI:
        raise ImportError(f"{name} is of another ABI than {_ABI}")
    for function, letters in FUNCTIONS.items():
        types: List[Any] = []
        for letter in letters:
            types += _INPUTS.get(letter) or [
                ctypes.POINTER(_OUTPUTS[letter])]
        bound = getattr(library, "clone_auth_" + function)
        bound.restype = ctypes.c_int
        bound.argtypes = types + [ctypes.POINTER(ctypes.c_void_p)]
    for handle in HANDLES:
        bound = getattr(library, f"clone_auth_{handle}_free")
        bound.restype = None
        bound.argtypes = [ctypes.c_void_p]
    for function, result in [
            ("version", ctypes.c_char_p), ("error_code", ctypes.c_int),
            ("error_reason", ctypes.c_char_p),
            ("error_message", ctypes.c_char_p),
            ("error_remedy", ctypes.c_char_p),
            ("string_data", ctypes.c_void_p),
            ("string_size", ctypes.c_size_t),
            ("reason_count", ctypes.c_size_t)]:
        bound = getattr(library, "clone_auth_" + function)
        bound.restype = result
        bound.argtypes = ([] if function in ("version", "reason_count")
                          else [ctypes.c_void_p])
    return library


LIBRARY = _load()


def version() -> str:
    """The library's version, such as "0.1.0"."""
    return LIBRARY.clone_auth_version().decode()


def _take_string(address: int) -> bytes:
    try:
        return ctypes.string_at(LIBRARY.clone_auth_string_data(address),
                                LIBRARY.clone_auth_string_size(address))
    finally:
        LIBRARY.clone_auth_string_free(address)


def _to_python(letter: str, value: Any) -> Any:
    return _take_string(value.value) if letter == "S" else value.value


def encoded(text: Any) -> bytes:
    """A text as the library reads it."""
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(text, (bytes, bytearray, memoryview)):
        return bytes(text)
    raise TypeError(f"expected str or bytes, not {type(text).__name__}")


def call(name: str, *arguments: Any) -> Any:
    """Calls a function; what it writes is returned, what it refuses raised."""
    from clone_auth import _errors  # it needs this module itself
    given = iter(arguments)
    passed: List[Any] = []
    written = []
    for letter in FUNCTIONS[name]:
        if letter in _OUTPUTS:
            output = _OUTPUTS[letter]()
            written.append((letter, output))
            passed.append(ctypes.byref(output))
        elif letter == "t":
            data = encoded(next(given))
            passed += [data, len(data)]
        elif letter == "b":
            buffer = next(given)
            passed += [buffer, len(buffer)]
        else:
            value = next(given)
            low, high = _RANGES.get(letter, (0, 1 << 64))
            if not low <= value < high:
                raise ValueError(f"{name}: {value} is out of range")
            passed.append(value)
    error = ctypes.c_void_p()
    status = getattr(LIBRARY, "clone_auth_" + name)(
        *passed, ctypes.byref(error))
    if status != 0:
        raise _errors.take_error(status, error.value)
    results = [_to_python(*pair) for pair in written]
    return results[0] if len(results) == 1 else tuple(results) or None

#pragma once

// Part of clone/c.h, which has the conventions: keys to sign JSON Web Tokens
// (RFC 7519) with, and signing.

#include "clone/c_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_jwt_signing_key
    clone_auth_jwt_signing_key;                              ///< shared
typedef struct clone_auth_jwt_signer clone_auth_jwt_signer;  ///< shared

/// A new key for an `alg`: "HS256", "HS384", "HS512", "RS256", "RS384",
/// "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
/// "Ed25519" or "Ed448". `key_id` is its `kid`; of size 0: its thumbprint (RFC
/// 7638). *out is the caller's. Thread: any. Errors: INVALID_ARGUMENT:
/// algorithm_unsupported, invalid_argument (a `key_id` with NUL or invalid
/// UTF-8); UNAVAILABLE: random_unavailable. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_signing_key_generate(
    const char* algorithm, size_t algorithm_size, const char* key_id,
    size_t key_id_size, clone_auth_jwt_signing_key** out,
    clone_auth_error** error);

/// Reads a private or symmetric JWK (RFC 7517); without `kid` it gets the
/// thumbprint. *out is the caller's. Thread: any. Errors: INVALID_ARGUMENT:
/// json_malformed, json_duplicate_name, json_limit, key_set_malformed,
/// key_weak, algorithm_unsupported. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_signing_key_parse(
    const char* jwk, size_t jwk_size, clone_auth_jwt_signing_key** out,
    clone_auth_error** error);

/// The `kid`. *out is the caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_signing_key_id(
    const clone_auth_jwt_signing_key* key, clone_auth_string** out,
    clone_auth_error** error);

/// The private JWK: a secret, to be stored where only the signer can read.
/// *out is the caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_signing_key_private_jwk(
    const clone_auth_jwt_signing_key* key, clone_auth_string** out,
    clone_auth_error** error);

/// The public JWK, to be published. *out is the caller's. Thread: any. Errors:
/// NOT_FOUND: not_found (a symmetric key has none). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_signing_key_public_jwk(
    const clone_auth_jwt_signing_key* key, clone_auth_string** out,
    clone_auth_error** error);

/// Ends the handle. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_jwt_signing_key_free(
    clone_auth_jwt_signing_key* key);

/// Signs with this key. `type` is the header's `typ`, "at+jwt" of access tokens
/// (RFC 9068); of size 0: the header has none. *out is the caller's. Thread:
/// any. Errors: INVALID_ARGUMENT: invalid_argument (a type that is not
/// printable). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_signer_create(
    const clone_auth_jwt_signing_key* key, const char* type, size_t type_size,
    clone_auth_jwt_signer** out, clone_auth_error** error);

/// Signs the JSON object `claims` as it is, byte by byte. Its form alone is
/// checked: one without `exp` is signed, and refused by every verifier. *out
/// is the caller's. Thread: any. Errors: INVALID_ARGUMENT: json_malformed,
/// json_duplicate_name, json_limit, invalid_argument (no object, or a token of
/// more than 16 KiB). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_signer_sign(
    const clone_auth_jwt_signer* signer, const char* claims, size_t claims_size,
    clone_auth_string** out, clone_auth_error** error);

/// Ends the handle. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_jwt_signer_free(clone_auth_jwt_signer* signer);

#ifdef __cplusplus
}
#endif

#pragma once

// Part of clone/c.h, which has the conventions: deciding whether a JSON Web
// Token (RFC 7519) is good, with a key set that is at hand.

#include "clone/c_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_jwk_set clone_auth_jwk_set;            ///< shared
typedef struct clone_auth_jwt_policy clone_auth_jwt_policy;      ///< owned
typedef struct clone_auth_jwt_verifier clone_auth_jwt_verifier;  ///< shared
typedef struct clone_auth_verified_jwt clone_auth_verified_jwt;  ///< shared

/// Where a key set came from, which decides what it may hold.
enum {
  CLONE_AUTH_TRUST_LOCAL = 0,  ///< ours: may hold symmetric keys
  CLONE_AUTH_TRUST_REMOTE = 1  ///< fetched: symmetric keys in it are refused
};

/// Reads a JWK set (RFC 7517 section 5) of at most 256 KiB and 100 keys;
/// `trust` is CLONE_AUTH_TRUST_.... A key that is broken, weak or unknown is
/// skipped. *out is the caller's. Thread: any. Errors: INVALID_ARGUMENT:
/// key_set_malformed; key_set_ambiguous (two keys of one id and type);
/// json_malformed; json_duplicate_name; json_limit. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_jwk_set_parse(const char* json, size_t json_size, int trust,
                         clone_auth_jwk_set** out, clone_auth_error** error);

/// Writes how many keys can be used. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwk_set_size(
    const clone_auth_jwk_set* keys, size_t* out, clone_auth_error** error);

/// Writes how many keys were skipped. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwk_set_skipped(
    const clone_auth_jwk_set* keys, size_t* out, clone_auth_error** error);

/// Ends the handle. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_jwk_set_free(clone_auth_jwk_set* keys);

/// What a token must be. It must get an algorithm, an issuer and an audience,
/// or the relaxation whose name says what is lost; the type is "at+jwt" until
/// one is added, the clock's tolerance 60 s, the clock the system's. *out is
/// the caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_create(
    clone_auth_jwt_policy** out, clone_auth_error** error);

/// Accepts an `alg`: "HS256", "HS384", "HS512", "RS256", "RS384", "RS512",
/// "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519" or
/// "Ed448". Thread: the policy's. Errors: INVALID_ARGUMENT:
/// algorithm_unsupported. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_add_algorithm(
    clone_auth_jwt_policy* policy, const char* name, size_t name_size,
    clone_auth_error** error);

/// Accepts an `iss`, compared byte by byte. Thread: the policy's. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_add_issuer(
    clone_auth_jwt_policy* policy, const char* issuer, size_t issuer_size,
    clone_auth_error** error);

/// Accepts a member of `aud`. Thread: the policy's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_add_audience(
    clone_auth_jwt_policy* policy, const char* audience, size_t audience_size,
    clone_auth_error** error);

/// Accepts a `typ`; the first call takes the place of "at+jwt". Thread: the
/// policy's. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_jwt_policy_add_type(clone_auth_jwt_policy* policy, const char* type,
                               size_t type_size, clone_auth_error** error);

/// Sets the tolerance for `exp`, `nbf` and `iat`: 0 to 600 seconds. Thread:
/// the policy's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_set_clock_skew(
    clone_auth_jwt_policy* policy, int64_t seconds, clone_auth_error** error);

/// Sets the clock. Thread: the policy's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_set_clock(
    clone_auth_jwt_policy* policy, const clone_auth_clock* clock,
    clone_auth_error** error);

/// Relaxation: whoever signed with one of the keys is believed. Thread: the
/// policy's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_allow_any_issuer(
    clone_auth_jwt_policy* policy, clone_auth_error** error);

/// Relaxation: tokens made for somebody else pass. Thread: the policy's.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_allow_any_audience(
    clone_auth_jwt_policy* policy, clone_auth_error** error);

/// Relaxation: ID and refresh tokens pass as access tokens. Thread: the
/// policy's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_policy_allow_any_type(
    clone_auth_jwt_policy* policy, clone_auth_error** error);

/// Ends the policy. Takes NULL. Thread: the policy's. history: since 0.1
CLONE_AUTH_API void clone_auth_jwt_policy_free(clone_auth_jwt_policy* policy);

/// A verifier of this policy with these keys. *out is the caller's. Thread: the
/// policy's. Errors: INVALID_ARGUMENT: invalid_argument (naming what the
/// policy lacks). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_verifier_create(
    const clone_auth_jwt_policy* policy, const clone_auth_jwk_set* keys,
    clone_auth_jwt_verifier** out, clone_auth_error** error);

/// Decides whether a token is good and says the first thing that was wrong.
/// *out is the caller's. Thread: any. Errors: UNAUTHENTICATED:
/// token_too_large, token_malformed, token_encrypted, token_nested,
/// token_unencoded, token_critical, token_algorithm, token_key_unknown,
/// token_signature, token_type, token_claim, token_expired,
/// token_not_yet_valid, clock_skew, token_issuer, token_audience. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_jwt_verifier_verify(
    const clone_auth_jwt_verifier* verifier, const char* token,
    size_t token_size, clone_auth_verified_jwt** out, clone_auth_error** error);

/// Ends the handle, also during a call of it. Takes NULL. Thread: any, once.
/// history: since 0.1
CLONE_AUTH_API void clone_auth_jwt_verifier_free(
    clone_auth_jwt_verifier* verifier);

/// `iss`; empty where the token has none. *out is the caller's. Thread: any.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_issuer(
    const clone_auth_verified_jwt* jwt, clone_auth_string** out,
    clone_auth_error** error);

/// `sub`; empty where the token has none. *out is the caller's. Thread: any.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_subject(
    const clone_auth_verified_jwt* jwt, clone_auth_string** out,
    clone_auth_error** error);

/// Writes how many members `aud` has. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_audience_count(
    const clone_auth_verified_jwt* jwt, size_t* out, clone_auth_error** error);

/// One member of `aud`. *out is the caller's. Thread: any. Errors:
/// INVALID_ARGUMENT: invalid_argument (`index` is not below the count).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_audience(
    const clone_auth_verified_jwt* jwt, size_t index, clone_auth_string** out,
    clone_auth_error** error);

/// Writes `exp`, rounded down. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_expires_at(
    const clone_auth_verified_jwt* jwt, int64_t* out, clone_auth_error** error);

/// Writes `iat`, rounded down. Thread: any. Errors: NOT_FOUND: not_found.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_issued_at(
    const clone_auth_verified_jwt* jwt, int64_t* out, clone_auth_error** error);

/// The payload as it was signed: one JSON object, in its order. *out is the
/// caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_claims(
    const clone_auth_verified_jwt* jwt, clone_auth_string** out,
    clone_auth_error** error);

/// Any claim by its name, as JSON text. *out is the caller's. Thread: any.
/// Errors: NOT_FOUND: not_found. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_jwt_claim(
    const clone_auth_verified_jwt* jwt, const char* name, size_t name_size,
    clone_auth_string** out, clone_auth_error** error);

/// Ends the handle. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_verified_jwt_free(clone_auth_verified_jwt* jwt);

#ifdef __cplusplus
}
#endif

#pragma once

// Part of clone/c.h, which has the conventions: making an API key, taking one
// apart, and the digest that it is found by.

#include "clone/c_base.h"
#include "clone/c_credential.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_api_key clone_auth_api_key;  ///< shared

/// Who a key acts for, and whether it is a test's: the character that stands
/// behind the prefix.
enum {
  CLONE_AUTH_KIND_USER = 'u',
  CLONE_AUTH_KIND_ORGANIZATION = 'o',
  CLONE_AUTH_KIND_TEST_USER = 't',
  CLONE_AUTH_KIND_TEST_ORGANIZATION = 'p'
};

/// Bytes of a digest.
#define CLONE_AUTH_DIGEST_SIZE 32

/// A new key with 190 bits of secret. `kind` is CLONE_AUTH_KIND_.... *out is
/// the caller's. Thread: any. Errors: UNAVAILABLE: random_unavailable.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_api_key_generate(const clone_auth_scheme* scheme, int kind,
                            clone_auth_api_key** out, clone_auth_error** error);

/// Reads the form of a key; whether it is good only a verifier says. *out is
/// the caller's and keeps a copy of the text. Thread: any. Errors:
/// UNAUTHENTICATED: key_malformed (wrong prefix, alphabet, length or
/// checksum). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_api_key_parse(
    const clone_auth_scheme* scheme, const char* text, size_t text_size,
    clone_auth_api_key** out, clone_auth_error** error);

/// The whole key: a secret. *out is the caller's. Thread: any. history: since
/// 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_api_key_text(const clone_auth_api_key* key, clone_auth_string** out,
                        clone_auth_error** error);

/// The 12 characters that name the key in logs. *out is the caller's. Thread:
/// any. Errors: NOT_FOUND: not_found (an older key, without checksum).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_api_key_public_id(const clone_auth_api_key* key,
                             clone_auth_string** out, clone_auth_error** error);

/// What may be shown of the key: prefix, kind and public id. *out is the
/// caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_api_key_display_prefix(
    const clone_auth_api_key* key, clone_auth_string** out,
    clone_auth_error** error);

/// Writes CLONE_AUTH_KIND_.... Thread: any. Errors: NOT_FOUND: not_found (an
/// older key, without checksum). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_api_key_kind(
    const clone_auth_api_key* key, int* out, clone_auth_error** error);

/// Wipes and ends the key. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_api_key_free(clone_auth_api_key* key);

/// Writes the plain digest of a key, which it is found by: exactly
/// CLONE_AUTH_DIGEST_SIZE bytes into a buffer of that size or more. Good for
/// memory; what a table may hold is in clone/c_key_sealer.h. Thread: any.
/// Errors: UNAUTHENTICATED: key_malformed (longer than 256 bytes). history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_api_key_digest(
    const char* key, size_t key_size, unsigned char* digest, size_t digest_size,
    clone_auth_error** error);

#ifdef __cplusplus
}
#endif

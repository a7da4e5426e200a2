#pragma once

// Part of clone/c.h, which has the conventions: what a product calls its keys,
// and a credential to be sent.

#include "clone/c_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_scheme clone_auth_scheme;  ///< shared
/// Owned until the last bind, shared from then on.
typedef struct clone_auth_credential clone_auth_credential;

/// The shapes of a credential.
enum { CLONE_AUTH_SHAPE_BEARER = 0, CLONE_AUTH_SHAPE_API_KEY = 1 };

/// Clone's scheme: prefix "clone_", header "X-Clone-API-Key". *out is the
/// caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_scheme_create_default(
    clone_auth_scheme** out, clone_auth_error** error);

/// A product's own scheme, such as "acme_" and "X-Acme-Key": the prefix is 2 to
/// 16 of [a-z0-9] and one closing '_', the header is a token (RFC 9110 section
/// 5.6.2) that HTTP gives no meaning of its own. *out is the caller's. Thread:
/// any. Errors: INVALID_ARGUMENT: scheme_invalid. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_scheme_create(
    const char* prefix, size_t prefix_size, const char* header,
    size_t header_size, clone_auth_scheme** out, clone_auth_error** error);

/// Ends the handle. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_scheme_free(clone_auth_scheme* scheme);

/// Reads a credential: what starts with the scheme's prefix is an API key, any
/// other printable text without blanks a bearer token. Keeps a copy, wiped
/// when freed; it goes nowhere until it is bound. *out is the caller's.
/// Thread: any. Errors: UNAUTHENTICATED: credential_missing (empty);
/// credential_malformed (a blank, a control character, a byte beyond ASCII, or
/// too long: 256 bytes for a key, 16 KiB for a token). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_credential_parse(
    const clone_auth_scheme* scheme, const char* text, size_t text_size,
    clone_auth_credential** out, clone_auth_error** error);

/// Writes CLONE_AUTH_SHAPE_.... Thread: the credential's. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_credential_shape(const clone_auth_credential* credential, int* out,
                            clone_auth_error** error);

/// Lets the credential go to the origin (scheme, host, port) of `url` as well.
/// Thread: one at a time, nobody else using the credential. Errors:
/// INVALID_ARGUMENT: url_malformed; FAILED_PRECONDITION: insecure_url (plain
/// http to a host that is not loopback). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_credential_bind(clone_auth_credential* credential, const char* url,
                           size_t url_size, clone_auth_error** error);

/// The header field for a request: the API key's header, or "Authorization"
/// and "Bearer ...". Both strings are the caller's; the value is a secret.
/// Thread: the credential's. Errors: INVALID_ARGUMENT: url_malformed;
/// FAILED_PRECONDITION: foreign_origin (not bound to it). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_credential_header_for(
    const clone_auth_credential* credential, const char* method,
    size_t method_size, const char* url, size_t url_size,
    clone_auth_string** name, clone_auth_string** value,
    clone_auth_error** error);

/// Wipes and ends the credential. Takes NULL. Thread: any, once. history:
/// since 0.1
CLONE_AUTH_API void clone_auth_credential_free(
    clone_auth_credential* credential);

#ifdef __cplusplus
}
#endif

#pragma once

// Part of clone/c.h, which has the conventions: what a table of the caller's
// own holds in place of a key's digest. Whoever steals the table verifies
// nothing with it, and a row that was edited, or copied from another, cannot be
// opened.

#include "clone/c_key_store.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_sealer_options clone_auth_sealer_options;  ///< owned
typedef struct clone_auth_sealer clone_auth_sealer;                  ///< shared

/// Bytes of a sealed row. The first CLONE_AUTH_DIGEST_SIZE of them are its
/// index, which is the same for one digest and one pepper: the row is found by
/// it.
#define CLONE_AUTH_SEALED_SIZE 96

/// Options without a pepper. *out is the caller's. Thread: any. history: since
/// 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sealer_options_create(
    clone_auth_sealer_options** out, clone_auth_error** error);

/// Adds a server-side secret of 32 bytes to 64 KiB; keeps a copy, wiped when
/// freed. The first one seals, rows that any of them sealed are opened. `id` is
/// stored beside each row. Thread: the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sealer_options_add_pepper(
    clone_auth_sealer_options* options, uint32_t id,
    const unsigned char* secret, size_t secret_size, clone_auth_error** error);

/// Ends the options. Takes NULL. Thread: the options'. history: since 0.1
CLONE_AUTH_API void clone_auth_sealer_options_free(
    clone_auth_sealer_options* options);

/// A sealer of these peppers. *out is the caller's. Thread: the options'.
/// Errors: INVALID_ARGUMENT: invalid_argument (no pepper, or two of one id);
/// key_weak (shorter than 32 bytes). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_sealer_create(const clone_auth_sealer_options* options,
                         clone_auth_sealer** out, clone_auth_error** error);

/// Writes the index of a digest's row, CLONE_AUTH_DIGEST_SIZE bytes, into a
/// buffer of that size or more. `pepper` counts the peppers in the order in
/// which they were added: 0 is the one that seals; a row that is not found
/// under it may have been sealed with a later one. Thread: any. Errors:
/// INVALID_ARGUMENT: invalid_argument (there is no such pepper). history: since
/// 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sealer_index(
    const clone_auth_sealer* sealer, size_t pepper, const unsigned char* digest,
    size_t digest_size, unsigned char* index, size_t index_size,
    clone_auth_error** error);

/// Seals the digest of a record and binds all else of the record to it: exactly
/// CLONE_AUTH_SEALED_SIZE bytes into a buffer of that size or more, and the id
/// of the pepper. Thread: any. Errors: INVALID_ARGUMENT: invalid_argument (a
/// record without id or digest). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sealer_seal(
    const clone_auth_sealer* sealer, const clone_auth_key_record* record,
    unsigned char* row, size_t row_size, uint32_t* pepper_id,
    clone_auth_error** error);

/// Sets the record's digest, if the row was sealed with exactly this record.
/// Thread: the record's. Errors: UNAUTHENTICATED: key_unknown (it was not: the
/// key is nobody's). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sealer_open(
    const clone_auth_sealer* sealer, const unsigned char* row, size_t row_size,
    uint32_t pepper_id, clone_auth_key_record* record,
    clone_auth_error** error);

/// Ends the handle. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_sealer_free(clone_auth_sealer* sealer);

#ifdef __cplusplus
}
#endif

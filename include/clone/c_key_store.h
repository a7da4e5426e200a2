#pragma once

// Part of clone/c.h, which has the conventions: where the records of API keys
// are found, and the verifier that decides whether a presented key is good.

#include "clone/c_api_key.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_key_record clone_auth_key_record;  ///< owned
typedef struct clone_auth_key_answer clone_auth_key_answer;  ///< borrowed
typedef struct clone_auth_key_store clone_auth_key_store;    ///< shared
typedef struct clone_auth_key_verifier_options
    clone_auth_key_verifier_options;                             ///< owned
typedef struct clone_auth_key_verifier clone_auth_key_verifier;  ///< shared
typedef struct clone_auth_verified_key clone_auth_verified_key;  ///< shared

/// Whom a key acts as.
enum { CLONE_AUTH_SCOPE_USER = 0, CLONE_AUTH_SCOPE_ORGANIZATION = 1 };

/// An empty record: what verification needs to know of one key. It must get an
/// id and a digest. Ids are UUIDs in their 36 characters. *out is the
/// caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_record_create(
    clone_auth_key_record** out, clone_auth_error** error);

/// Sets the key's own id. Thread: the record's. Errors: INVALID_ARGUMENT:
/// invalid_argument (no UUID). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_key_record_set_id(clone_auth_key_record* record, const char* id,
                             size_t id_size, clone_auth_error** error);

/// Sets the user who issued the key. Thread: the record's. Errors:
/// INVALID_ARGUMENT: invalid_argument (no UUID). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_key_record_set_owner(clone_auth_key_record* record, const char* id,
                                size_t id_size, clone_auth_error** error);

/// Sets the organization; without it there is none. Thread: the record's.
/// Errors: INVALID_ARGUMENT: invalid_argument (no UUID). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_record_set_organization(
    clone_auth_key_record* record, const char* id, size_t id_size,
    clone_auth_error** error);

/// Sets CLONE_AUTH_SCOPE_...; without it the key acts as its user. Thread: the
/// record's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_record_set_scope(
    clone_auth_key_record* record, int scope, clone_auth_error** error);

/// Sets what clone_auth_api_key_digest() wrote: CLONE_AUTH_DIGEST_SIZE bytes.
/// Thread: the record's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_record_set_digest(
    clone_auth_key_record* record, const unsigned char* digest,
    size_t digest_size, clone_auth_error** error);

/// Sets the end of the key's life; without it there is none. Thread: the
/// record's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_record_set_expires_at(
    clone_auth_key_record* record, int64_t unix_seconds,
    clone_auth_error** error);

/// Marks the key revoked. Thread: the record's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_record_set_revoked_at(
    clone_auth_key_record* record, int64_t unix_seconds,
    clone_auth_error** error);

/// Adds the name of something that the key may do. Thread: the record's.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_record_add_permission(
    clone_auth_key_record* record, const char* name, size_t name_size,
    clone_auth_error** error);

/// Ends the record. Takes NULL. Thread: the record's. history: since 0.1
CLONE_AUTH_API void clone_auth_key_record_free(clone_auth_key_record* record);

/// A store of the caller's own.
typedef struct clone_auth_key_store_callbacks {
  size_t struct_size;
  void* user_data;
  /// Looks up a digest. `answer` starts as "absent" and lives until the
  /// callback returns; clone_auth_key_answer_set() writes a record into it. A
  /// status other than OK means that the store cannot answer and fails the
  /// verification (UNAVAILABLE: store_unavailable), whatever was written.
  /// Called by many threads at once.
  clone_auth_status (*find)(void* user_data, const unsigned char* digest,
                            size_t digest_size, clone_auth_key_answer* answer);
  void (*destroy)(void* user_data);  ///< may be NULL
} clone_auth_key_store_callbacks;

/// Answers a look-up with a copy of the record. A record of another digest
/// than the one looked up is read as none. Thread: the callback's. Errors:
/// INVALID_ARGUMENT: invalid_argument (a record without id or digest).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_answer_set(
    clone_auth_key_answer* answer, const clone_auth_key_record* record,
    clone_auth_error** error);

/// An empty store in memory. *out is the caller's. Thread: any. history: since
/// 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_store_create_in_memory(
    clone_auth_key_store** out, clone_auth_error** error);

/// A store that asks the callbacks. *out is the caller's. Thread: any. Errors:
/// INVALID_ARGUMENT: invalid_argument (table of unknown size, no `find`).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_store_create(
    const clone_auth_key_store_callbacks* callbacks, clone_auth_key_store** out,
    clone_auth_error** error);

/// Puts a copy of the record into a store in memory. Like the next three: seen
/// by every verification that starts after it returned. Thread: any. Errors:
/// INVALID_ARGUMENT: invalid_argument (not in memory; a record without id or
/// digest); ALREADY_EXISTS: already_exists (id or digest). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_store_insert(
    clone_auth_key_store* store, const clone_auth_key_record* record,
    clone_auth_error** error);

/// Marks a key revoked at that time. Thread: any. Errors: INVALID_ARGUMENT:
/// invalid_argument (not in memory; no UUID); NOT_FOUND: not_found. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_store_revoke(
    clone_auth_key_store* store, const char* id, size_t id_size,
    int64_t unix_seconds, clone_auth_error** error);

/// Sets the end of a key's life. Thread: any. Errors: as the call before.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_store_set_expiry(
    clone_auth_key_store* store, const char* id, size_t id_size,
    int64_t unix_seconds, clone_auth_error** error);

/// Takes the end of a key's life away. Thread: any. Errors: as the call
/// before. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_key_store_clear_expiry(clone_auth_key_store* store, const char* id,
                                  size_t id_size, clone_auth_error** error);

/// Ends the handle; verifiers keep the store. Takes NULL. Thread: any, once.
/// history: since 0.1
CLONE_AUTH_API void clone_auth_key_store_free(clone_auth_key_store* store);

/// Options of a verifier: it must get a scheme and a store; the clock is
/// the system's until another is set. *out is the caller's. Thread: any.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_verifier_options_create(
    clone_auth_key_verifier_options** out, clone_auth_error** error);

/// Sets the scheme. Thread: the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_verifier_options_set_scheme(
    clone_auth_key_verifier_options* options, const clone_auth_scheme* scheme,
    clone_auth_error** error);

/// Sets the store. Thread: the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_verifier_options_set_store(
    clone_auth_key_verifier_options* options, const clone_auth_key_store* store,
    clone_auth_error** error);

/// Sets the clock. Thread: the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_verifier_options_set_clock(
    clone_auth_key_verifier_options* options, const clone_auth_clock* clock,
    clone_auth_error** error);

/// Ends the options. Takes NULL. Thread: the options'. history: since 0.1
CLONE_AUTH_API void clone_auth_key_verifier_options_free(
    clone_auth_key_verifier_options* options);

/// A verifier of these parts. *out is the caller's. Thread: the options'.
/// Errors: INVALID_ARGUMENT: invalid_argument (a part is missing). history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_verifier_create(
    const clone_auth_key_verifier_options* options,
    clone_auth_key_verifier** out, clone_auth_error** error);

/// Decides whether a presented key is good. *out is the caller's. Thread: any.
/// Errors: UNAUTHENTICATED: key_malformed; key_unknown (altered or never
/// issued); key_revoked; key_expired; UNAVAILABLE: store_unavailable, which
/// says nothing of the key. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_key_verifier_verify(
    const clone_auth_key_verifier* verifier, const char* key, size_t key_size,
    clone_auth_verified_key** out, clone_auth_error** error);

/// Ends the handle, also during a call of it. Takes NULL. Thread: any, once.
/// history: since 0.1
CLONE_AUTH_API void clone_auth_key_verifier_free(
    clone_auth_key_verifier* verifier);

/// The key's id. *out is the caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_verified_key_id(const clone_auth_verified_key* key,
                           clone_auth_string** out, clone_auth_error** error);

/// The user who issued the key. *out is the caller's. Thread: any. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_key_owner(
    const clone_auth_verified_key* key, clone_auth_string** out,
    clone_auth_error** error);

/// The key's organization. *out is the caller's. Thread: any. Errors:
/// NOT_FOUND: not_found (there is none). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_key_organization(
    const clone_auth_verified_key* key, clone_auth_string** out,
    clone_auth_error** error);

/// Writes CLONE_AUTH_SCOPE_.... Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_key_scope(
    const clone_auth_verified_key* key, int* out, clone_auth_error** error);

/// Writes how many permissions the key has. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_key_permission_count(
    const clone_auth_verified_key* key, size_t* out, clone_auth_error** error);

/// One permission's name. *out is the caller's. Thread: any. Errors:
/// INVALID_ARGUMENT: invalid_argument (`index` is not below the count).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_key_permission(
    const clone_auth_verified_key* key, size_t index, clone_auth_string** out,
    clone_auth_error** error);

/// Writes the end of the key's life. Thread: any. Errors: NOT_FOUND: not_found
/// (it has none). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_verified_key_expires_at(
    const clone_auth_verified_key* key, int64_t* out, clone_auth_error** error);

/// Ends the handle. Takes NULL. Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_verified_key_free(clone_auth_verified_key* key);

#ifdef __cplusplus
}
#endif

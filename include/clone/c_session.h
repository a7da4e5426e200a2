#pragma once

// Part of clone/c.h, which has the conventions: a signed-in session that says
// when to refresh and what to send. It waits for nobody and opens no socket:
// poll it, send what it hands out, report the answer. It reads and writes its
// store file, which takes a few milliseconds for each exchange.
//
// A forked child has none of the tokens: with a store file it goes on from that
// at its first call, and without one its session has ended. Nobody may fork
// while another thread is inside a call.

#include "clone/c_base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_session_options
    clone_auth_session_options;                        ///< owned
typedef struct clone_auth_session clone_auth_session;  ///< shared
typedef struct clone_auth_session_request
    clone_auth_session_request;  ///< shared

/// What a session, or a flow (c_oauth.h), wants done.
enum {
  CLONE_AUTH_STEP_READY = 0,  ///< nothing; poll again after the wait
  CLONE_AUTH_STEP_SEND = 1,   ///< send the request, then complete or fail it
  CLONE_AUTH_STEP_WAIT = 2,   ///< a refresh is needed; poll after the wait
  CLONE_AUTH_STEP_ENDED = 3   ///< for good; last_error or outcome: why
};

/// How a session is doing.
enum {
  CLONE_AUTH_HEALTH_FRESH = 0,     ///< nothing to do yet
  CLONE_AUTH_HEALTH_AGING = 1,     ///< past the refresh point
  CLONE_AUTH_HEALTH_DEGRADED = 2,  ///< a refresh failed, the token still works
  CLONE_AUTH_HEALTH_EXPIRED = 3,   ///< no working token; may come back
  CLONE_AUTH_HEALTH_ENDED = 4      ///< refused for good: sign in again
};

/// What a session has to tell.
enum {
  CLONE_AUTH_EVENT_HEALTH = 0,     ///< the health is another than before
  CLONE_AUTH_EVENT_CLOCK_SET = 1,  ///< the machine's clock was set
  CLONE_AUTH_EVENT_RESUMED = 2     ///< the machine was asleep
};

/// Options of a session with the API under `base_url`, to whose origin alone
/// the access token goes. *out is the caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_options_create(
    const char* base_url, size_t base_url_size,
    clone_auth_session_options** out, clone_auth_error** error);

/// Sets the path of the refresh endpoint under the base URL; without it
/// "/api/auth/token/refresh/". Thread: the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_options_set_refresh_path(
    clone_auth_session_options* options, const char* path, size_t path_size,
    clone_auth_error** error);

/// Refreshes at a token endpoint instead (RFC 6749 section 6), with this
/// client_id and, where not empty, `resource` (RFC 8707). Thread: the
/// options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_options_set_token_endpoint(
    clone_auth_session_options* options, const char* url, size_t url_size,
    const char* client_id, size_t client_id_size, const char* resource,
    size_t resource_size, clone_auth_error** error);

/// Sets what tells the session apart from others, whose refresh points it then
/// does not share; without it the refresh token does. Thread: the options'.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_options_set_name(
    clone_auth_session_options* options, const char* name, size_t name_size,
    clone_auth_error** error);

/// Sets the file that the tokens are kept in, mode 0600; without it, or where
/// it is empty, they are in memory alone. Thread: the options'. Errors:
/// INVALID_ARGUMENT: invalid_argument (a NUL in the path). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_options_set_store_file(
    clone_auth_session_options* options, const char* path, size_t path_size,
    clone_auth_error** error);

/// Ends the options. Takes NULL. Thread: the options'. history: since 0.1
CLONE_AUTH_API void clone_auth_session_options_free(
    clone_auth_session_options* options);

/// A session of tokens that have just come. `expires_in`: seconds, by the word
/// of the answer that they came in; 0: it said nothing. They are saved in the
/// store file first, in place of what is there, for which another process may
/// be awaited, up to 10 s. *out is the caller's. Thread: any. Errors:
/// INVALID_ARGUMENT: url_malformed; UNAUTHENTICATED: credential_missing,
/// credential_malformed; FAILED_PRECONDITION: insecure_url, file_insecure;
/// UNAVAILABLE: store_unavailable; DEADLINE_EXCEEDED: timeout. history: since
/// 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_create(
    const clone_auth_session_options* options, const char* access,
    size_t access_size, const char* refresh, size_t refresh_size,
    int64_t expires_in, clone_auth_session** out, clone_auth_error** error);

/// The session that the store file holds, refreshed where that says, unless
/// the options name a token endpoint. *out is the caller's. Thread: any.
/// Errors: NOT_FOUND: not_found (none is stored, or no file is named);
/// FAILED_PRECONDITION: foreign_origin (it is one of another server),
/// file_insecure, config_malformed; those of create. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_session_open(const clone_auth_session_options* options,
                        clone_auth_session** out, clone_auth_error** error);

/// What to do now. *step is CLONE_AUTH_STEP_..., *wait_ns how long from now,
/// in nanoseconds, until the session is to be polled again (READY and WAIT).
/// SEND comes with *request, to be freed, and to one caller for each attempt;
/// otherwise *request is NULL. Each SEND must be completed or failed, within
/// 30 s: until then nobody is given another, and the store file is locked to
/// other processes. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_poll(
    clone_auth_session* session, int* step, int64_t* wait_ns,
    clone_auth_session_request** request, clone_auth_error** error);

/// Like poll, but refreshes now, due or not; SEND, unless an attempt is under
/// way or there is nothing to refresh with. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_start(
    clone_auth_session* session, int* step, int64_t* wait_ns,
    clone_auth_session_request** request, clone_auth_error** error);

/// Reports the answer to an attempt, whatever its status. `headers` is a block
/// of lines "Name: value", each ended by LF or CR LF; lines that are no field
/// are skipped. Fields beyond 64 KiB and a body beyond
/// 1 MiB count as no answer. An attempt that is not
/// under way is ignored. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_complete(
    clone_auth_session* session, int64_t attempt, int status,
    const char* headers, size_t headers_size, const char* body,
    size_t body_size, clone_auth_error** error);

/// Reports that an attempt got no answer. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_fail(
    clone_auth_session* session, int64_t attempt, clone_auth_error** error);

/// The header field for a request to `url`, and the generation of its token.
/// Both strings are the caller's; the value is a secret. Never waits and never
/// refreshes. Thread: any. Errors: UNAUTHENTICATED: token_expired,
/// session_ended; FAILED_PRECONDITION: foreign_origin; INVALID_ARGUMENT:
/// url_malformed. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_header(
    const clone_auth_session* session, const char* method, size_t method_size,
    const char* url, size_t url_size, clone_auth_string** name,
    clone_auth_string** value, int64_t* generation, clone_auth_error** error);

/// Tells that a server refused the token of `generation` with 401: the next
/// poll refreshes, unless a newer one is here already. Thread: any. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_invalidate(
    clone_auth_session* session, int64_t generation, clone_auth_error** error);

/// Writes CLONE_AUTH_HEALTH_... and when the access token expires. Thread:
/// any. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_session_health(const clone_auth_session* session, int* health,
                          int64_t* expires_at, clone_auth_error** error);

/// Takes the oldest event that was not taken yet; the last 16 are kept. *event
/// is CLONE_AUTH_EVENT_..., *at when it was noticed, *expires_at when the token
/// expires, *reason the word of why, "" where all is well; static text.
/// Thread: any. Errors: NOT_FOUND: not_found (there is none). history: since
/// 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_take_event(
    clone_auth_session* session, int* event, int* health, int64_t* at,
    int64_t* expires_at, const char** reason, clone_auth_error** error);

/// OK, or why the last refresh failed, as the status and its error. Thread:
/// any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_last_error(
    const clone_auth_session* session, clone_auth_error** error);

/// OK, or why the store file could not be used: the newest tokens may then be
/// in memory alone. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_store_error(
    const clone_auth_session* session, clone_auth_error** error);

/// Ends the handle, and with it an attempt that is under way. Takes NULL.
/// Thread: any, once. history: since 0.1
CLONE_AUTH_API void clone_auth_session_free(clone_auth_session* session);

/// Number of the attempt that the request belongs to; 0 for that of a flow.
/// Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_session_request_attempt(const clone_auth_session_request* request,
                                   int64_t* out, clone_auth_error** error);

/// The method, such as "POST". *out is the caller's. Thread: any. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_request_method(
    const clone_auth_session_request* request, clone_auth_string** out,
    clone_auth_error** error);

/// The absolute URL. Follow no redirect. *out is the caller's. Thread: any.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_request_url(
    const clone_auth_session_request* request, clone_auth_string** out,
    clone_auth_error** error);

/// How many header fields there are. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_request_header_count(
    const clone_auth_session_request* request, size_t* out,
    clone_auth_error** error);

/// A header field, as "Name: value". *out is the caller's. Thread: any. Errors:
/// INVALID_ARGUMENT: invalid_argument (`index` is not below the count).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_request_header(
    const clone_auth_session_request* request, size_t index,
    clone_auth_string** out, clone_auth_error** error);

/// The body, which holds the refresh token, or a code: a secret. *out is the
/// caller's. Thread: any. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_session_request_body(
    const clone_auth_session_request* request, clone_auth_string** out,
    clone_auth_error** error);

/// Wipes and ends the request, not the attempt. Takes NULL. Thread: any, once.
/// history: since 0.1
CLONE_AUTH_API void clone_auth_session_request_free(
    clone_auth_session_request* request);

#ifdef __cplusplus
}
#endif

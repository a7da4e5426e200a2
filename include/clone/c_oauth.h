#pragma once

// Part of clone/c.h, which has the conventions: finding an authorization server
// and signing a person in at it, with a code on another device (RFC 8628) or
// with a browser (RFC 6749 section 4.1 with PKCE, RFC 7636). Each is a flow,
// which waits for nobody and opens no socket: poll it, send what it hands out,
// report the answer, until it has ended. Its times go by the time since boot,
// so that nobody disturbs it who sets the clock.
//
// After a fork, one of the two processes alone may go on with a flow: what it
// sends is good once.

#include "clone/c_base.h"
#include "clone/c_jwt.h"
#include "clone/c_session.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct clone_auth_flow clone_auth_flow;  ///< owned
typedef struct clone_auth_sign_in_options
    clone_auth_sign_in_options;  ///< owned

/// What a request to the redirect URI turned out to be.
enum {
  CLONE_AUTH_CALLBACK_STRAY = 0,   ///< not what is waited for: go on waiting
  CLONE_AUTH_CALLBACK_CODE = 1,    ///< a code: poll, the flow goes on
  CLONE_AUTH_CALLBACK_REFUSAL = 2  ///< the answer, and it is no: poll, it ends
};

/// A discovery by the cloud's `url` alone: `<url>/api/v1/auth/config` names
/// issuer, client and scope. *out is the caller's. Thread: any. Errors:
/// INVALID_ARGUMENT: url_malformed; FAILED_PRECONDITION: insecure_url. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_discover_cloud(const char* url, size_t url_size,
                               clone_auth_flow** out, clone_auth_error** error);

/// A discovery of the authorization server `issuer` (RFC 8414, OpenID Connect
/// Discovery 1.0). *out is the caller's. Thread: any. Errors: as
/// discover_cloud. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_discover_issuer(
    const char* issuer, size_t issuer_size, clone_auth_flow** out,
    clone_auth_error** error);

/// A discovery by a resource that answered 401, and the headers of that answer
/// as clone_auth_session_complete takes them: the metadata of the resource (RFC
/// 9728) names the issuer. What is asked is then for others to say: let the
/// requests go to public addresses only. *out is the caller's. Thread: any.
/// Errors: as discover_cloud. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_discover_resource(
    const char* url, size_t url_size, const char* headers, size_t headers_size,
    clone_auth_flow** out, clone_auth_error** error);

/// Options of a sign-in at what a discovery has found, whose client, scope and
/// resource they begin with. *out is the caller's. Thread: the flow's. Errors:
/// INVALID_ARGUMENT: invalid_argument (no discovery); those of
/// clone_auth_flow_outcome. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sign_in_options_create(
    const clone_auth_flow* discovery, clone_auth_sign_in_options** out,
    clone_auth_error** error);

/// Sets the client_id, that of a public client. Thread: the options'. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sign_in_options_set_client_id(
    clone_auth_sign_in_options* options, const char* client_id,
    size_t client_id_size, clone_auth_error** error);

/// Sets what to ask for, words with blanks between; empty: the server's choice.
/// Thread: the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sign_in_options_set_scope(
    clone_auth_sign_in_options* options, const char* scope, size_t scope_size,
    clone_auth_error** error);

/// Sets what the tokens are for (RFC 8707); empty: the server's choice. Thread:
/// the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sign_in_options_set_resource(
    clone_auth_sign_in_options* options, const char* resource,
    size_t resource_size, clone_auth_error** error);

/// Sets the `prompt` that a browser is sent with (OpenID Connect Core 1.0
/// section 3.1.2.1), such as "login"; empty: none. Thread: the options'.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sign_in_options_set_prompt(
    clone_auth_sign_in_options* options, const char* prompt, size_t prompt_size,
    clone_auth_error** error);

/// Sets the `login_hint` that a browser is sent with (same section); empty:
/// none. Thread: the options'. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sign_in_options_set_login_hint(
    clone_auth_sign_in_options* options, const char* hint, size_t hint_size,
    clone_auth_error** error);

/// Has the person prove in the browser who they are, where that was longer ago
/// (same section), 0 to CLONE_AUTH_TIME_MAX. Thread: the options'. history:
/// since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_sign_in_options_set_max_age(
    clone_auth_sign_in_options* options, int64_t seconds,
    clone_auth_error** error);

/// Ends the options. Takes NULL. Thread: the options'. history: since 0.1
CLONE_AUTH_API void clone_auth_sign_in_options_free(
    clone_auth_sign_in_options* options);

/// A device grant: it first asks for the codes, then polls until somebody has
/// answered or the code expires. *out is the caller's. Thread: the options'.
/// Errors: INVALID_ARGUMENT: invalid_argument (no client_id); UNIMPLEMENTED:
/// grant_unsupported. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_create_device_grant(
    const clone_auth_sign_in_options* options, clone_auth_flow** out,
    clone_auth_error** error);

/// A sign-in with the browser, which is sent back to `redirect_uri`: https, or
/// http to loopback, without query and fragment. The person has 10 minutes from
/// the first poll on. Where "openid" is among the words of the scope, the
/// answer must hold an ID token, which is checked. *out is the caller's.
/// Thread: the options'. Errors: INVALID_ARGUMENT: invalid_argument (no
/// client_id, a query or fragment), url_malformed; FAILED_PRECONDITION:
/// insecure_url; UNIMPLEMENTED: grant_unsupported (also of a server that does
/// not announce S256); UNAVAILABLE: random_unavailable. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_create_authorization_code(
    const clone_auth_sign_in_options* options, const char* redirect_uri,
    size_t redirect_uri_size, clone_auth_flow** out, clone_auth_error** error);

/// What to do now: SEND, WAIT or ENDED of CLONE_AUTH_STEP_... *wait_ns is how
/// long from now, in nanoseconds, until the flow is to be polled again (WAIT);
/// between a SEND and what is reported of it, as good as for ever. SEND comes
/// with *request, to be freed; otherwise *request is NULL. Want of memory in
/// the midst of a step ends the flow. Thread: the flow's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_poll(
    clone_auth_flow* flow, int* step, int64_t* wait_ns,
    clone_auth_session_request** request, clone_auth_error** error);

/// Reports the answer to what was sent, as clone_auth_session_complete. Ignored
/// where nothing was. Thread: the flow's. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_complete(
    clone_auth_flow* flow, int status, const char* headers, size_t headers_size,
    const char* body, size_t body_size, clone_auth_error** error);

/// Reports that what was sent got no answer. Thread: the flow's. history: since
/// 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_fail(clone_auth_flow* flow,
                                                      clone_auth_error** error);

/// OK once the flow has ended well; else why not, as the status and its error.
/// Thread: the flow's. Errors: UNAVAILABLE: sign_in_pending (it has not ended).
/// Of a discovery: NOT_FOUND: not_found; FAILED_PRECONDITION: foreign_origin,
/// insecure_url; INVALID_ARGUMENT: url_malformed. Of a sign-in:
/// PERMISSION_DENIED: sign_in_denied; DEADLINE_EXCEEDED: sign_in_expired;
/// client_refused, grant_invalid, grant_unsupported, scope_refused,
/// request_refused; of an ID token: those of clone_auth_jwt_verifier_verify;
/// key_set_unavailable. Of all: answer_malformed, answer_too_large,
/// issuer_mismatch, redirect_refused; and those after which it may well work
/// later: server_error, overloaded, rate_limited, timeout, unreachable.
/// history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_outcome(const clone_auth_flow* flow, clone_auth_error** error);

/// The authorization server: of a discovery, once it has ended well. *out is
/// the caller's. Thread: the flow's. Errors: NOT_FOUND: not_found (not known).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_issuer(const clone_auth_flow* flow, clone_auth_string** out,
                       clone_auth_error** error);

/// The client_id: of a discovery, what the cloud says. *out is the caller's.
/// Thread: the flow's. Errors: NOT_FOUND: not_found (not known). history: since
/// 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_client_id(const clone_auth_flow* flow, clone_auth_string** out,
                          clone_auth_error** error);

/// Of a discovery, what to ask for; of a sign-in, what is asked for and, at its
/// end, what was granted. *out is the caller's. Thread: the flow's. Errors:
/// NOT_FOUND: not_found (not known). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_scope(const clone_auth_flow* flow, clone_auth_string** out,
                      clone_auth_error** error);

/// What the tokens are for (RFC 8707). *out is the caller's. Thread: the
/// flow's. Errors: NOT_FOUND: not_found (not known). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_resource(const clone_auth_flow* flow, clone_auth_string** out,
                         clone_auth_error** error);

/// When the code of a device grant expires; of a discovery that has ended well,
/// until when its options are good. Thread: the flow's. Errors: NOT_FOUND:
/// not_found (no such time is known). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_expires_at(
    const clone_auth_flow* flow, int64_t* out, clone_auth_error** error);

/// The code of a device grant that the person has to type: printable ASCII, at
/// most 64 characters. *out is the caller's. Thread: the flow's. Errors:
/// NOT_FOUND: not_found (not here yet, or another flow). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_user_code(const clone_auth_flow* flow, clone_auth_string** out,
                          clone_auth_error** error);

/// Where to type it: https, or http to loopback. *out is the caller's. Thread:
/// the flow's. Errors: as user_code. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_verification_uri(
    const clone_auth_flow* flow, clone_auth_string** out,
    clone_auth_error** error);

/// The same with the code in it, for a browser or a QR code. *out is the
/// caller's. Thread: the flow's. Errors: as user_code (also where the server
/// has none). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_verification_uri_complete(
    const clone_auth_flow* flow, clone_auth_string** out,
    clone_auth_error** error);

/// Where to send the browser, for one sign-in. *out is the caller's. Thread:
/// the flow's. Errors: NOT_FOUND: not_found (another flow). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_authorization_url(
    const clone_auth_flow* flow, clone_auth_string** out,
    clone_auth_error** error);

/// Takes the target, path and query, of a request to the redirect URI, and says
/// in *callback what it is, CLONE_AUTH_CALLBACK_.... One of another path, with
/// another `state` or after the first good one is a stray. Thread: the flow's.
/// Errors: INVALID_ARGUMENT: invalid_argument (no sign-in with the browser).
/// history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_receive(
    clone_auth_flow* flow, const char* target, size_t target_size,
    int* callback, clone_auth_error** error);

/// The session that a sign-in yields, once: with the base URL, name and store
/// file of the options, refreshed at the token endpoint of the sign-in. It is
/// saved in the store file first, as clone_auth_session_create does;
/// clone_auth_session_open goes on with it. Where that fails, it may be taken
/// again. *out is the caller's. Thread: the flow's. Errors: NOT_FOUND:
/// not_found (a discovery, or taken); those of clone_auth_flow_outcome and
/// clone_auth_session_create. history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_take_session(
    clone_auth_flow* flow, const clone_auth_session_options* options,
    clone_auth_session** out, clone_auth_error** error);

/// The ID token as it came, a secret; that of a device grant is not checked.
/// *out is the caller's. Thread: the flow's. Errors: NOT_FOUND: not_found (none
/// came). history: since 0.1
CLONE_AUTH_API clone_auth_status
clone_auth_flow_id_token(const clone_auth_flow* flow, clone_auth_string** out,
                         clone_auth_error** error);

/// Who signed in with the browser: the ID token, checked (OpenID Connect Core
/// 1.0 section 3.1.3.7), once. *out is the caller's. Thread: the flow's.
/// Errors: NOT_FOUND: not_found (no ID token was asked for, another flow, or
/// taken). history: since 0.1
CLONE_AUTH_API clone_auth_status clone_auth_flow_take_verified_id_token(
    clone_auth_flow* flow, clone_auth_verified_jwt** out,
    clone_auth_error** error);

/// Ends the flow; what it has granted and nobody took is wiped. Takes NULL.
/// Thread: the flow's. history: since 0.1
CLONE_AUTH_API void clone_auth_flow_free(clone_auth_flow* flow);

#ifdef __cplusplus
}
#endif

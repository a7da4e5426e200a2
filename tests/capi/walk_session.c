/* Every call of a session, by a program in C99 that plays the server's part
   itself: what it gives when all is well, and the reasons that its comment
   names. */

#define _POSIX_C_SOURCE 200809L

#include <unistd.h>

#include "check.h"

#define URL "http://127.0.0.1:1"
#define SECOND INT64_C(1000000000)
#define ME URL "/api/auth/me/"

static clone_auth_session_options* options_of(const char* url) {
  clone_auth_session_options* options = NULL;
  MUST(clone_auth_session_options_create(TEXT(url), &options, &error));
  return options;
}

static clone_auth_session* session_of(clone_auth_session_options* options,
                                      const char* access) {
  clone_auth_session* session = NULL;
  MUST(clone_auth_session_create(options, TEXT(access), TEXT("refresh-1"), 600,
                                 &session, &error));
  return session;
}

/* The step that a poll, or a start, gives; the request where it is SEND. */
static int step_of(clone_auth_session* session, int is_start,
                   clone_auth_session_request** request) {
  int step = -1;
  int64_t wait_ns = -1;
  if (is_start) {
    MUST(clone_auth_session_start(session, &step, &wait_ns, request, &error));
  } else {
    MUST(clone_auth_session_poll(session, &step, &wait_ns, request, &error));
  }
  CHECK((*request != NULL) == (step == CLONE_AUTH_STEP_SEND));
  CHECK(step == CLONE_AUTH_STEP_READY || step == CLONE_AUTH_STEP_WAIT
            ? wait_ns > 0
            : wait_ns == 0);
  return step;
}

/* The attempt that is begun now. */
static int64_t attempt_of(clone_auth_session* session) {
  clone_auth_session_request* request = NULL;
  int64_t attempt = -1;
  CHECK(step_of(session, 1, &request) == CLONE_AUTH_STEP_SEND);
  MUST(clone_auth_session_request_attempt(request, &attempt, &error));
  clone_auth_session_request_free(request);
  return attempt;
}

static int bearer_is(const clone_auth_session* session, const char* value,
                     int64_t generation) {
  clone_auth_string *name = NULL, *text = NULL;
  int64_t number = -1;
  MUST(clone_auth_session_header(session, TEXT("GET"), TEXT(ME), &name, &text,
                                 &number, &error));
  return take_equals(name, "Authorization") & take_equals(text, value) &
         (number == generation);
}

static int health_of(const clone_auth_session* session) {
  int health = -1;
  int64_t expires_at = -1;
  MUST(clone_auth_session_health(session, &health, &expires_at, &error));
  CHECK(expires_at > 0);
  return health;
}

static void walk_options(void) {
  clone_auth_session_options* options = options_of("http://a.example");
  clone_auth_session* session = NULL;
  REFUSED(clone_auth_session_create(options, TEXT("a"), TEXT("r"), 0, &session,
                                    &error),
          CLONE_AUTH_FAILED_PRECONDITION, "insecure_url");
  clone_auth_session_options_free(options);
  options = options_of("nowhere");
  REFUSED(clone_auth_session_create(options, TEXT("a"), TEXT("r"), 0, &session,
                                    &error),
          CLONE_AUTH_INVALID_ARGUMENT, "url_malformed");
  clone_auth_session_options_free(options);
  options = options_of(URL);
  REFUSED(clone_auth_session_create(options, "", 0, "", 0, 0, &session, &error),
          CLONE_AUTH_UNAUTHENTICATED, "credential_missing");
  REFUSED(clone_auth_session_create(options, TEXT("a"), TEXT("r r"), 0,
                                    &session, &error),
          CLONE_AUTH_UNAUTHENTICATED, "credential_malformed");
  REFUSED(clone_auth_session_create(options, TEXT("a"), TEXT("r"), -1, &session,
                                    &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_session_open(options, &session, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  REFUSED(clone_auth_session_options_set_store_file(options, "a\0b", 3, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  CHECK(session == NULL);
  clone_auth_session_options_free(options);
}

static int header_is(const clone_auth_session_request* request, size_t index,
                     const char* expected) {
  clone_auth_string* text = NULL;
  MUST(clone_auth_session_request_header(request, index, &text, &error));
  return take_equals(text, expected);
}

static void walk_request(void) {
  clone_auth_session_options* options = options_of(URL);
  clone_auth_session* session;
  clone_auth_session_request* request = NULL;
  clone_auth_string* text = NULL;
  size_t count = 0;
  MUST(clone_auth_session_options_set_refresh_path(options, TEXT("/renew"),
                                                   &error));
  MUST(clone_auth_session_options_set_name(options, TEXT("mine"), &error));
  session = session_of(options, "access-1");
  CHECK(step_of(session, 1, &request) == CLONE_AUTH_STEP_SEND);
  clone_auth_session_free(session); /* the request outlives it */
  MUST(clone_auth_session_request_method(request, &text, &error));
  CHECK(take_equals(text, "POST"));
  MUST(clone_auth_session_request_url(request, &text, &error));
  CHECK(take_equals(text, URL "/renew"));
  MUST(clone_auth_session_request_header_count(request, &count, &error));
  CHECK(count == 3 && header_is(request, 0, "Content-Type: application/json"));
  REFUSED(clone_auth_session_request_header(request, count, &text, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_session_request_body(request, &text, &error));
  CHECK(take_equals(text, "{\"refresh\":\"refresh-1\"}"));
  clone_auth_session_request_free(request);

  MUST(clone_auth_session_options_set_token_endpoint(
      options, TEXT(URL "/token"), TEXT("me"), TEXT("https://r.example"),
      &error));
  session = session_of(options, "access-1");
  CHECK(step_of(session, 1, &request) == CLONE_AUTH_STEP_SEND);
  MUST(clone_auth_session_request_url(request, &text, &error));
  CHECK(take_equals(text, URL "/token"));
  MUST(clone_auth_session_request_body(request, &text, &error));
  CHECK(take_equals(text,
                    "grant_type=refresh_token&refresh_token=refresh-1"
                    "&client_id=me&resource=https%3A%2F%2Fr.example"));
  clone_auth_session_request_free(request);
  clone_auth_session_free(session);
  clone_auth_session_options_free(options);
}

static void complete(clone_auth_session* session, int64_t attempt, int status,
                     const char* headers, const char* body) {
  MUST(clone_auth_session_complete(session, attempt, status, TEXT(headers),
                                   TEXT(body), &error));
}

/* One session from its first refresh to the one that is refused. */
static void walk_life(void) {
  clone_auth_session_options* options = options_of(URL);
  clone_auth_session* session = session_of(options, "access-1");
  clone_auth_session_request* request = NULL;
  clone_auth_string *name = NULL, *value = NULL;
  int64_t attempt, generation = -1;
  clone_auth_session_options_free(options);
  CHECK(step_of(session, 0, &request) == CLONE_AUTH_STEP_READY);
  CHECK(health_of(session) == CLONE_AUTH_HEALTH_FRESH);
  CHECK(bearer_is(session, "Bearer access-1", 1));
  REFUSED(clone_auth_session_header(session, TEXT("GET"),
                                    TEXT("https://b.example/"), &name, &value,
                                    &generation, &error),
          CLONE_AUTH_FAILED_PRECONDITION, "foreign_origin");

  attempt = attempt_of(session);
  CHECK(step_of(session, 1, &request) != CLONE_AUTH_STEP_SEND);
  complete(session, attempt + 1, 401, "", ""); /* ignored */
  complete(session, attempt, 200, "HTTP/1.1 200 OK\r\n\r\n",
           "{\"access\":\"access-2\",\"refresh\":\"refresh-2\"}");
  CHECK(bearer_is(session, "Bearer access-2", 2));
  MUST(clone_auth_session_last_error(session, &error));

  MUST(clone_auth_session_fail(session, attempt_of(session), &error));
  REFUSED(clone_auth_session_last_error(session, &error),
          CLONE_AUTH_UNAVAILABLE, "unreachable");
  CHECK(health_of(session) == CLONE_AUTH_HEALTH_DEGRADED);
  CHECK(bearer_is(session, "Bearer access-2", 2));

  complete(session, attempt_of(session), 401, "date: never",
           "{\"code\":\"refresh_reused\"}");
  CHECK(step_of(session, 0, &request) == CLONE_AUTH_STEP_ENDED);
  CHECK(health_of(session) == CLONE_AUTH_HEALTH_ENDED);
  REFUSED(clone_auth_session_header(session, TEXT("GET"), TEXT(ME), &name,
                                    &value, &generation, &error),
          CLONE_AUTH_UNAUTHENTICATED, "session_ended");
  REFUSED(clone_auth_session_last_error(session, &error),
          CLONE_AUTH_UNAUTHENTICATED, "refresh_reused");
  clone_auth_session_free(session);
}

/* How long the session is at rest; READY. */
static int64_t rest_of(clone_auth_session* session) {
  clone_auth_session_request* request = NULL;
  int64_t wait_ns = -1;
  int step = -1;
  MUST(clone_auth_session_poll(session, &step, &wait_ns, &request, &error));
  CHECK(step == CLONE_AUTH_STEP_READY && request == NULL);
  return wait_ns;
}

/* The same after an answer of 503 with these fields. */
static int64_t rest_after(const char* headers) {
  clone_auth_session_options* options = options_of(URL);
  clone_auth_session* session = session_of(options, "access-1");
  int64_t rest;
  MUST(clone_auth_session_invalidate(session, 1, &error));
  complete(session, attempt_of(session), 503, headers, "");
  rest = rest_of(session);
  clone_auth_session_free(session);
  clone_auth_session_options_free(options);
  return rest;
}

static void walk_refusal_by_a_server(void) {
  clone_auth_session_options* options = options_of(URL);
  clone_auth_session* session = session_of(options, "access-1");
  CHECK(rest_of(session) > 399 * SECOND);
  MUST(clone_auth_session_invalidate(session, 7, &error));
  CHECK(rest_of(session) > 399 * SECOND);
  MUST(clone_auth_session_invalidate(session, 1, &error));
  CHECK(rest_of(session) < 60 * SECOND);
  clone_auth_session_free(session);
  clone_auth_session_options_free(options);
}

static void walk_fields_of_answers(void) {
  CHECK(rest_after("") < 60 * SECOND);
  CHECK(rest_after("a: b\nRETRY-after: \t200 \r\n") > 199 * SECOND);
  CHECK(rest_after("HTTP/1.1 503 x\r\nRetry-After: 200") > 199 * SECOND);
  CHECK(rest_after("a\n:\n Retry-After: 200\nx Retry-After: 200\n\n") <
        60 * SECOND);
}

static void walk_events(void) {
  clone_auth_session_options* options = options_of(URL);
  clone_auth_session* session = session_of(options, "access-1");
  int event = -1, health = -1;
  int64_t at = -1, expires_at = -1;
  const char* reason = NULL;
  MUST(clone_auth_session_fail(session, attempt_of(session), &error));
  do {
    MUST(clone_auth_session_take_event(session, &event, &health, &at,
                                       &expires_at, &reason, &error));
  } while (health != CLONE_AUTH_HEALTH_DEGRADED);
  CHECK(event == CLONE_AUTH_EVENT_HEALTH);
  CHECK(at > 0 && expires_at > at && strcmp(reason, "unreachable") == 0);
  REFUSED(clone_auth_session_take_event(session, &event, &health, &at,
                                        &expires_at, &reason, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  CHECK(reason == NULL);
  clone_auth_session_free(session);
  clone_auth_session_options_free(options);
}

/* Two sessions on one file take turns, as those of two processes do. */
static void walk_store(const char* file) {
  clone_auth_session_options* options = options_of(URL);
  clone_auth_session_options* other = options_of("http://127.0.0.1:2");
  clone_auth_session *first, *second = NULL;
  clone_auth_session_request* request = NULL;
  int64_t attempt;
  MUST(clone_auth_session_options_set_store_file(options, TEXT(file), &error));
  MUST(clone_auth_session_options_set_store_file(other, TEXT(file), &error));
  REFUSED(clone_auth_session_open(options, &second, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  first = session_of(options, "access-1");
  REFUSED(clone_auth_session_open(other, &second, &error),
          CLONE_AUTH_FAILED_PRECONDITION, "foreign_origin");
  MUST(clone_auth_session_open(options, &second, &error));
  CHECK(bearer_is(second, "Bearer access-1", 1));

  attempt = attempt_of(first);
  CHECK(step_of(second, 1, &request) == CLONE_AUTH_STEP_WAIT);
  complete(first, attempt, 200, "",
           "{\"access\":\"access-2\",\"refresh\":\"refresh-2\"}");
  MUST(clone_auth_session_store_error(first, &error));
  CHECK(step_of(second, 1, &request) == CLONE_AUTH_STEP_READY);
  CHECK(bearer_is(second, "Bearer access-2", 2));
  clone_auth_session_free(first);
  clone_auth_session_free(second);
  MUST(clone_auth_session_open(options, &second, &error));
  CHECK(bearer_is(second, "Bearer access-2", 1));
  clone_auth_session_free(second);
  clone_auth_session_options_free(other);
  clone_auth_session_options_free(options);
}

/* A stored session is refreshed where it was granted. */
static void walk_stored_endpoint(const char* file) {
  clone_auth_session_options* first = options_of(URL);
  clone_auth_session_options* later = options_of(URL);
  clone_auth_session* session;
  clone_auth_session_request* request = NULL;
  clone_auth_string* text = NULL;
  MUST(clone_auth_session_options_set_store_file(first, TEXT(file), &error));
  MUST(clone_auth_session_options_set_store_file(later, TEXT(file), &error));
  MUST(clone_auth_session_options_set_token_endpoint(
      first, TEXT(URL "/token"), TEXT("me"), TEXT(""), &error));
  clone_auth_session_free(session_of(first, "access-1"));

  MUST(clone_auth_session_open(later, &session, &error));
  CHECK(step_of(session, 1, &request) == CLONE_AUTH_STEP_SEND);
  MUST(clone_auth_session_request_url(request, &text, &error));
  CHECK(take_equals(text, URL "/token"));
  clone_auth_session_request_free(request);
  clone_auth_session_free(session);
  clone_auth_session_options_free(later);
  clone_auth_session_options_free(first);
}

int main(void) {
  char folder[] = "walk_session.XXXXXX";
  char file[64], lock[64];
  CHECK(mkdtemp(folder) != NULL);
  snprintf(file, sizeof file, "%s/session", folder);
  snprintf(lock, sizeof lock, "%s/session.lock", folder);
  walk_options();
  walk_request();
  walk_life();
  walk_refusal_by_a_server();
  walk_fields_of_answers();
  walk_events();
  walk_store(file);
  walk_stored_endpoint(file);
  CHECK(unlink(file) == 0 && unlink(lock) == 0 && rmdir(folder) == 0);
  puts("every call of a session walked");
  return 0;
}

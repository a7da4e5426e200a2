#pragma once

/* What the walks through flows have in common: one authorization server, the
   steps of a flow, and the time in hand. The program defines _GNU_SOURCE. */

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define ISSUER "http://127.0.0.1:2"
#define API "http://127.0.0.1:3"
#define SECOND INT64_C(1000000000)

/* How much later it is than the system says, and how much later than that the
   clock on the wall shows. */
static long later = 0;
static long set = 0;

/* The library's clocks, too, read through this. */
int clock_gettime(clockid_t id, struct timespec* now) {
  const int result = (int)syscall(SYS_clock_gettime, id, now);
  now->tv_sec += later;
  if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE) now->tv_sec += set;
  return result;
}

static const char kMetadata[] =
    "{\"issuer\":\"" ISSUER "\",\"token_endpoint\":\"" ISSUER
    "/token\",\"device_authorization_endpoint\":\"" ISSUER
    "/device\",\"authorization_endpoint\":\"" ISSUER
    "/authorize\",\"jwks_uri\":\"" ISSUER
    "/keys\",\"code_challenge_methods_supported\":[\"S256\"]}";
typedef clone_auth_status text_of(const clone_auth_flow* flow,
                                  clone_auth_string** out,
                                  clone_auth_error** error);

static inline int has(const clone_auth_flow* flow, text_of* read,
                      const char* expected) {
  clone_auth_string* text = NULL;
  MUST(read(flow, &text, &error));
  return take_equals(text, expected);
}

static inline void has_none(const clone_auth_flow* flow, text_of* read) {
  clone_auth_string* text = NULL;
  REFUSED(read(flow, &text, &error), CLONE_AUTH_NOT_FOUND, "not_found");
  CHECK(text == NULL);
}

static inline int step_of(clone_auth_flow* flow, int64_t* wait_ns,
                          clone_auth_session_request** request) {
  int step = -1;
  MUST(clone_auth_flow_poll(flow, &step, wait_ns, request, &error));
  CHECK((*request != NULL) == (step == CLONE_AUTH_STEP_SEND));
  CHECK((*wait_ns > 0) == (step == CLONE_AUTH_STEP_WAIT));
  return step;
}

/* The flow sends something to `url`, with `body` in what it says. */
static inline void sends(clone_auth_flow* flow, const char* url,
                         const char* body) {
  clone_auth_session_request* request = NULL;
  clone_auth_string* text = NULL;
  int64_t number = -1;
  CHECK(step_of(flow, &number, &request) == CLONE_AUTH_STEP_SEND);
  MUST(clone_auth_session_request_attempt(request, &number, &error));
  CHECK(number == 0);
  MUST(clone_auth_session_request_url(request, &text, &error));
  CHECK(take_equals(text, url));
  MUST(clone_auth_session_request_body(request, &text, &error));
  CHECK(strstr(clone_auth_string_data(text), body) != NULL);
  clone_auth_string_free(text);
  clone_auth_session_request_free(request);
}

static inline int64_t waits(clone_auth_flow* flow) {
  clone_auth_session_request* request = NULL;
  int64_t wait_ns = -1;
  CHECK(step_of(flow, &wait_ns, &request) == CLONE_AUTH_STEP_WAIT);
  return wait_ns;
}

static inline void has_ended(clone_auth_flow* flow) {
  clone_auth_session_request* request = NULL;
  int64_t wait_ns = -1;
  CHECK(step_of(flow, &wait_ns, &request) == CLONE_AUTH_STEP_ENDED);
}

static inline void answer(clone_auth_flow* flow, int status, const char* body) {
  MUST(clone_auth_flow_complete(flow, status,
                                TEXT("Content-Type: application/json\r\n"),
                                TEXT(body), &error));
}

/* A discovery of the issuer that has ended well. */
static inline clone_auth_flow* discovered(void) {
  clone_auth_flow* flow = NULL;
  MUST(clone_auth_flow_discover_issuer(TEXT(ISSUER), &flow, &error));
  sends(flow, ISSUER "/.well-known/oauth-authorization-server", "");
  answer(flow, 200, kMetadata);
  has_ended(flow);
  MUST(clone_auth_flow_outcome(flow, &error));
  return flow;
}

static inline clone_auth_sign_in_options* options_of_app(void) {
  clone_auth_flow* flow = discovered();
  clone_auth_sign_in_options* options = NULL;
  MUST(clone_auth_sign_in_options_create(flow, &options, &error));
  clone_auth_flow_free(flow);
  MUST(clone_auth_sign_in_options_set_client_id(options, TEXT("app"), &error));
  return options;
}

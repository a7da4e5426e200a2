/* From C: a user stays signed in. The session says what to send and when; who
   sends it is the program's affair, here libcurl.
   cc session.c -o session $(pkg-config --cflags --libs clone_auth libcurl)
   session URL EMAIL PASSWORD FILE TIMES PAUSE_MS */

#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <time.h>

#include "clone/c.h"
#include "curl_exchange.h"

static clone_auth_error* error;

static void must(clone_auth_status status) {
  if (status == CLONE_AUTH_OK) return;
  fprintf(stderr, "%s\n", clone_auth_error_message(error));
  exit(1);
}

static void rest(int64_t ns) {
  struct timespec time;
  time.tv_sec = (time_t)(ns / 1000000000);
  time.tv_nsec = (long)(ns % 1000000000);
  nanosleep(&time, NULL);
}

/* Sends what the session asks for, and tells it what came of that. */
static void send_request(clone_auth_session* session,
                         clone_auth_session_request* request) {
  struct curl_slist* fields = NULL;
  clone_auth_string *url, *body, *field;
  struct answer answer;
  int64_t attempt;
  size_t i, count;
  must(clone_auth_session_request_attempt(request, &attempt, &error));
  must(clone_auth_session_request_url(request, &url, &error));
  must(clone_auth_session_request_body(request, &body, &error));
  must(clone_auth_session_request_header_count(request, &count, &error));
  for (i = 0; i < count; ++i) {
    must(clone_auth_session_request_header(request, i, &field, &error));
    fields = curl_slist_append(fields, clone_auth_string_data(field));
    clone_auth_string_free(field);
  }
  exchange(clone_auth_string_data(url), clone_auth_string_data(body), fields,
           &answer);
  must(answer.status == 0 ? clone_auth_session_fail(session, attempt, &error)
                          : clone_auth_session_complete(
                                session, attempt, answer.status,
                                answer.headers.data, answer.headers.size,
                                answer.body.data, answer.body.size, &error));
  end_answer(&answer);
  clone_auth_string_free(body);
  clone_auth_string_free(url);
  clone_auth_session_request_free(request);
}

/* Does what the session wants done, until it wants nothing more. */
static void attend(clone_auth_session* session) {
  clone_auth_session_request* request;
  int64_t wait_ns;
  int step;
  do {
    must(clone_auth_session_poll(session, &step, &wait_ns, &request, &error));
    if (step == CLONE_AUTH_STEP_SEND) send_request(session, request);
    if (step == CLONE_AUTH_STEP_WAIT) rest(wait_ns);
  } while (step == CLONE_AUTH_STEP_SEND || step == CLONE_AUTH_STEP_WAIT);
}

static clone_auth_session* sign_in(const clone_auth_session_options* options,
                                   char** argv) {
  struct answer answer;
  clone_auth_session* session;
  char url[512], body[512];
  char *access, *refresh;
  snprintf(url, sizeof url, "%s/api/auth/login/", argv[1]);
  snprintf(body, sizeof body, "{\"email\":\"%s\",\"password\":\"%s\"}", argv[2],
           argv[3]);
  exchange(url, body, curl_slist_append(NULL, "Content-Type: application/json"),
           &answer);
  access = copy_member(answer.body.data, "access");
  refresh = copy_member(answer.body.data, "refresh");
  if (access == NULL || refresh == NULL) puts(answer.body.data), exit(1);
  must(clone_auth_session_create(options, access, strlen(access), refresh,
                                 strlen(refresh), 0, &session, &error));
  free(refresh), free(access);
  end_answer(&answer);
  return session;
}

/* The header that the session has for this URL, and the answer to it. */
static void get(const clone_auth_session* session, const char* url) {
  clone_auth_string *name, *value;
  struct answer answer;
  int64_t generation;
  char field[20000];
  must(clone_auth_session_header(session, "GET", 3, url, strlen(url), &name,
                                 &value, &generation, &error));
  snprintf(field, sizeof field, "%s: %s", clone_auth_string_data(name),
           clone_auth_string_data(value));
  clone_auth_string_free(value);
  clone_auth_string_free(name);
  exchange(url, NULL, curl_slist_append(NULL, field), &answer);
  printf("%d %s\n", answer.status, answer.body.data);
  end_answer(&answer);
}

int main(int argc, char** argv) {
  clone_auth_session_options* options;
  clone_auth_session* session;
  char me[512];
  int left;
  if (argc != 7) return 2;
  must(clone_auth_session_options_create(argv[1], strlen(argv[1]), &options,
                                         &error));
  must(clone_auth_session_options_set_store_file(options, argv[4],
                                                 strlen(argv[4]), &error));
  if (clone_auth_session_open(options, &session, NULL) != CLONE_AUTH_OK) {
    session = sign_in(options, argv);
  }
  clone_auth_session_options_free(options);
  snprintf(me, sizeof me, "%s/api/auth/me/", argv[1]);
  for (left = atoi(argv[5]); left > 0; --left) {
    attend(session);
    get(session, me);
    rest(atoi(argv[6]) * INT64_C(1000000));
  }
  clone_auth_session_free(session);
  return 0;
}

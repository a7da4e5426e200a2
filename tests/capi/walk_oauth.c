/* Every call about finding a server and signing in with a code, by a program in
   C99 that plays the servers' part itself. */

#define _GNU_SOURCE

#include "flow.h"

#define CLOUD "http://127.0.0.1:1"

static const char kCodes[] =
    "{\"device_code\":\"d\",\"user_code\":\"AB-CD\",\"verification_uri\":"
    "\"" ISSUER "/go\",\"verification_uri_complete\":\"" ISSUER
    "/go?c=AB-CD\",\"expires_in\":600,\"interval\":5}";
static const char kTokens[] =
    "{\"access_token\":\"access-1\",\"refresh_token\":\"refresh-1\","
    "\"token_type\":\"Bearer\",\"expires_in\":600,\"scope\":\"read\","
    "\"id_token\":\"i.d.t\"}";

static void walk_discovery_from_a_cloud(void) {
  clone_auth_flow* flow = NULL;
  clone_auth_sign_in_options* options = NULL;
  int64_t until = -1;
  REFUSED(clone_auth_flow_discover_cloud(TEXT("nowhere"), &flow, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "url_malformed");
  REFUSED(
      clone_auth_flow_discover_cloud(TEXT("http://a.example"), &flow, &error),
      CLONE_AUTH_FAILED_PRECONDITION, "insecure_url");
  MUST(clone_auth_flow_discover_cloud(TEXT(CLOUD), &flow, &error));
  sends(flow, CLOUD "/api/v1/auth/config", "");
  CHECK(waits(flow) > 1000000 * SECOND);
  REFUSED(clone_auth_flow_outcome(flow, &error), CLONE_AUTH_UNAVAILABLE,
          "sign_in_pending");
  REFUSED(clone_auth_sign_in_options_create(flow, &options, &error),
          CLONE_AUTH_UNAVAILABLE, "sign_in_pending");
  REFUSED(clone_auth_flow_expires_at(flow, &until, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  has_none(flow, clone_auth_flow_issuer);
  answer(flow, 200,
         "{\"auth_url\":\"" ISSUER
         "\",\"client_id\":\"cli\",\"scope\":\"a b\"}");
  sends(flow, ISSUER "/.well-known/oauth-authorization-server", "");
  answer(flow, 200, kMetadata);
  has_ended(flow);
  has_ended(flow);
  CHECK(has(flow, clone_auth_flow_issuer, ISSUER));
  CHECK(has(flow, clone_auth_flow_client_id, "cli"));
  CHECK(has(flow, clone_auth_flow_scope, "a b"));
  MUST(clone_auth_flow_expires_at(flow, &until, &error));
  CHECK(until > (int64_t)time(NULL));
  has_none(flow, clone_auth_flow_resource);
  has_none(flow, clone_auth_flow_user_code);
  has_none(flow, clone_auth_flow_authorization_url);
  has_none(flow, clone_auth_flow_id_token);
  clone_auth_flow_free(flow);
}

static void walk_discovery_from_a_resource(void) {
  clone_auth_flow* flow = NULL;
  MUST(clone_auth_flow_discover_resource(
      TEXT(API "/mcp"),
      TEXT("WWW-Authenticate: Bearer resource_metadata=\"" API
           "/meta\", scope=\"x\"\r\n"),
      &flow, &error));
  sends(flow, API "/meta", "");
  answer(flow, 200,
         "{\"resource\":\"" API "/mcp\",\"authorization_servers\":[\"" ISSUER
         "\"]}");
  sends(flow, ISSUER "/.well-known/oauth-authorization-server", "");
  answer(flow, 200, kMetadata);
  has_ended(flow);
  CHECK(has(flow, clone_auth_flow_resource, API "/mcp"));
  CHECK(has(flow, clone_auth_flow_scope, "x"));
  has_none(flow, clone_auth_flow_client_id);
  clone_auth_flow_free(flow);
}

static void walk_failures(void) {
  clone_auth_flow* flow = NULL;
  clone_auth_sign_in_options* options = NULL;
  MUST(clone_auth_flow_discover_issuer(TEXT(ISSUER), &flow, &error));
  answer(flow, 200, kMetadata); /* nothing was sent: ignored */
  sends(flow, ISSUER "/.well-known/oauth-authorization-server", "");
  MUST(clone_auth_flow_fail(flow, &error));
  has_ended(flow);
  REFUSED(clone_auth_flow_outcome(flow, &error), CLONE_AUTH_UNAVAILABLE,
          "unreachable");
  REFUSED(clone_auth_sign_in_options_create(flow, &options, &error),
          CLONE_AUTH_UNAVAILABLE, "unreachable");
  clone_auth_flow_free(flow);
}

static void takes_no_session(clone_auth_flow* flow, clone_auth_status code,
                             const char* reason) {
  clone_auth_session_options* options = NULL;
  clone_auth_session* session = NULL;
  MUST(clone_auth_session_options_create(TEXT(API), &options, &error));
  REFUSED(clone_auth_flow_take_session(flow, options, &session, &error), code,
          reason);
  CHECK(session == NULL);
  clone_auth_session_options_free(options);
}

static int bearer_is(const clone_auth_session* session, const char* expected) {
  clone_auth_string *name = NULL, *value = NULL;
  int64_t generation = -1;
  MUST(clone_auth_session_header(session, TEXT("GET"), TEXT(API "/x"), &name,
                                 &value, &generation, &error));
  clone_auth_string_free(name);
  return take_equals(value, expected);
}

/* What is taken is in the file, from where it is refreshed as it was had. */
static void walk_session(clone_auth_flow* flow, const char* file) {
  clone_auth_session_options* options = NULL;
  clone_auth_session* session = NULL;
  clone_auth_session_request* request = NULL;
  clone_auth_string* text = NULL;
  int64_t wait_ns;
  int step;
  MUST(clone_auth_session_options_create(TEXT(API), &options, &error));
  MUST(clone_auth_session_options_set_store_file(options, TEXT("/dev/null/x"),
                                                 &error));
  CHECK(clone_auth_flow_take_session(flow, options, &session, NULL) !=
        CLONE_AUTH_OK);
  MUST(clone_auth_session_options_set_store_file(options, TEXT(file), &error));
  MUST(clone_auth_flow_take_session(flow, options, &session, &error));
  takes_no_session(flow, CLONE_AUTH_NOT_FOUND, "not_found");
  clone_auth_flow_free(flow);
  CHECK(bearer_is(session, "Bearer access-1"));
  clone_auth_session_free(session);

  MUST(clone_auth_session_open(options, &session, &error));
  clone_auth_session_options_free(options);
  CHECK(bearer_is(session, "Bearer access-1"));
  MUST(clone_auth_session_start(session, &step, &wait_ns, &request, &error));
  CHECK(step == CLONE_AUTH_STEP_SEND);
  MUST(clone_auth_session_request_url(request, &text, &error));
  CHECK(take_equals(text, ISSUER "/token"));
  MUST(clone_auth_session_request_body(request, &text, &error));
  CHECK(take_equals(text,
                    "grant_type=refresh_token&refresh_token=refresh-1"
                    "&client_id=app&resource=urn%3Ax"));
  clone_auth_session_request_free(request);
  clone_auth_session_free(session);
}

static clone_auth_flow* device_grant(clone_auth_sign_in_options* options) {
  clone_auth_flow* flow = NULL;
  MUST(clone_auth_flow_create_device_grant(options, &flow, &error));
  return flow;
}

static void walk_device_grant(const char* file) {
  clone_auth_sign_in_options* options = options_of_app();
  clone_auth_flow* flow;
  int64_t until = -1;
  int callback = -1;
  MUST(clone_auth_sign_in_options_set_scope(options, TEXT("read write"),
                                            &error));
  MUST(clone_auth_sign_in_options_set_resource(options, TEXT("urn:x"), &error));
  flow = device_grant(options);
  clone_auth_sign_in_options_free(options);
  CHECK(has(flow, clone_auth_flow_issuer, ISSUER));
  CHECK(has(flow, clone_auth_flow_client_id, "app"));
  CHECK(has(flow, clone_auth_flow_scope, "read write"));
  has_none(flow, clone_auth_flow_user_code);
  REFUSED(clone_auth_flow_receive(flow, TEXT("/"), &callback, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_sign_in_options_create(flow, &options, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");

  sends(flow, ISSUER "/device", "scope=read%20write&client_id=app");
  answer(flow, 200, kCodes);
  CHECK(has(flow, clone_auth_flow_user_code, "AB-CD"));
  CHECK(has(flow, clone_auth_flow_verification_uri, ISSUER "/go"));
  CHECK(has(flow, clone_auth_flow_verification_uri_complete,
            ISSUER "/go?c=AB-CD"));
  MUST(clone_auth_flow_expires_at(flow, &until, &error));
  CHECK(until > (int64_t)time(NULL) + 590);
  CHECK(waits(flow) > 5 * SECOND && waits(flow) <= 6 * SECOND);
  later += 6;
  sends(flow, ISSUER "/token", "&device_code=d&");
  answer(flow, 400, "{\"error\":\"authorization_pending\"}");
  CHECK(waits(flow) > 5 * SECOND);
  takes_no_session(flow, CLONE_AUTH_UNAVAILABLE, "sign_in_pending");
  later += 6;
  set -= 3600; /* which disturbs nothing */
  sends(flow, ISSUER "/token", "&device_code=d&");
  answer(flow, 200, kTokens);
  has_ended(flow);
  MUST(clone_auth_flow_outcome(flow, &error));
  CHECK(has(flow, clone_auth_flow_scope, "read"));
  CHECK(has(flow, clone_auth_flow_id_token, "i.d.t"));
  walk_session(flow, file);
}

static void walk_device_refusals(void) {
  clone_auth_sign_in_options* options = options_of_app();
  clone_auth_flow* flow = device_grant(options);
  sends(flow, ISSUER "/device", "client_id=app");
  answer(flow, 200, kCodes);
  later += 6;
  sends(flow, ISSUER "/token", "device_code=d");
  answer(flow, 400, "{\"error\":\"access_denied\"}");
  has_ended(flow);
  REFUSED(clone_auth_flow_outcome(flow, &error), CLONE_AUTH_PERMISSION_DENIED,
          "sign_in_denied");
  takes_no_session(flow, CLONE_AUTH_PERMISSION_DENIED, "sign_in_denied");
  clone_auth_flow_free(flow);

  flow = device_grant(options);
  sends(flow, ISSUER "/device", "client_id=app");
  answer(flow, 200, kCodes);
  later += 600;
  has_ended(flow);
  REFUSED(clone_auth_flow_outcome(flow, &error), CLONE_AUTH_DEADLINE_EXCEEDED,
          "sign_in_expired");
  clone_auth_flow_free(flow);

  MUST(clone_auth_sign_in_options_set_client_id(options, TEXT(""), &error));
  REFUSED(clone_auth_flow_create_device_grant(options, &flow, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  clone_auth_sign_in_options_free(options);
}

int main(void) {
  char folder[] = "walk_oauth.XXXXXX";
  char file[64], lock[64];
  CHECK(mkdtemp(folder) != NULL);
  snprintf(file, sizeof file, "%s/session", folder);
  snprintf(lock, sizeof lock, "%s/session.lock", folder);
  walk_discovery_from_a_cloud();
  walk_discovery_from_a_resource();
  walk_failures();
  walk_device_grant(file);
  walk_device_refusals();
  CHECK(unlink(file) == 0 && unlink(lock) == 0 && rmdir(folder) == 0);
  puts("discovery and device grant walked");
  return 0;
}

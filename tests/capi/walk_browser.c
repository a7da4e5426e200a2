/* Every call about signing in with a browser, by a program in C99 that plays
   the part of the server and of the person itself. */

#define _GNU_SOURCE

#include "flow.h"

#define BACK "http://127.0.0.1:4/back"

static clone_auth_flow* code_grant(const clone_auth_sign_in_options* options) {
  clone_auth_flow* flow = NULL;
  MUST(clone_auth_flow_create_authorization_code(options, TEXT(BACK), &flow,
                                                 &error));
  return flow;
}

/* A parameter of the URL that the browser is sent to, such as "&state=". */
static void copy_parameter(const clone_auth_flow* flow, const char* name,
                           char* value, size_t size) {
  clone_auth_string* url = NULL;
  const char* found;
  size_t length;
  MUST(clone_auth_flow_authorization_url(flow, &url, &error));
  CHECK((found = strstr(clone_auth_string_data(url), name)) != NULL);
  found += strlen(name);
  length = strcspn(found, "&");
  CHECK(length < size);
  memcpy(value, found, length);
  value[length] = '\0';
  clone_auth_string_free(url);
}

static int received(clone_auth_flow* flow, const char* query,
                    const char* state) {
  char target[256];
  int callback = -1;
  snprintf(target, sizeof target, "/back?state=%s&%s", state, query);
  MUST(clone_auth_flow_receive(flow, TEXT(target), &callback, &error));
  return callback;
}

static void walk_url(void) {
  clone_auth_sign_in_options* options = options_of_app();
  clone_auth_flow* flow = NULL;
  char value[64];
  MUST(clone_auth_sign_in_options_set_prompt(options, TEXT("login"), &error));
  MUST(clone_auth_sign_in_options_set_login_hint(options, TEXT("joe"), &error));
  MUST(clone_auth_sign_in_options_set_max_age(options, 60, &error));
  REFUSED(clone_auth_sign_in_options_set_max_age(options, -1, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_flow_create_authorization_code(
              options, TEXT("http://a.example/"), &flow, &error),
          CLONE_AUTH_FAILED_PRECONDITION, "insecure_url");
  REFUSED(clone_auth_flow_create_authorization_code(options, TEXT(BACK "?a"),
                                                    &flow, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  flow = code_grant(options);
  clone_auth_sign_in_options_free(options);
  copy_parameter(flow, "&prompt=", value, sizeof value);
  CHECK(strcmp(value, "login") == 0);
  copy_parameter(flow, "&login_hint=", value, sizeof value);
  CHECK(strcmp(value, "joe") == 0);
  copy_parameter(flow, "&max_age=", value, sizeof value);
  CHECK(strcmp(value, "60") == 0);
  copy_parameter(flow, "&code_challenge_method=", value, sizeof value);
  CHECK(strcmp(value, "S256") == 0);
  has_none(flow, clone_auth_flow_user_code);
  clone_auth_flow_free(flow);
}

/* The ID token for "app" with this nonce, in an answer with tokens; and the
   keys of who signed it. */
static void sign(const char* nonce, char* tokens, size_t tokens_size,
                 char* keys, size_t keys_size) {
  clone_auth_jwt_signing_key* key = NULL;
  clone_auth_jwt_signer* signer = NULL;
  clone_auth_string* text = NULL;
  char claims[512];
  const long now = (long)time(NULL) + later;
  MUST(clone_auth_jwt_signing_key_generate(TEXT("ES256"), TEXT("k"), &key,
                                           &error));
  MUST(clone_auth_jwt_signing_key_public_jwk(key, &text, &error));
  snprintf(keys, keys_size, "{\"keys\":[%s]}", clone_auth_string_data(text));
  clone_auth_string_free(text);
  MUST(clone_auth_jwt_signer_create(key, TEXT("JWT"), &signer, &error));
  clone_auth_jwt_signing_key_free(key);
  snprintf(claims, sizeof claims,
           "{\"iss\":\"" ISSUER
           "\",\"sub\":\"user-1\",\"aud\":\"app\",\"iat\":%ld,\"exp\":%ld,"
           "\"nonce\":\"%s\"}",
           now, now + 600, nonce);
  MUST(clone_auth_jwt_signer_sign(signer, TEXT(claims), &text, &error));
  clone_auth_jwt_signer_free(signer);
  snprintf(tokens, tokens_size,
           "{\"access_token\":\"access-1\",\"expires_in\":600,"
           "\"token_type\":\"Bearer\",\"id_token\":\"%s\"}",
           clone_auth_string_data(text));
  clone_auth_string_free(text);
}

/* The flow has yielded a session in memory, and who signed in. */
static void takes_all(clone_auth_flow* flow) {
  clone_auth_session_options* options = NULL;
  clone_auth_session* session = NULL;
  clone_auth_verified_jwt* jwt = NULL;
  clone_auth_string *name = NULL, *value = NULL;
  int64_t generation = -1;
  MUST(clone_auth_session_options_create(TEXT(API), &options, &error));
  MUST(clone_auth_flow_take_session(flow, options, &session, &error));
  clone_auth_session_options_free(options);
  MUST(clone_auth_flow_take_verified_id_token(flow, &jwt, &error));
  MUST(clone_auth_verified_jwt_subject(jwt, &value, &error));
  CHECK(take_equals(value, "user-1"));
  clone_auth_verified_jwt_free(jwt);
  REFUSED(clone_auth_flow_take_verified_id_token(flow, &jwt, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  CHECK(jwt == NULL);
  clone_auth_flow_free(flow); /* the session outlives it */
  MUST(clone_auth_session_header(session, TEXT("GET"), TEXT(API "/x"), &name,
                                 &value, &generation, &error));
  CHECK(take_equals(name, "Authorization"));
  CHECK(take_equals(value, "Bearer access-1"));
  clone_auth_session_free(session);
}

static void walk_sign_in(void) {
  clone_auth_sign_in_options* options = options_of_app();
  clone_auth_flow* flow;
  clone_auth_string* id_token = NULL;
  char state[64], nonce[64], tokens[2048], keys[1024];
  MUST(clone_auth_sign_in_options_set_scope(options, TEXT("openid"), &error));
  flow = code_grant(options);
  clone_auth_sign_in_options_free(options);
  CHECK(waits(flow) > 599 * SECOND);
  copy_parameter(flow, "&state=", state, sizeof state);
  copy_parameter(flow, "&nonce=", nonce, sizeof nonce);
  CHECK(received(flow, "code=c", "another") == CLONE_AUTH_CALLBACK_STRAY);
  CHECK(received(flow, "code=c", state) == CLONE_AUTH_CALLBACK_CODE);
  CHECK(received(flow, "code=c", state) == CLONE_AUTH_CALLBACK_STRAY);
  sends(flow, ISSUER "/token", "&code=c&");
  sign(nonce, tokens, sizeof tokens, keys, sizeof keys);
  answer(flow, 200, tokens);
  sends(flow, ISSUER "/keys", "");
  answer(flow, 200, keys);
  has_ended(flow);
  MUST(clone_auth_flow_outcome(flow, &error));
  MUST(clone_auth_flow_id_token(flow, &id_token, &error));
  CHECK(strstr(tokens, clone_auth_string_data(id_token)) != NULL);
  clone_auth_string_free(id_token);
  CHECK(has(flow, clone_auth_flow_scope, "openid"));
  takes_all(flow);
}

static void walk_refusals(void) {
  clone_auth_sign_in_options* options = options_of_app();
  clone_auth_flow* flow = code_grant(options);
  clone_auth_verified_jwt* jwt = NULL;
  char state[64];
  copy_parameter(flow, "&state=", state, sizeof state);
  CHECK(received(flow, "error=access_denied", state) ==
        CLONE_AUTH_CALLBACK_REFUSAL);
  has_ended(flow);
  REFUSED(clone_auth_flow_outcome(flow, &error), CLONE_AUTH_PERMISSION_DENIED,
          "sign_in_denied");
  REFUSED(clone_auth_flow_take_verified_id_token(flow, &jwt, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  clone_auth_flow_free(flow);

  flow = code_grant(options);
  CHECK(waits(flow) > 599 * SECOND);
  later += 600;
  has_ended(flow);
  REFUSED(clone_auth_flow_outcome(flow, &error), CLONE_AUTH_DEADLINE_EXCEEDED,
          "sign_in_expired");
  clone_auth_flow_free(flow);
  clone_auth_sign_in_options_free(options);
}

int main(void) {
  walk_url();
  walk_sign_in();
  walk_refusals();
  puts("signing in with a browser walked");
  return 0;
}

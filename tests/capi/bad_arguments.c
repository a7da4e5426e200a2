/* Calls each function with one bad argument at a time, inside of a look-up, so
   that there is an answer, too. */

#include "bad_arguments.h"

static int calls = 0;

void judge(const char* what, clone_auth_status status, clone_auth_error* error,
           int refused) {
  ++calls;
  if (refused && (status != CLONE_AUTH_INVALID_ARGUMENT ||
                  (error != NULL && strcmp(clone_auth_error_reason(error),
                                           "invalid_argument") != 0))) {
    fprintf(stderr, "%s gave %d %s\n", what, status,
            clone_auth_error_reason(error));
    exit(1);
  }
  clone_auth_error_free(error);
}

static clone_auth_status find(void* user_data, const unsigned char* digest,
                              size_t digest_size,
                              clone_auth_key_answer* answer) {
  struct good_arguments with = *(struct good_arguments*)user_data;
  unsigned char buffer[CLONE_AUTH_DIGEST_SIZE];
  CHECK(digest_size == CLONE_AUTH_DIGEST_SIZE);
  with.key_answer = answer;
  with.digest = digest;
  with.buffer = buffer;
  make_bad_calls(&with);
  MUST(clone_auth_key_record_set_digest(with.key_record, digest, digest_size,
                                        &error));
  MUST(clone_auth_key_answer_set(answer, with.key_record, &error));
  return CLONE_AUTH_OK;
}

static clone_auth_status now(void* user_data, int64_t* unix_seconds) {
  (void)user_data;
  *unix_seconds = 100;
  return CLONE_AUTH_OK;
}

static void make_key_parts(struct good_arguments* with) {
  static const unsigned char pepper[32] = {1};
  MUST(clone_auth_scheme_create_default(&with->scheme, &error));
  MUST(clone_auth_credential_parse(with->scheme, TEXT("token"),
                                   &with->credential, &error));
  MUST(clone_auth_api_key_generate(with->scheme, CLONE_AUTH_KIND_USER,
                                   &with->api_key, &error));
  MUST(clone_auth_api_key_text(with->api_key, &with->string, &error));
  MUST(clone_auth_sealer_options_create(&with->sealer_options, &error));
  MUST(clone_auth_sealer_options_add_pepper(with->sealer_options, 1, pepper,
                                            sizeof pepper, &error));
  MUST(clone_auth_sealer_create(with->sealer_options, &with->sealer, &error));
  MUST(clone_auth_key_record_create(&with->key_record, &error));
  MUST(clone_auth_key_record_set_id(
      with->key_record, TEXT("33333333-3333-4333-8333-333333333333"), &error));
  MUST(clone_auth_key_store_create_in_memory(&with->key_store, &error));
  MUST(clone_auth_key_verifier_options_create(&with->key_verifier_options,
                                              &error));
  MUST(clone_auth_key_verifier_options_set_scheme(with->key_verifier_options,
                                                  with->scheme, &error));
}

static void make_jwt_parts(struct good_arguments* with) {
  MUST(clone_auth_clock_create_fixed(1300819000, &with->clock, &error));
  MUST(clone_auth_jwk_set_parse(
      TEXT("{\"keys\":[{\"kty\":\"oct\",\"k\":"
           "\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-"
           "EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}]}"),
      CLONE_AUTH_TRUST_LOCAL, &with->jwk_set, &error));
  MUST(clone_auth_jwt_policy_create(&with->jwt_policy, &error));
  MUST(clone_auth_jwt_policy_add_algorithm(with->jwt_policy, TEXT("HS256"),
                                           &error));
  MUST(clone_auth_jwt_policy_allow_any_issuer(with->jwt_policy, &error));
  MUST(clone_auth_jwt_policy_allow_any_audience(with->jwt_policy, &error));
  MUST(clone_auth_jwt_policy_allow_any_type(with->jwt_policy, &error));
  MUST(clone_auth_jwt_policy_set_clock(with->jwt_policy, with->clock, &error));
  MUST(clone_auth_jwt_verifier_create(with->jwt_policy, with->jwk_set,
                                      &with->jwt_verifier, &error));
  MUST(clone_auth_jwt_verifier_verify(
      with->jwt_verifier,
      TEXT("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
           "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtc"
           "GxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-"
           "mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
      &with->verified_jwt, &error));
}

static void make_signing_parts(struct good_arguments* with) {
  MUST(clone_auth_jwt_signing_key_generate(TEXT("HS256"), TEXT("k"),
                                           &with->jwt_signing_key, &error));
  MUST(clone_auth_jwt_signer_create(with->jwt_signing_key, TEXT("JWT"),
                                    &with->jwt_signer, &error));
}

static void make_session_parts(struct good_arguments* with) {
  int step = -1;
  int64_t wait_ns = -1;
  MUST(clone_auth_session_options_create(TEXT("http://127.0.0.1:1"),
                                         &with->session_options, &error));
  MUST(clone_auth_session_create(with->session_options, TEXT("a"), TEXT("r"), 0,
                                 &with->session, &error));
  MUST(clone_auth_session_start(with->session, &step, &wait_ns,
                                &with->session_request, &error));
}

/* Options of what a discovery has found, and a grant that takes each call. */
static void make_flow_parts(struct good_arguments* with) {
  static const char metadata[] =
      "{\"issuer\":\"http://127.0.0.1:1\",\"token_endpoint\":"
      "\"http://127.0.0.1:1/t\",\"authorization_endpoint\":"
      "\"http://127.0.0.1:1/a\",\"code_challenge_methods_supported\":"
      "[\"S256\"]}";
  clone_auth_session_request* request = NULL;
  clone_auth_flow* discovery = NULL;
  int step = -1;
  int64_t wait_ns = -1;
  MUST(clone_auth_flow_discover_issuer(TEXT("http://127.0.0.1:1"), &discovery,
                                       &error));
  MUST(clone_auth_flow_poll(discovery, &step, &wait_ns, &request, &error));
  clone_auth_session_request_free(request);
  MUST(clone_auth_flow_complete(discovery, 200, TEXT(""), TEXT(metadata),
                                &error));
  MUST(clone_auth_flow_poll(discovery, &step, &wait_ns, &request, &error));
  MUST(clone_auth_sign_in_options_create(discovery, &with->sign_in_options,
                                         &error));
  clone_auth_flow_free(discovery);
  MUST(clone_auth_sign_in_options_set_client_id(with->sign_in_options,
                                                TEXT("x"), &error));
  MUST(clone_auth_flow_create_authorization_code(
      with->sign_in_options, TEXT("http://127.0.0.1:1/"), &with->flow, &error));
}

/* Runs the calls, in the look-up of a verification. */
static void verify(struct good_arguments* with) {
  clone_auth_key_store* store = NULL;
  CHECK(clone_auth_jwk_set_parse("", 0, 0, &with->jwk_set, &with->error) !=
        CLONE_AUTH_OK);
  with->other = with->error;
  make_jwt_parts(with);
  make_signing_parts(with);
  make_session_parts(with);
  make_flow_parts(with);
  with->key_store_callbacks.struct_size = sizeof with->key_store_callbacks;
  with->key_store_callbacks.user_data = with;
  with->key_store_callbacks.find = find;
  with->clock_callbacks.struct_size = sizeof with->clock_callbacks;
  with->clock_callbacks.now = now;
  with->text = "x";
  MUST(clone_auth_key_store_create(&with->key_store_callbacks, &store, &error));
  MUST(clone_auth_key_verifier_options_set_store(with->key_verifier_options,
                                                 store, &error));
  clone_auth_key_store_free(store);
  MUST(clone_auth_key_verifier_create(with->key_verifier_options,
                                      &with->key_verifier, &error));
  MUST(clone_auth_key_verifier_verify(
      with->key_verifier, clone_auth_string_data(with->string),
      clone_auth_string_size(with->string), &with->verified_key, &error));
}

int main(void) {
  /* The first round makes the verified key that the second one needs. */
  static struct good_arguments with;
  static struct good_arguments again;
  make_key_parts(&with);
  with.other = NULL;
  verify(&with);
  again = with;
  verify(&again);
  printf("%d bad calls\n", calls);
  CHECK(calls > 300);
  return 0;
}

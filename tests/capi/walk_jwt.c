/* Every call about tokens, by a program in C99: what it gives when all is well,
   and the reasons that its comment names. */

#include "check.h"

#define NOW 1300819000

/* RFC 7515 appendix A.1. */
static const char kKeys[] =
    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-"
    "EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}]}";
static const char kToken[] =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/* What is signed here. */
static const char kClaims[] =
    "{ \"iss\": \"joe\", \"exp\": 1300819380.50, \"n\": [1e2, null] }";

static void walk_key_sets(clone_auth_jwk_set** keys) {
  size_t count = 9;
  REFUSED(clone_auth_jwk_set_parse(TEXT("{"), 0, keys, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "json_malformed");
  REFUSED(clone_auth_jwk_set_parse(TEXT("{}"), 2, keys, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_jwk_set_parse(TEXT(kKeys), CLONE_AUTH_TRUST_REMOTE, keys,
                                &error));
  MUST(clone_auth_jwk_set_skipped(*keys, &count, &error));
  CHECK(count == 1);
  clone_auth_jwk_set_free(*keys);
  MUST(clone_auth_jwk_set_parse(TEXT(kKeys), CLONE_AUTH_TRUST_LOCAL, keys,
                                &error));
  MUST(clone_auth_jwk_set_size(*keys, &count, &error));
  CHECK(count == 1);
}

static clone_auth_jwt_verifier* jwt_verifier_at(const clone_auth_jwk_set* keys,
                                                int64_t now, int64_t skew) {
  clone_auth_jwt_policy* policy = NULL;
  clone_auth_jwt_verifier* verifier = NULL;
  clone_auth_clock* clock = clock_at(now);
  MUST(clone_auth_jwt_policy_create(&policy, &error));
  REFUSED(clone_auth_jwt_verifier_create(policy, keys, &verifier, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_jwt_policy_add_algorithm(policy, TEXT("none"), &error),
          CLONE_AUTH_INVALID_ARGUMENT, "algorithm_unsupported");
  REFUSED(clone_auth_jwt_policy_set_clock_skew(policy, 601, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_jwt_policy_add_algorithm(policy, TEXT("HS256"), &error));
  MUST(clone_auth_jwt_policy_add_algorithm(policy, TEXT("ES256"), &error));
  MUST(clone_auth_jwt_policy_add_issuer(policy, TEXT("joe"), &error));
  MUST(clone_auth_jwt_policy_add_audience(policy, TEXT("api"), &error));
  MUST(clone_auth_jwt_policy_allow_any_audience(policy, &error));
  MUST(clone_auth_jwt_policy_add_type(policy, TEXT("JWT"), &error));
  MUST(clone_auth_jwt_policy_set_clock_skew(policy, skew, &error));
  MUST(clone_auth_jwt_policy_set_clock(policy, clock, &error));
  MUST(clone_auth_jwt_verifier_create(policy, keys, &verifier, &error));
  clone_auth_jwt_policy_free(policy);
  clone_auth_clock_free(clock);
  return verifier;
}

static void walk_tokens(void) {
  clone_auth_jwk_set* keys = NULL;
  clone_auth_jwt_verifier* verifier;
  clone_auth_verified_jwt* jwt = NULL;
  clone_auth_string* text = NULL;
  int64_t seconds = 0;
  size_t count = 9;
  walk_key_sets(&keys);
  verifier = jwt_verifier_at(keys, NOW, 0);
  MUST(clone_auth_jwt_verifier_verify(verifier, TEXT(kToken), &jwt, &error));
  MUST(clone_auth_verified_jwt_issuer(jwt, &text, &error));
  CHECK(take_equals(text, "joe"));
  MUST(clone_auth_verified_jwt_subject(jwt, &text, &error));
  CHECK(take_equals(text, ""));
  MUST(clone_auth_verified_jwt_audience_count(jwt, &count, &error));
  CHECK(count == 0);
  REFUSED(clone_auth_verified_jwt_audience(jwt, 0, &text, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_verified_jwt_expires_at(jwt, &seconds, &error));
  CHECK(seconds == 1300819380);
  REFUSED(clone_auth_verified_jwt_issued_at(jwt, &seconds, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  MUST(clone_auth_verified_jwt_claims(jwt, &text, &error));
  CHECK(take_equals(text,
                    "{\"iss\":\"joe\",\r\n \"exp\":1300819380,\r\n "
                    "\"http://example.com/is_root\":true}"));
  MUST(clone_auth_verified_jwt_claim(jwt, TEXT("http://example.com/is_root"),
                                     &text, &error));
  CHECK(take_equals(text, "true"));
  REFUSED(clone_auth_verified_jwt_claim(jwt, "iss\0x", 5, &text, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  clone_auth_verified_jwt_free(jwt);
  REFUSED(clone_auth_jwt_verifier_verify(verifier, kToken, sizeof kToken - 2,
                                         &jwt, &error),
          CLONE_AUTH_UNAUTHENTICATED, "token_malformed");
  REFUSED(clone_auth_jwt_verifier_verify(verifier, kToken, sizeof kToken, &jwt,
                                         &error),
          CLONE_AUTH_UNAUTHENTICATED, "token_malformed");
  clone_auth_jwt_verifier_free(verifier);
  verifier = jwt_verifier_at(keys, 1300819380 + 30, 30);
  REFUSED(clone_auth_jwt_verifier_verify(verifier, TEXT(kToken), &jwt, &error),
          CLONE_AUTH_UNAUTHENTICATED, "token_expired");
  clone_auth_jwt_verifier_free(verifier);
  clone_auth_jwk_set_free(keys);
}

static clone_auth_jwt_signing_key* signing_key(const char* algorithm) {
  clone_auth_jwt_signing_key *made = NULL, *read = NULL;
  clone_auth_string *id = NULL, *jwk = NULL, *text = NULL;
  MUST(clone_auth_jwt_signing_key_generate(TEXT(algorithm), TEXT(""), &made,
                                           &error));
  MUST(clone_auth_jwt_signing_key_id(made, &id, &error));
  CHECK(clone_auth_string_size(id) == 43);
  MUST(clone_auth_jwt_signing_key_private_jwk(made, &jwk, &error));
  clone_auth_jwt_signing_key_free(made);
  MUST(clone_auth_jwt_signing_key_parse(
      clone_auth_string_data(jwk), clone_auth_string_size(jwk), &read, &error));
  clone_auth_string_free(jwk);
  MUST(clone_auth_jwt_signing_key_id(read, &text, &error));
  CHECK(take_equals(text, clone_auth_string_data(id)));
  clone_auth_string_free(id);
  return read;
}

/* Verifies with the key's public half, or the secret that both share. */
static void check_signed(const clone_auth_jwt_signing_key* key, int symmetric,
                         const clone_auth_string* token) {
  char json[1024];
  clone_auth_string *jwk = NULL, *claims = NULL;
  clone_auth_jwk_set* keys = NULL;
  clone_auth_jwt_verifier* verifier;
  clone_auth_verified_jwt* jwt = NULL;
  if (symmetric) {
    REFUSED(clone_auth_jwt_signing_key_public_jwk(key, &jwk, &error),
            CLONE_AUTH_NOT_FOUND, "not_found");
    MUST(clone_auth_jwt_signing_key_private_jwk(key, &jwk, &error));
  } else {
    MUST(clone_auth_jwt_signing_key_public_jwk(key, &jwk, &error));
    CHECK(strstr(clone_auth_string_data(jwk), "\"d\"") == NULL);
  }
  snprintf(json, sizeof json, "{\"keys\":[%s]}", clone_auth_string_data(jwk));
  clone_auth_string_free(jwk);
  MUST(clone_auth_jwk_set_parse(TEXT(json), 0, &keys, &error));
  verifier = jwt_verifier_at(keys, NOW, 0);
  MUST(clone_auth_jwt_verifier_verify(verifier, clone_auth_string_data(token),
                                      clone_auth_string_size(token), &jwt,
                                      &error));
  MUST(clone_auth_verified_jwt_claims(jwt, &claims, &error));
  CHECK(take_equals(claims, kClaims));
  clone_auth_verified_jwt_free(jwt);
  clone_auth_jwt_verifier_free(verifier);
  clone_auth_jwk_set_free(keys);
}

static void walk_signing(void) {
  clone_auth_jwt_signing_key* key = NULL;
  clone_auth_jwt_signer* signer = NULL;
  clone_auth_string* token = NULL;
  int i;
  for (i = 0; i < 2; ++i) {
    key = signing_key(i == 0 ? "HS256" : "ES256");
    MUST(clone_auth_jwt_signer_create(key, TEXT("JWT"), &signer, &error));
    MUST(clone_auth_jwt_signer_sign(signer, TEXT(kClaims), &token, &error));
    check_signed(key, i == 0, token);
    clone_auth_string_free(token);
    clone_auth_jwt_signer_free(signer);
    MUST(clone_auth_jwt_signer_create(key, TEXT(""), &signer, &error));
    REFUSED(clone_auth_jwt_signer_sign(signer, TEXT("{"), &token, &error),
            CLONE_AUTH_INVALID_ARGUMENT, "json_malformed");
    REFUSED(clone_auth_jwt_signer_sign(signer, TEXT("1"), &token, &error),
            CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
    clone_auth_jwt_signer_free(signer);
    REFUSED(clone_auth_jwt_signer_create(key, TEXT("a b"), &signer, &error),
            CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
    clone_auth_jwt_signing_key_free(key);
  }
  REFUSED(clone_auth_jwt_signing_key_generate(TEXT("none"), TEXT("k"), &key,
                                              &error),
          CLONE_AUTH_INVALID_ARGUMENT, "algorithm_unsupported");
  REFUSED(
      clone_auth_jwt_signing_key_generate(TEXT("HS256"), "\0", 1, &key, &error),
      CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_jwt_signing_key_parse(
              TEXT("{\"kty\":\"oct\",\"k\":\"YQ\"}"), &key, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "key_weak");
}

int main(void) {
  walk_tokens();
  walk_signing();
  puts("every call walked");
  return 0;
}

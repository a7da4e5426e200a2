/* Every call of the interface but those of tokens and sessions, by a program
   in C99: what it gives when all is well, and the reasons that its comment
   names. */

#include "check.h"

#define OWNER "11111111-1111-4111-8111-111111111111"
#define ORGANIZATION "22222222-2222-4222-8222-222222222222"
#define KEY_ID "33333333-3333-4333-8333-333333333333"
#define NOBODY "44444444-4444-4444-8444-444444444444"
#define NOW 1300819000

static void walk_errors_and_reasons(void) {
  size_t i;
  CHECK(strcmp(clone_auth_version(), "0.1.0") == 0);
  CHECK(clone_auth_abi() == CLONE_AUTH_ABI);
  CHECK(clone_auth_error_code(NULL) == CLONE_AUTH_INVALID_ARGUMENT);
  CHECK(strcmp(clone_auth_error_reason(NULL), "") == 0);
  CHECK(strcmp(clone_auth_error_message(NULL), "") == 0);
  CHECK(strcmp(clone_auth_error_remedy(NULL), "") == 0);
  CHECK(strcmp(clone_auth_string_data(NULL), "") == 0);
  CHECK(clone_auth_string_size(NULL) == 0);
  for (i = 0; i < clone_auth_reason_count(); ++i) {
    clone_auth_status code = CLONE_AUTH_OK;
    const char *word = NULL, *text = NULL, *remedy = NULL;
    MUST(clone_auth_reason_at(i, &code, &word, &text, &remedy, &error));
    CHECK(code != CLONE_AUTH_OK && word[0] && text[0] && remedy[0]);
    REFUSED(clone_auth_reason_at(i + clone_auth_reason_count(), &code, &word,
                                 &text, &remedy, &error),
            CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
    CHECK(word == NULL);
  }
}

static void walk_schemes(void) {
  clone_auth_scheme* scheme = NULL;
  MUST(clone_auth_scheme_create_default(&scheme, &error));
  clone_auth_scheme_free(scheme);
  REFUSED(clone_auth_scheme_create(TEXT("Acme"), TEXT("X-Acme-Key"), &scheme,
                                   &error),
          CLONE_AUTH_INVALID_ARGUMENT, "scheme_invalid");
  CHECK(scheme == NULL);
  REFUSED(clone_auth_scheme_create("ac\0me_", 6, TEXT("X-Acme-Key"), &scheme,
                                   &error),
          CLONE_AUTH_INVALID_ARGUMENT, "scheme_invalid");
}

static void walk_credentials(const clone_auth_scheme* scheme,
                             const char* key_text, const char* header) {
  clone_auth_credential* credential = NULL;
  clone_auth_string *name = NULL, *value = NULL;
  int shape = -1;
  MUST(
      clone_auth_credential_parse(scheme, TEXT(key_text), &credential, &error));
  MUST(clone_auth_credential_shape(credential, &shape, &error));
  CHECK(shape == CLONE_AUTH_SHAPE_API_KEY);
  REFUSED(clone_auth_credential_header_for(credential, TEXT("GET"),
                                           TEXT("https://a.example/"), &name,
                                           &value, &error),
          CLONE_AUTH_FAILED_PRECONDITION, "foreign_origin");
  REFUSED(
      clone_auth_credential_bind(credential, TEXT("http://a.example"), &error),
      CLONE_AUTH_FAILED_PRECONDITION, "insecure_url");
  REFUSED(clone_auth_credential_bind(credential, TEXT("a.example"), &error),
          CLONE_AUTH_INVALID_ARGUMENT, "url_malformed");
  MUST(clone_auth_credential_bind(credential, TEXT("https://a.example/api"),
                                  &error));
  MUST(clone_auth_credential_header_for(credential, TEXT("GET"),
                                        TEXT("https://a.example/x"), &name,
                                        &value, &error));
  CHECK(take_equals(name, header) && take_equals(value, key_text));
  clone_auth_credential_free(credential);

  MUST(
      clone_auth_credential_parse(scheme, TEXT("opaque"), &credential, &error));
  MUST(clone_auth_credential_shape(credential, &shape, &error));
  CHECK(shape == CLONE_AUTH_SHAPE_BEARER);
  MUST(clone_auth_credential_bind(credential, TEXT("http://127.0.0.1:1"),
                                  &error));
  MUST(clone_auth_credential_header_for(credential, TEXT("GET"),
                                        TEXT("http://127.0.0.1:1/"), &name,
                                        &value, &error));
  CHECK(take_equals(name, "Authorization"));
  CHECK(take_equals(value, "Bearer opaque"));
  clone_auth_credential_free(credential);

  REFUSED(clone_auth_credential_parse(scheme, "", 0, &credential, &error),
          CLONE_AUTH_UNAUTHENTICATED, "credential_missing");
  REFUSED(clone_auth_credential_parse(scheme, "a\0b", 3, &credential, &error),
          CLONE_AUTH_UNAUTHENTICATED, "credential_malformed");
  REFUSED(clone_auth_credential_parse(scheme, "a\r\nb", 4, &credential, &error),
          CLONE_AUTH_UNAUTHENTICATED, "credential_malformed");
}

static clone_auth_api_key* walk_api_keys(const clone_auth_scheme* scheme,
                                         const char* prefix) {
  clone_auth_api_key *key = NULL, *again = NULL;
  clone_auth_string *text = NULL, *id = NULL, *shown = NULL;
  char longer[300];
  int kind = 0;
  MUST(clone_auth_api_key_generate(scheme, CLONE_AUTH_KIND_ORGANIZATION, &key,
                                   &error));
  MUST(clone_auth_api_key_kind(key, &kind, &error));
  CHECK(kind == CLONE_AUTH_KIND_ORGANIZATION);
  MUST(clone_auth_api_key_text(key, &text, &error));
  CHECK(clone_auth_string_size(text) == strlen(prefix) + 51);
  MUST(clone_auth_api_key_parse(scheme, clone_auth_string_data(text),
                                clone_auth_string_size(text), &again, &error));
  MUST(clone_auth_api_key_public_id(again, &id, &error));
  MUST(clone_auth_api_key_display_prefix(again, &shown, &error));
  CHECK(clone_auth_string_size(id) == 12);
  CHECK(strstr(clone_auth_string_data(shown), clone_auth_string_data(id)));
  CHECK(strncmp(clone_auth_string_data(shown), prefix, strlen(prefix)) == 0);
  clone_auth_string_free(id);
  clone_auth_string_free(shown);
  clone_auth_string_free(text);
  clone_auth_api_key_free(again);

  snprintf(longer, sizeof longer, "%s%s", prefix, "abcdefghijklmnop");
  MUST(clone_auth_api_key_parse(scheme, TEXT(longer), &again, &error));
  REFUSED(clone_auth_api_key_kind(again, &kind, &error), CLONE_AUTH_NOT_FOUND,
          "not_found");
  REFUSED(clone_auth_api_key_public_id(again, &id, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  clone_auth_api_key_free(again);
  memset(longer, 'a', sizeof longer);
  REFUSED(
      clone_auth_api_key_parse(scheme, longer, sizeof longer, &again, &error),
      CLONE_AUTH_UNAUTHENTICATED, "key_malformed");
  REFUSED(clone_auth_api_key_generate(scheme, 'x', &again, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  return key;
}

static void walk_digests(void) {
  unsigned char digest[CLONE_AUTH_DIGEST_SIZE + 1] = {0};
  char longer[257] = {0};
  REFUSED(clone_auth_api_key_digest(longer, 257, digest, 32, &error),
          CLONE_AUTH_UNAUTHENTICATED, "key_malformed");
  REFUSED(clone_auth_api_key_digest("a", 1, digest, 31, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  CHECK(digest[0] == 0);
  digest[32] = 0xee;
  MUST(clone_auth_api_key_digest("a", 1, digest, 33, &error));
  CHECK(digest[0] == 0xca && digest[31] == 0xbb && digest[32] == 0xee);
}

static clone_auth_sealer* walk_sealers(void) {
  static const unsigned char pepper[32] = {1, 2, 3};
  clone_auth_sealer_options* options = NULL;
  clone_auth_sealer* sealer = NULL;
  MUST(clone_auth_sealer_options_create(&options, &error));
  REFUSED(clone_auth_sealer_create(options, &sealer, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_sealer_options_add_pepper(options, 7, pepper, 32, &error));
  MUST(clone_auth_sealer_create(options, &sealer, &error));
  MUST(clone_auth_sealer_options_add_pepper(options, 8, pepper, 31, &error));
  {
    clone_auth_sealer* other = NULL;
    REFUSED(clone_auth_sealer_create(options, &other, &error),
            CLONE_AUTH_INVALID_ARGUMENT, "key_weak");
  }
  clone_auth_sealer_options_free(options);
  return sealer;
}

/* A record goes into a row and comes back out of it. */
static void walk_rows(clone_auth_key_record* record) {
  clone_auth_sealer* sealer = walk_sealers();
  unsigned char row[CLONE_AUTH_SEALED_SIZE + 1] = {0};
  unsigned char index[CLONE_AUTH_DIGEST_SIZE];
  unsigned char digest[CLONE_AUTH_DIGEST_SIZE] = {9};
  clone_auth_key_record* empty = NULL;
  uint32_t pepper = 0;
  REFUSED(clone_auth_sealer_seal(sealer, record, row, 95, &pepper, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_key_record_create(&empty, &error));
  REFUSED(clone_auth_sealer_seal(sealer, empty, row, 96, &pepper, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  clone_auth_key_record_free(empty);
  row[96] = 0xee;
  MUST(clone_auth_sealer_seal(sealer, record, row, 97, &pepper, &error));
  CHECK(pepper == 7 && row[96] == 0xee);
  REFUSED(clone_auth_sealer_index(sealer, 1, digest, 32, index, 32, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_sealer_index(sealer, 0, digest, 32, index, 32, &error));
  CHECK(memcmp(index, row, sizeof index) != 0);
  MUST(clone_auth_sealer_open(sealer, row, 96, 7, record, &error));
  REFUSED(clone_auth_sealer_open(sealer, row, 96, 8, record, &error),
          CLONE_AUTH_UNAUTHENTICATED, "key_unknown");
  row[40] ^= 1;
  REFUSED(clone_auth_sealer_open(sealer, row, 96, 7, record, &error),
          CLONE_AUTH_UNAUTHENTICATED, "key_unknown");
  clone_auth_sealer_free(sealer);
}

static clone_auth_key_record* record_of(const clone_auth_string* key) {
  clone_auth_key_record* record = NULL;
  unsigned char digest[CLONE_AUTH_DIGEST_SIZE];
  MUST(clone_auth_key_record_create(&record, &error));
  MUST(clone_auth_api_key_digest(clone_auth_string_data(key),
                                 clone_auth_string_size(key), digest,
                                 sizeof digest, &error));
  MUST(clone_auth_key_record_set_id(record, TEXT(KEY_ID), &error));
  MUST(clone_auth_key_record_set_owner(record, TEXT(OWNER), &error));
  MUST(clone_auth_key_record_set_organization(record, TEXT(ORGANIZATION),
                                              &error));
  MUST(clone_auth_key_record_set_scope(record, CLONE_AUTH_SCOPE_ORGANIZATION,
                                       &error));
  MUST(clone_auth_key_record_set_digest(record, digest, sizeof digest, &error));
  MUST(clone_auth_key_record_add_permission(record, TEXT("pull"), &error));
  MUST(clone_auth_key_record_add_permission(record, TEXT("push"), &error));
  REFUSED(clone_auth_key_record_set_id(record, TEXT("no uuid"), &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_key_record_set_scope(record, 2, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_key_record_set_digest(record, digest, 31, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_key_record_set_expires_at(record, INT64_MIN, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  REFUSED(clone_auth_key_record_set_revoked_at(record, INT64_MAX, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  return record;
}

static clone_auth_key_verifier* verifier_of(const clone_auth_scheme* scheme,
                                            const clone_auth_key_store* store) {
  clone_auth_key_verifier_options* options = NULL;
  clone_auth_key_verifier* verifier = NULL;
  clone_auth_clock* clock = clock_at(NOW);
  MUST(clone_auth_key_verifier_options_create(&options, &error));
  REFUSED(clone_auth_key_verifier_create(options, &verifier, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  MUST(clone_auth_key_verifier_options_set_scheme(options, scheme, &error));
  MUST(clone_auth_key_verifier_options_set_store(options, store, &error));
  MUST(clone_auth_key_verifier_options_set_clock(options, clock, &error));
  MUST(clone_auth_key_verifier_create(options, &verifier, &error));
  clone_auth_key_verifier_options_free(options);
  clone_auth_clock_free(clock);
  return verifier;
}

static void check_verified(clone_auth_verified_key* key) {
  clone_auth_string* text = NULL;
  int64_t expires_at = -1;
  size_t count = 0;
  int scope = -1;
  MUST(clone_auth_verified_key_id(key, &text, &error));
  CHECK(take_equals(text, KEY_ID));
  MUST(clone_auth_verified_key_owner(key, &text, &error));
  CHECK(take_equals(text, OWNER));
  MUST(clone_auth_verified_key_organization(key, &text, &error));
  CHECK(take_equals(text, ORGANIZATION));
  MUST(clone_auth_verified_key_scope(key, &scope, &error));
  CHECK(scope == CLONE_AUTH_SCOPE_ORGANIZATION);
  MUST(clone_auth_verified_key_permission_count(key, &count, &error));
  CHECK(count == 2);
  MUST(clone_auth_verified_key_permission(key, 1, &text, &error));
  CHECK(take_equals(text, "push"));
  REFUSED(clone_auth_verified_key_permission(key, 2, &text, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  CHECK(text == NULL);
  REFUSED(clone_auth_verified_key_expires_at(key, &expires_at, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  clone_auth_verified_key_free(key);
}

/* One key through its life in a store in memory. */
static void walk_verification(const clone_auth_scheme* scheme,
                              clone_auth_api_key* key) {
  clone_auth_key_store* store = NULL;
  clone_auth_key_verifier* verifier;
  clone_auth_verified_key* verified = NULL;
  clone_auth_key_record *record, *empty = NULL;
  clone_auth_string* text = NULL;
  const char* data;
  size_t size;
  int64_t expires_at = 0;
  MUST(clone_auth_api_key_text(key, &text, &error));
  data = clone_auth_string_data(text);
  size = clone_auth_string_size(text);
  record = record_of(text);
  walk_rows(record);
  MUST(clone_auth_key_store_create_in_memory(&store, &error));
  verifier = verifier_of(scheme, store);
  REFUSED(
      clone_auth_key_verifier_verify(verifier, data, size, &verified, &error),
      CLONE_AUTH_UNAUTHENTICATED, "key_unknown");
  MUST(clone_auth_key_record_create(&empty, &error));
  REFUSED(clone_auth_key_store_insert(store, empty, &error),
          CLONE_AUTH_INVALID_ARGUMENT, "invalid_argument");
  clone_auth_key_record_free(empty);
  MUST(clone_auth_key_store_insert(store, record, &error));
  REFUSED(clone_auth_key_store_insert(store, record, &error),
          CLONE_AUTH_ALREADY_EXISTS, "already_exists");
  clone_auth_key_record_free(record);
  MUST(clone_auth_key_verifier_verify(verifier, data, size, &verified, &error));
  check_verified(verified);
  MUST(clone_auth_key_store_set_expiry(store, TEXT(KEY_ID), NOW + 1, &error));
  MUST(clone_auth_key_verifier_verify(verifier, data, size, &verified, &error));
  MUST(clone_auth_verified_key_expires_at(verified, &expires_at, &error));
  CHECK(expires_at == NOW + 1);
  clone_auth_verified_key_free(verified);
  MUST(clone_auth_key_store_set_expiry(store, TEXT(KEY_ID), NOW, &error));
  REFUSED(
      clone_auth_key_verifier_verify(verifier, data, size, &verified, &error),
      CLONE_AUTH_UNAUTHENTICATED, "key_expired");
  MUST(clone_auth_key_store_clear_expiry(store, TEXT(KEY_ID), &error));
  MUST(clone_auth_key_verifier_verify(verifier, data, size, &verified, &error));
  clone_auth_verified_key_free(verified);
  REFUSED(clone_auth_key_store_revoke(store, TEXT(NOBODY), NOW, &error),
          CLONE_AUTH_NOT_FOUND, "not_found");
  MUST(clone_auth_key_store_revoke(store, TEXT(KEY_ID), NOW, &error));
  clone_auth_key_store_free(store);
  REFUSED(
      clone_auth_key_verifier_verify(verifier, data, size, &verified, &error),
      CLONE_AUTH_UNAUTHENTICATED, "key_revoked");
  CHECK(verified == NULL);
  clone_auth_key_verifier_free(verifier);
  clone_auth_string_free(text);
}

/* All that needs a scheme, with this one. */
static void walk_with(const char* prefix, const char* header) {
  clone_auth_scheme* scheme = NULL;
  clone_auth_api_key* key;
  clone_auth_string* text = NULL;
  MUST(clone_auth_scheme_create(TEXT(prefix), TEXT(header), &scheme, &error));
  key = walk_api_keys(scheme, prefix);
  MUST(clone_auth_api_key_text(key, &text, &error));
  walk_credentials(scheme, clone_auth_string_data(text), header);
  clone_auth_string_free(text);
  walk_verification(scheme, key);
  clone_auth_api_key_free(key);
  clone_auth_scheme_free(scheme);
}

int main(void) {
  walk_errors_and_reasons();
  walk_schemes();
  walk_digests();
  walk_with("clone_", "X-Clone-API-Key");
  walk_with("acme_", "X-Acme-Key");
  puts("every call walked");
  return 0;
}

/* From C: an API key is issued, kept as a digest, verified, and sent.
   cc verify_key.c -o verify_key $(pkg-config --cflags --libs clone_auth) */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clone/c.h"

static clone_auth_error* error;

static void must(clone_auth_status status) {
  if (status == CLONE_AUTH_OK) return;
  fprintf(stderr, "%s: %s\n", clone_auth_error_reason(error),
          clone_auth_error_message(error));
  exit(1);
}

static const char* url = "https://api.example.com/me";
static const char* id = "33333333-3333-4333-8333-333333333333";

int main(void) {
  clone_auth_scheme* scheme; /* what our keys are called */
  clone_auth_api_key* key;
  clone_auth_string* text;
  must(clone_auth_scheme_create_default(&scheme, &error));
  must(clone_auth_api_key_generate(scheme, CLONE_AUTH_KIND_USER, &key, &error));
  must(clone_auth_api_key_text(key, &text, &error));
  const char* bytes = clone_auth_string_data(text);
  const size_t size = clone_auth_string_size(text);

  clone_auth_key_record* record; /* the server keeps a digest */
  clone_auth_key_store* store;
  unsigned char digest[CLONE_AUTH_DIGEST_SIZE];
  must(clone_auth_api_key_digest(bytes, size, digest, sizeof digest, &error));
  must(clone_auth_key_record_create(&record, &error));
  must(clone_auth_key_record_set_id(record, id, strlen(id), &error));
  must(clone_auth_key_record_set_digest(record, digest, sizeof digest, &error));
  must(clone_auth_key_store_create_in_memory(&store, &error));
  must(clone_auth_key_store_insert(store, record, &error));

  clone_auth_key_verifier_options* parts; /* and verifies what comes in */
  clone_auth_key_verifier* verifier;
  clone_auth_verified_key* verified;
  must(clone_auth_key_verifier_options_create(&parts, &error));
  must(clone_auth_key_verifier_options_set_scheme(parts, scheme, &error));
  must(clone_auth_key_verifier_options_set_store(parts, store, &error));
  must(clone_auth_key_verifier_create(parts, &verifier, &error));
  must(
      clone_auth_key_verifier_verify(verifier, bytes, size, &verified, &error));
  puts("the key is good");

  clone_auth_credential* credential; /* the client sends it to one origin */
  clone_auth_string *name, *value;
  must(clone_auth_credential_parse(scheme, bytes, size, &credential, &error));
  must(clone_auth_credential_bind(credential, url, strlen(url), &error));
  must(clone_auth_credential_header_for(credential, "GET", 3, url, strlen(url),
                                        &name, &value, &error));
  printf("%s: %.6s...\n", clone_auth_string_data(name),
         clone_auth_string_data(value));

  clone_auth_string_free(name);
  clone_auth_string_free(value);
  clone_auth_credential_free(credential);
  clone_auth_verified_key_free(verified);
  clone_auth_key_verifier_free(verifier);
  clone_auth_key_verifier_options_free(parts);
  clone_auth_key_store_free(store);
  clone_auth_key_record_free(record);
  clone_auth_string_free(text);
  clone_auth_api_key_free(key);
  clone_auth_scheme_free(scheme);
  return 0;
}

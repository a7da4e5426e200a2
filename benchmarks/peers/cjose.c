/* cjose 0.6. It is for signatures alone: what it verified is a text, whose
 * claims are read and checked here as its users do, with the jansson that it
 * stands on. With SIGNATURE_ALONE in the environment, nobody reads them. It
 * has no EdDSA. */

#include <cjose/cjose.h>
#include <jansson.h>
#include <string.h>

#include "measure.h"

struct world {
  const char *token, *claims;
  size_t token_size, claims_size;
  cjose_jwk_t* key;
  cjose_header_t* header;
  int signature_alone;
};

static int same(const json_t* claims, const char* name, const char* wanted) {
  const char* is = json_string_value(json_object_get(claims, name));
  return is != NULL && strcmp(is, wanted) == 0;
}

static int check_claims(const uint8_t* payload, size_t size) {
  json_t* claims =
      json_loadb((const char*)payload, size, JSON_REJECT_DUPLICATES, NULL);
  const int good =
      claims != NULL &&
      json_integer_value(json_object_get(claims, "exp")) > time(NULL) &&
      same(claims, "iss", "https://auth.example.com") &&
      same(claims, "aud", "https://api.example.com");
  json_decref(claims);
  return good;
}

static int verify(void* state) {
  const struct world* world = state;
  cjose_jws_t* jws = cjose_jws_import(world->token, world->token_size, NULL);
  if (jws == NULL) return 0;
  uint8_t* payload;
  size_t size;
  const int good = cjose_jws_verify(jws, world->key, NULL) &&
                   cjose_jws_get_plaintext(jws, &payload, &size, NULL) &&
                   (world->signature_alone || check_claims(payload, size));
  cjose_jws_release(jws);
  return good;
}

static int sign(void* state) {
  const struct world* world = state;
  cjose_jws_t* jws =
      cjose_jws_sign(world->key, world->header, (const uint8_t*)world->claims,
                     world->claims_size, NULL);
  const char* token;
  const int good = jws != NULL && cjose_jws_export(jws, &token, NULL);
  cjose_jws_release(jws);
  return good;
}

int main(int argc, char** argv) {
  static const char* const names[] = {"HS256", "RS256", "ES256"};
  if (argc != 3) return 2;
  for (int i = 0; i < 3; ++i) {
    struct world world = {.signature_alone = getenv("SIGNATURE_ALONE") != NULL};
    size_t size;
    const char* jwk = read_world(argv[1], names[i], "jwk", &size);
    world.token = read_world(argv[1], names[i], "token", &world.token_size);
    world.claims = read_world(argv[1], "claims", "json", &world.claims_size);
    world.key = cjose_jwk_import(jwk, size, NULL);
    world.header = cjose_header_new(NULL);
    cjose_header_set(world.header, CJOSE_HDR_ALG, names[i], NULL);
    cjose_header_set(world.header, "typ", "JWT", NULL);
    cjose_header_set(world.header, CJOSE_HDR_KID, "2026-01", NULL);
    measure("verify", names[i], atof(argv[2]), verify, &world);
    if (world.signature_alone) continue;
    measure("sign", names[i], atof(argv[2]), sign, &world);
  }
  return 0;
}

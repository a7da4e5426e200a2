/* libjwt 1.10. It takes keys as PEM alone and reads them on every call, refuses
 * any `typ` but JWT, which all tokens have therefore, and has no EdDSA. */

#include <jwt.h>
#include <string.h>

#include "measure.h"

struct world {
  jwt_alg_t algorithm;
  const char *token, *claims;
  const char *private_key, *public_key;
  size_t private_size, public_size;
};

static int same(const char* is, const char* wanted) {
  return is != NULL && strcmp(is, wanted) == 0;
}

static int verify(void* state) {
  const struct world* world = state;
  jwt_t* jwt;
  if (jwt_decode(&jwt, world->token, (const unsigned char*)world->public_key,
                 (int)world->public_size) != 0) {
    return 0;
  }
  const int good =
      jwt_get_alg(jwt) == world->algorithm &&
      jwt_get_grant_int(jwt, "exp") > time(NULL) &&
      same(jwt_get_grant(jwt, "iss"), "https://auth.example.com") &&
      same(jwt_get_grant(jwt, "aud"), "https://api.example.com");
  jwt_free(jwt);
  return good;
}

static int sign(void* state) {
  const struct world* world = state;
  jwt_t* jwt;
  if (jwt_new(&jwt) != 0) return 0;
  jwt_add_header(jwt, "kid", "2026-01");
  jwt_add_grants_json(jwt, world->claims);
  jwt_set_alg(jwt, world->algorithm, (const unsigned char*)world->private_key,
              (int)world->private_size);
  char* token = jwt_encode_str(jwt);
  const int good = token != NULL;
  free(token);
  jwt_free(jwt);
  return good;
}

int main(int argc, char** argv) {
  static const char* const names[] = {"HS256", "RS256", "ES256"};
  if (argc != 3) return 2;
  for (int i = 0; i < 3; ++i) {
    struct world world = {.algorithm = jwt_str_alg(names[i])};
    size_t size;
    world.token = read_world(argv[1], names[i], "token", &size);
    world.claims = read_world(argv[1], "claims", "json", &size);
    world.private_key =
        read_world(argv[1], names[i], "key", &world.private_size);
    world.public_key = read_world(argv[1], names[i], "pub", &world.public_size);
    measure("verify", names[i], atof(argv[2]), verify, &world);
    measure("sign", names[i], atof(argv[2]), sign, &world);
  }
  return 0;
}

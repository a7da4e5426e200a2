#include <cstdio>

#include "clone/c.h"

int main() {
  clone_auth_scheme* scheme = nullptr;
  clone_auth_error* error = nullptr;
  if (clone_auth_scheme_create("acme_", 5, "X-Acme-Key", 10, &scheme, &error) !=
      CLONE_AUTH_OK) {
    std::fprintf(stderr, "%s\n", clone_auth_error_message(error));
    clone_auth_error_free(error);
    return 1;
  }
  clone_auth_scheme_free(scheme);
  std::printf("%s\n", clone_auth_version());
}

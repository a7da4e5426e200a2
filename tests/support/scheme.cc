#include "support/scheme.h"

#include <cstdlib>
#include <string_view>

namespace clone_auth::testing {

const ApiKeyScheme& TestScheme() {
  static const ApiKeyScheme scheme = [] {
    const char* name = std::getenv("CLONE_AUTH_TEST_SCHEME");
    if (name == nullptr || std::string_view(name) != "acme") {
      return ApiKeyScheme{};
    }
    return ApiKeyScheme{"acme_", "X-Acme-Key"};
  }();
  return scheme;
}

}  // namespace clone_auth::testing

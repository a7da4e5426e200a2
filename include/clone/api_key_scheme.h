#pragma once

// What a product calls its API keys: the prefix that marks one and the header
// that carries it. A plain value; nothing in the library is tied to the
// default.

#include <string>
#include <string_view>

#include "clone/status.h"

namespace clone_auth {

struct ApiKeyScheme {
  std::string prefix = "clone_";
  std::string header = "X-Clone-API-Key";

  /// Ok if the prefix is 2 to 16 of [a-z0-9] and one closing '_', and the
  /// header is a token (RFC 9110 section 5.6.2) of at most 64 characters that
  /// HTTP gives no meaning of its own. Error: scheme_invalid.
  Status Validate() const;

  /// True if `credential` is an API key by its shape: it starts with the
  /// prefix, case included.
  bool Matches(std::string_view credential) const {
    return credential.substr(0, prefix.size()) == prefix;
  }

  friend bool operator==(const ApiKeyScheme& a, const ApiKeyScheme& b) {
    return a.prefix == b.prefix && a.header == b.header;
  }
};

}  // namespace clone_auth

#pragma once

// The parts of a request to a token endpoint (RFC 6749 section 3.2).

#include <cstdint>
#include <string_view>

namespace clone_auth {

/// How a client shows who it is.
enum class ClientAuthentication : std::uint8_t {
  kNone,   ///< `client_id` alone: a public client, such as any on a desktop
  kBasic,  ///< HTTP Basic (RFC 6749 section 2.3.1)
  kPost,   ///< `client_secret` in the form (same section)
};

/// One parameter of the form. The views are read at once and not kept.
struct FormField {
  std::string_view name;
  std::string_view value;
};

}  // namespace clone_auth

#pragma once

// How a client shows a token endpoint who it is.

#include <cstdint>

namespace clone_auth {

enum class ClientAuthentication : std::uint8_t {
  kNone,   ///< `client_id` alone: a public client, such as any on a desktop
  kBasic,  ///< HTTP Basic (RFC 6749 section 2.3.1)
  kPost,   ///< `client_secret` in the form (same section)
};

}  // namespace clone_auth

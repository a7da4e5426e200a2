#pragma once

// Refresh tokens as text: "rt_" and the base64url of
//   session (16 bytes), generation (8, big endian), MAC (32)
// where the MAC is HMAC-SHA-256 over the other two under the server's key. So
// what is made up costs no look-up, and the successor of a token can be given
// again without having been kept. Immutable; may be shared between threads.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "clone/result.h"
#include "clone/secret.h"
#include "clone/uuid.h"
#include "service/store.h"

namespace clone_auth::service {

struct RefreshToken {
  Uuid session;
  std::int64_t generation = 1;
};

class RefreshTokens {
 public:
  /// `key` has 32 bytes.
  explicit RefreshTokens(Secret key) : key_(std::move(key)) {}

  std::string Make(const RefreshToken& token) const;

  /// Errors: refresh_invalid; token_type, for a JWT.
  Result<RefreshToken> Read(std::string_view text) const;

 private:
  Secret key_;
};

/// SHA-256: enough for what has 128 bits of chance or more.
TokenHash HashOf(std::string_view text);

}  // namespace clone_auth::service

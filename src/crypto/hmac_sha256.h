#pragma once

// HMAC-SHA-256 (RFC 2104) under one key. What depends on the key alone is
// computed once, so a digest of a short text takes about 100 ns. Immutable;
// may be shared between threads.

#include <string_view>

#include "crypto/sha256.h"

namespace clone_auth {

class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  HmacSha256(const HmacSha256&) = default;
  HmacSha256& operator=(const HmacSha256&) = default;
  ~HmacSha256();

  Sha256Digest Digest(std::string_view text) const {
    const Sha256Digest inner = Sha256Resume(inner_, text);
    return Sha256Resume(
        outer_, {reinterpret_cast<const char*>(inner.data()), inner.size()});
  }

 private:
  Sha256Midstate inner_;
  Sha256Midstate outer_;
};

}  // namespace clone_auth

#pragma once

// Turns a key into what a store keeps: HMAC-SHA-256 under a pepper that the
// store does not hold, so that a stolen database verifies nothing. Immutable;
// may be shared between threads.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

using ApiKeyDigest = std::array<std::uint8_t, 32>;

/// A server-side secret of at least 32 bytes.
struct Pepper {
  std::uint32_t id = 0;  ///< stored beside each digest made with it
  Secret secret;
};

class ApiKeyHasher {
 public:
  /// The first pepper makes new digests, the others still verify old ones.
  /// Errors: invalid_argument (none, or two with one id), key_weak (shorter
  /// than 32 bytes).
  static Result<ApiKeyHasher> Create(std::vector<Pepper> peppers);

  ApiKeyHasher(ApiKeyHasher&&) noexcept;
  ApiKeyHasher& operator=(ApiKeyHasher&&) noexcept;
  ~ApiKeyHasher();

  /// The digest of a whole key under pepper `index`, which is less than
  /// pepper_count(); 0 is the current one.
  ApiKeyDigest Digest(std::string_view key, std::size_t index = 0) const;

  std::size_t pepper_count() const;
  std::uint32_t pepper_id(std::size_t index) const;

 private:
  struct Impl;
  explicit ApiKeyHasher(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

#pragma once

// SipHash-2-4 under a random key: whoever chooses what is hashed cannot choose
// where it goes. Immutable; may be shared between threads.

#include <array>
#include <cstdint>
#include <string_view>

#include "clone/random.h"
#include "clone/result.h"

namespace clone_auth {

class ShortHash {
 public:
  /// Error: random_unavailable.
  static Result<ShortHash> Create(RandomSource& random);

  std::uint64_t Of(std::string_view text) const;

 private:
  ShortHash() = default;
  std::array<unsigned char, 16> key_{};
};

}  // namespace clone_auth

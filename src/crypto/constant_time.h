#pragma once

#include <sodium/crypto_verify_16.h>
#include <sodium/crypto_verify_32.h>
#include <sodium/crypto_verify_64.h>

#include <array>
#include <cstddef>
#include <cstdint>

namespace clone_auth {

/// True if both are the same, in the same time wherever they differ. For the
/// sizes of our digests: 32, 48 and 64.
template <std::size_t size>
bool ConstantTimeEquals(const std::array<std::uint8_t, size>& a,
                        const std::array<std::uint8_t, size>& b) {
  static_assert(size == 32 || size == 48 || size == 64);
  if constexpr (size == 32) {
    return crypto_verify_32(a.data(), b.data()) == 0;
  } else if constexpr (size == 48) {
    return (crypto_verify_32(a.data(), b.data()) |
            crypto_verify_16(a.data() + 32, b.data() + 32)) == 0;
  } else {
    return crypto_verify_64(a.data(), b.data()) == 0;
  }
}

}  // namespace clone_auth

#pragma once

#include <sodium/crypto_verify_16.h>
#include <sodium/crypto_verify_32.h>
#include <sodium/crypto_verify_64.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

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

/// The same for texts of any size, which is no secret. For long ones: libsodium
/// takes a nanosecond and more for each byte.
inline bool ConstantTimeEqualTexts(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  std::uint64_t differences = 0;
  std::size_t at = 0;
  for (; at + sizeof differences <= a.size(); at += sizeof differences) {
    std::uint64_t x = 0, y = 0;
    std::memcpy(&x, a.data() + at, sizeof x);
    std::memcpy(&y, b.data() + at, sizeof y);
    differences |= x ^ y;
    // The compiler must not find out that it could stop here.
    __asm__("" : "+r"(differences));
  }
  for (; at < a.size(); ++at) {
    differences |= static_cast<std::uint8_t>(a[at] ^ b[at]);
  }
  __asm__("" : "+r"(differences));
  return differences == 0;
}

}  // namespace clone_auth

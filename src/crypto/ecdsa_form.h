#pragma once

// The two forms of an ECDSA signature: r and s side by side, as tokens carry
// them (RFC 7518 section 3.4), and DER, as OpenSSL wants them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clone_auth {

/// Bytes of the largest number, which is P-521's.
inline constexpr std::size_t kEcdsaMaxNumber = 66;

struct EcdsaDer {
  /// Two integers, each with two bytes and perhaps a zero in front, and a
  /// header of three.
  std::array<std::uint8_t, 3 + 2 * (3 + kEcdsaMaxNumber)> bytes;
  std::size_t size = 0;
};

/// `raw` has an even number of bytes, 2 * kEcdsaMaxNumber at most.
EcdsaDer EcdsaRawToDer(std::string_view raw);

/// `number_size` is that of r and of s in the result. Empty where `der` is not
/// two positive integers of that many bytes at most.
std::optional<std::string> EcdsaDerToRaw(std::string_view der,
                                         std::size_t number_size);

}  // namespace clone_auth

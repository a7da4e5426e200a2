#pragma once

// The two forms of an ECDSA signature over P-256: r and s side by side, as
// tokens carry them (RFC 7518 section 3.4), and DER, as OpenSSL wants them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace clone_auth {

inline constexpr std::size_t kP256RawSize = 64;

struct P256DerSignature {
  /// Two integers of 33 bytes at most, each behind two bytes, and the header.
  std::array<std::uint8_t, 72> bytes;
  std::size_t size = 0;
};

/// `raw` has kP256RawSize bytes.
P256DerSignature P256RawToDer(std::string_view raw);

/// Empty where `der` is not two positive integers of 32 bytes at most.
std::optional<std::string> P256DerToRaw(std::string_view der);

}  // namespace clone_auth

#pragma once

// SHA-256 (FIPS 180-4). Pure functions.

#include <array>
#include <cstdint>
#include <string_view>

namespace clone_auth {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest Sha256(std::string_view bytes);

inline constexpr std::size_t kSha256BlockSize = 64;

/// The hash's state after one whole block. What is always hashed first, as a
/// key is in HMAC, is then paid for once.
using Sha256Midstate = std::array<std::uint32_t, 8>;

Sha256Midstate Sha256AfterBlock(
    const std::array<std::uint8_t, kSha256BlockSize>& block);

/// SHA-256 of that block and `rest` together.
Sha256Digest Sha256Resume(const Sha256Midstate& midstate,
                          std::string_view rest);

}  // namespace clone_auth

#pragma once

// SHA-384 and SHA-512 (FIPS 180-4). Pure functions.

#include <array>
#include <cstdint>
#include <string_view>

namespace clone_auth {

using Sha384Digest = std::array<std::uint8_t, 48>;
using Sha512Digest = std::array<std::uint8_t, 64>;

Sha384Digest Sha384(std::string_view bytes);
Sha512Digest Sha512(std::string_view bytes);

inline constexpr std::size_t kSha512BlockSize = 128;

/// As Sha256Midstate, for both.
using Sha512Midstate = std::array<std::uint64_t, 8>;

Sha512Midstate Sha384AfterBlock(
    const std::array<std::uint8_t, kSha512BlockSize>& block);
Sha512Midstate Sha512AfterBlock(
    const std::array<std::uint8_t, kSha512BlockSize>& block);

/// The digest of that block and `rest` together.
Sha384Digest Sha384Resume(const Sha512Midstate& midstate,
                          std::string_view rest);
Sha512Digest Sha512Resume(const Sha512Midstate& midstate,
                          std::string_view rest);

}  // namespace clone_auth

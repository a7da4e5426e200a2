#pragma once

// PBKDF2 (RFC 8018 section 5.2) with HMAC-SHA-256. Slow by intent.

#include <cstdint>
#include <string_view>

#include "crypto/sha256.h"

namespace clone_auth {

/// The first 32 bytes. `iterations` is from 1 to 2^31 - 1. Zeros where there
/// is no memory for it, which no password leads to.
Sha256Digest Pbkdf2Sha256(std::string_view password, std::string_view salt,
                          std::uint32_t iterations);

}  // namespace clone_auth

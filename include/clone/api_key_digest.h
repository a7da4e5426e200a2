#pragma once

// What a key is found by in memory: the plain SHA-256 of its whole text. A key
// has 190 bits of secret, so nobody finds one by its digest; a store that
// outlives the process does not keep the digest but what clone/api_key_sealer.h
// makes of it.

#include <array>
#include <cstdint>
#include <string_view>

namespace clone_auth {

using ApiKeyDigest = std::array<std::uint8_t, 32>;

/// The digest of a whole key.
ApiKeyDigest DigestApiKey(std::string_view key);

}  // namespace clone_auth

#pragma once

// base64url without padding for secrets and hashes, in constant time.

#include <cstddef>
#include <string>
#include <string_view>

namespace clone_auth::service {

std::string ToBase64Url(const void* bytes, std::size_t size);

/// Strict; true only where `text` stands for exactly `size` bytes.
bool FromBase64Url(std::string_view text, void* bytes, std::size_t size);

}  // namespace clone_auth::service

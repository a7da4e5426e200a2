#pragma once

// How hashes are written: hexadecimal in lower case and base64, strictly.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/base64url.h"

namespace clone_auth {

/// The value of a digit of 0-9 and a-f; 16 for anything else.
constexpr unsigned HexValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  return 16;
}

/// True where `text` is exactly `size` bytes, two digits each.
template <std::size_t size>
bool ReadHex(std::string_view text, std::array<std::uint8_t, size>& bytes) {
  if (text.size() != 2 * size) return false;
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned high = HexValue(text[2 * i]);
    const unsigned low = HexValue(text[2 * i + 1]);
    if (high > 15 || low > 15) return false;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

/// True where `text` is 32 bytes as base64url without padding.
bool ReadBase64Url32(std::string_view text,
                     std::array<std::uint8_t, 32>& bytes);
/// The same for base64 with its padding (RFC 4648 section 4).
bool ReadBase64Of32(std::string_view text, std::array<std::uint8_t, 32>& bytes);

}  // namespace clone_auth

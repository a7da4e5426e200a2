#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#include "json/utf8.h"

namespace clone_auth {

/// True if all of `text` is ASCII and none of it NUL, as nearly all names are.
inline bool IsPlainAscii(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  // Eight at a time: only a byte of 0 borrows, and then its top bit is set.
  while (text.size() >= sizeof kOnes) {
    std::uint64_t word;
    std::memcpy(&word, text.data(), sizeof word);
    if (((word | (word - kOnes)) & kTops) != 0) return false;
    text.remove_prefix(sizeof word);
  }
  for (const char c : text) {
    if (static_cast<signed char>(c) <= 0) return false;
  }
  return true;
}

/// True if every reader takes `text` for the same name: valid UTF-8 without
/// NUL, at which C strings end.
inline bool IsIdentifier(std::string_view text) {
  return IsPlainAscii(text) ||
         (text.find('\0') == std::string_view::npos && IsUtf8(text));
}

}  // namespace clone_auth

#pragma once

// Text that stands in JSON as it is: ASCII without control characters, quotes
// and backslashes.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace clone_auth {

inline bool IsPlainCharacter(char c) {
  return c >= 0x20 && c != '"' && c != '\\' && static_cast<signed char>(c) > 0;
}

/// Of eight characters: as long as none is beyond ASCII, below a blank, a quote
/// or a backslash, the subtractions borrow nothing.
inline bool IsPlainWord(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kTops = kOnes * 0x80;
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  const std::uint64_t quote = (word ^ (kOnes * '"')) - kOnes;
  const std::uint64_t backslash = (word ^ (kOnes * '\\')) - kOnes;
  const std::uint64_t control = word - kOnes * ' ';
  return ((word | quote | backslash | control) & kTops) == 0;
}

inline bool IsPlainText(std::string_view text) {
  constexpr std::size_t kWord = 8;
  if (text.size() < kWord) {
    for (const char c : text) {
      if (!IsPlainCharacter(c)) return false;
    }
    return true;
  }
  // The last word overlaps the one before it.
  const char* const last = text.data() + text.size() - kWord;
  for (const char* at = text.data(); at < last; at += kWord) {
    if (!IsPlainWord(at)) return false;
  }
  return IsPlainWord(last);
}

}  // namespace clone_auth

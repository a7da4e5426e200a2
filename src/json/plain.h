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

inline bool IsPlainText(std::string_view text) {
  // Sixteen characters at once, compared as signed numbers: what is beyond
  // ASCII is negative.
  using Block = signed char __attribute__((vector_size(16)));
  if (text.size() < sizeof(Block)) {
    for (const char c : text) {
      if (!IsPlainCharacter(c)) return false;
    }
    return true;
  }
  Block found{};
  const auto look = [&found](const char* at) {
    Block block;
    std::memcpy(&block, at, sizeof block);
    found |= (block < ' ') | (block == '"') | (block == '\\');
  };
  // The last block overlaps the one before it.
  const char* const last = text.data() + text.size() - sizeof(Block);
  for (const char* at = text.data(); at < last; at += sizeof(Block)) look(at);
  look(last);
  std::uint64_t halves[2];
  std::memcpy(halves, &found, sizeof halves);
  return (halves[0] | halves[1]) == 0;
}

}  // namespace clone_auth

#pragma once

// Lists of words with blanks between them, as a scope is one (RFC 6749 section
// 3.3).

#include <algorithm>
#include <string>
#include <string_view>

namespace clone_auth {

/// True if `use(word)` is, for a word of the list; the others behind it are not
/// looked at.
template <typename Use>
bool AnyWord(std::string_view words, const Use& use) {
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    if (!word.empty() && use(word)) return true;
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  return false;
}

/// True where one of the words is `wanted`.
inline bool HasWord(std::string_view words, std::string_view wanted) {
  return AnyWord(words,
                 [wanted](std::string_view word) { return word == wanted; });
}

/// Adds to `words` those of `more` that are not among them.
inline void AddWords(std::string_view more, std::string& words) {
  AnyWord(more, [&words](std::string_view word) {
    if (HasWord(words, word)) return false;
    if (!words.empty()) words += ' ';
    words += word;
    return false;
  });
}

}  // namespace clone_auth

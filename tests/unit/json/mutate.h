#pragma once

// Texts that are almost JSON.

#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace clone_auth {

/// `text` with one or two bytes or parts of it changed, put in, taken out or
/// repeated.
inline std::string Mutate(std::string text, std::mt19937& random) {
  constexpr std::string_view kBytes =
      "\"\\{}[],:0123456789eE.+-u/ \n\t\x01tfn\xc3";
  const auto below = [&random](std::size_t n) {
    return static_cast<std::size_t>(random()) % n;
  };
  for (std::size_t edits = 1 + below(2); edits > 0; --edits) {
    const std::size_t at = below(text.size());
    const char byte = kBytes[below(kBytes.size())];
    switch (below(4)) {
      case 0:
        text[at] = byte;
        break;
      case 1:
        text.insert(at, 1, byte);
        break;
      case 2:
        text.erase(at, 1 + below(4));
        break;
      default:
        text.insert(at, text.substr(below(text.size()), below(24)));
    }
  }
  return text;
}

}  // namespace clone_auth

#pragma once

// Texts that hold a secret for a while: bodies of requests and of answers,
// files. What is left of them must not lie about on the heap.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "clone/secret.h"

namespace clone_auth {

inline void WipeText(std::string& text) { WipeBytes(text.data(), text.size()); }

/// Wipes a text that goes with its scope.
class WipedText {
 public:
  explicit WipedText(std::string& text) : text_(text) {}
  ~WipedText() { WipeText(text_); }
  WipedText(const WipedText&) = delete;
  WipedText& operator=(const WipedText&) = delete;

 private:
  std::string& text_;
};

/// Lets `text` grow by `more` bytes without leaving a copy where it was.
inline void MakeRoom(std::string& text, std::size_t more) {
  if (text.capacity() - text.size() >= more) return;
  std::string larger;
  larger.reserve(std::max(text.size() + more, 2 * text.capacity()));
  larger = text;
  text.swap(larger);
  WipeText(larger);
}

}  // namespace clone_auth

#include "head_scanner.h"

namespace auth_server {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t' && c != '\r' && c != '\n') || byte == 0x7f;
}

bool IsLetter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

}  // namespace

HeadScanner::Verdict HeadScanner::Scan(std::string_view bytes) {
  for (; scanned_ < bytes.size(); ++scanned_) {
    const char c = bytes[scanned_];
    if (scanned_ == 0) {
      // Every method in use starts with a letter, TLS and most noise do not.
      if (!IsLetter(c)) return Bad("The request has no method.");
      continue;
    }
    const char before = bytes[scanned_ - 1];
    if (c == '\n') {
      if (before != '\r') return Bad("A line ends without a carriage return.");
      const bool empty = scanned_ == line_start_ + 1;
      line_start_ = scanned_ + 1;
      if (!empty) continue;
      ++scanned_;
      return Verdict::kEnd;
    }
    if (before == '\r') return Bad("A carriage return ends no line.");
    if (scanned_ == line_start_ && (c == ' ' || c == '\t')) {
      return Bad("A header field is folded.");
    }
    if (IsControl(c)) return Bad("The head holds a control character.");
  }
  return Verdict::kMore;
}

}  // namespace auth_server

#include "json/surrogates.h"

#include <cstddef>

namespace clone_auth {
namespace {

enum class Half { kNone, kHigh, kLow };

// Characters of an escape such as \ud83d.
constexpr std::size_t kEscapeSize = 6;

// What the escape at the start of `text` names: \ud8 to \udb or \udc to \udf.
Half HalfAt(std::string_view text) {
  if (text.size() < kEscapeSize || text[0] != '\\' || text[1] != 'u' ||
      (text[2] | 0x20) != 'd') {
    return Half::kNone;
  }
  const char digit = static_cast<char>(text[3] | 0x20);
  if (digit == '8' || digit == '9' || digit == 'a' || digit == 'b') {
    return Half::kHigh;
  }
  return digit >= 'c' && digit <= 'f' ? Half::kLow : Half::kNone;
}

}  // namespace

bool HasLoneSurrogate(std::string_view text) {
  std::size_t at = text.find('\\');
  while (at != std::string_view::npos) {
    std::size_t size = 2;
    const Half half = HalfAt(text.substr(at));
    if (half == Half::kLow) return true;
    if (half == Half::kHigh) {
      if (HalfAt(text.substr(at + kEscapeSize)) != Half::kLow) return true;
      size = 2 * kEscapeSize;
    }
    at = text.find('\\', at + size);
  }
  return false;
}

}  // namespace clone_auth

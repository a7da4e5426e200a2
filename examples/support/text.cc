#include "support/text.h"

#include <clocale>
#include <cstdint>
#include <cwchar>

namespace console {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";
constexpr char32_t kInvalid = 0xFFFFFFFF;

struct Character {
  char32_t value = kInvalid;
  std::size_t size = 1;
};

struct Form {
  unsigned char mask;
  unsigned char lead;
  std::size_t size;
  char32_t least;
};

constexpr Form kForms[] = {{0x80, 0x00, 1, 0},
                           {0xE0, 0xC0, 2, 0x80},
                           {0xF0, 0xE0, 3, 0x800},
                           {0xF8, 0xF0, 4, 0x10000}};

Character First(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  for (const Form& form : kForms) {
    if ((byte(0) & form.mask) != form.lead || text.size() < form.size) continue;
    char32_t value = byte(0) & static_cast<unsigned char>(~form.mask);
    for (std::size_t i = 1; i < form.size; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return {};
      value = value << 6 | (byte(i) & 0x3FU);
    }
    const bool surrogate = value >= 0xD800 && value < 0xE000;
    if (value < form.least || value > 0x10FFFF || surrogate) return {};
    return {value, form.size};
  }
  return {};
}

bool Steers(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C ||
         (c >= 0x200E && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069) || c == kInvalid;
}

std::size_t ColumnsOf(char32_t c) {
  if (c < 0x7F) return 1;
  // wcwidth() only knows what the locale has.
  static const bool is_ready = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
  const int columns = is_ready ? wcwidth(static_cast<wchar_t>(c)) : 1;
  return columns < 0 ? 1 : static_cast<std::size_t>(columns);
}

}  // namespace

std::string Harmless(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const Character c = First(text);
    result.append(Steers(c.value) ? kReplacement : text.substr(0, c.size));
    text.remove_prefix(c.size);
  }
  return result;
}

std::size_t WidthOf(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const Character c = First(text);
    width += ColumnsOf(c.value);
    text.remove_prefix(c.size);
  }
  return width;
}

std::string CutTo(std::string_view text, std::size_t width) {
  if (WidthOf(text) <= width) return std::string(text);
  std::size_t taken = 0;
  std::size_t columns = 1;  // the ellipsis
  while (taken < text.size()) {
    const Character c = First(text.substr(taken));
    columns += ColumnsOf(c.value);
    if (columns > width) break;
    taken += c.size;
  }
  return std::string(text.substr(0, taken)).append(kEllipsis);
}

}  // namespace console

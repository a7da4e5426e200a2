#include "crypto/ecdsa_form.h"

#include <algorithm>
#include <cstring>

namespace clone_auth {
namespace {

constexpr char kSequence = 0x30;
constexpr char kInteger = 0x02;
constexpr std::uint8_t kSignBit = 0x80;
// A length of 128 to 255 in one byte behind this one.
constexpr std::uint8_t kLongLength = 0x81;

std::uint8_t* AppendInteger(std::uint8_t* out, std::string_view value) {
  const std::size_t zeros =
      std::min(value.find_first_not_of('\0'), value.size() - 1);
  value.remove_prefix(zeros);
  const bool padded = (static_cast<std::uint8_t>(value[0]) & kSignBit) != 0;
  *out++ = kInteger;
  *out++ = static_cast<std::uint8_t>(value.size() + (padded ? 1 : 0));
  if (padded) *out++ = 0;
  std::memcpy(out, value.data(), value.size());
  return out + value.size();
}

// Takes one tag, its length and its content off the front of `der`.
std::optional<std::string_view> Take(std::string_view& der, char tag) {
  if (der.size() < 2 || der[0] != tag) return std::nullopt;
  std::size_t size = static_cast<std::uint8_t>(der[1]);
  std::size_t header = 2;
  if (size == kLongLength && der.size() > 2) {
    size = static_cast<std::uint8_t>(der[2]);
    header = 3;
    if (size < kSignBit) return std::nullopt;
  } else if (size >= kSignBit) {
    return std::nullopt;
  }
  if (size > der.size() - header) return std::nullopt;
  const std::string_view content = der.substr(header, size);
  der.remove_prefix(header + size);
  return content;
}

bool AppendNumber(std::string& raw, std::string_view& der, std::size_t size) {
  std::optional<std::string_view> value = Take(der, kInteger);
  if (!value.has_value() || value->empty()) return false;
  if ((static_cast<std::uint8_t>(value->front()) & kSignBit) != 0) return false;
  if (value->front() == '\0') value->remove_prefix(1);
  if (value->size() > size) return false;
  raw.append(size - value->size(), '\0').append(*value);
  return true;
}

}  // namespace

EcdsaDer EcdsaRawToDer(std::string_view raw) {
  EcdsaDer der;
  const std::size_t half = raw.size() / 2;
  std::uint8_t* const content = der.bytes.data() + 3;
  std::uint8_t* end = AppendInteger(content, raw.substr(0, half));
  end = AppendInteger(end, raw.substr(half));
  const auto size = static_cast<std::size_t>(end - content);
  // Of the three bytes in front of the content, a short one takes two.
  std::uint8_t* header = der.bytes.data();
  *header++ = kSequence;
  if (size >= kSignBit) *header++ = kLongLength;
  *header++ = static_cast<std::uint8_t>(size);
  if (header != content) std::memmove(header, content, size);
  der.size = static_cast<std::size_t>(header - der.bytes.data()) + size;
  return der;
}

std::optional<std::string> EcdsaDerToRaw(std::string_view der,
                                         std::size_t number_size) {
  std::optional<std::string_view> content = Take(der, kSequence);
  if (!content.has_value() || !der.empty()) return std::nullopt;
  std::string raw;
  raw.reserve(2 * number_size);
  if (!AppendNumber(raw, *content, number_size) ||
      !AppendNumber(raw, *content, number_size) || !content->empty()) {
    return std::nullopt;
  }
  return raw;
}

}  // namespace clone_auth

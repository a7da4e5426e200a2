#include "crypto/ecdsa_form.h"

#include <cstring>

namespace clone_auth {
namespace {

constexpr std::size_t kHalf = kP256RawSize / 2;
constexpr char kSequence = 0x30;
constexpr char kInteger = 0x02;
constexpr std::uint8_t kSignBit = 0x80;

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
  const std::size_t size = static_cast<std::uint8_t>(der[1]);
  if (size >= kSignBit || size > der.size() - 2) return std::nullopt;
  const std::string_view content = der.substr(2, size);
  der.remove_prefix(2 + size);
  return content;
}

bool AppendHalf(std::string& raw, std::string_view& der) {
  std::optional<std::string_view> value = Take(der, kInteger);
  if (!value.has_value() || value->empty()) return false;
  if ((static_cast<std::uint8_t>(value->front()) & kSignBit) != 0) return false;
  if (value->front() == '\0') value->remove_prefix(1);
  if (value->size() > kHalf) return false;
  raw.append(kHalf - value->size(), '\0').append(*value);
  return true;
}

}  // namespace

P256DerSignature P256RawToDer(std::string_view raw) {
  P256DerSignature der;
  std::uint8_t* const content = der.bytes.data() + 2;
  std::uint8_t* end = AppendInteger(content, raw.substr(0, kHalf));
  end = AppendInteger(end, raw.substr(kHalf));
  der.bytes[0] = kSequence;
  der.bytes[1] = static_cast<std::uint8_t>(end - content);
  der.size = static_cast<std::size_t>(end - der.bytes.data());
  return der;
}

std::optional<std::string> P256DerToRaw(std::string_view der) {
  std::optional<std::string_view> content = Take(der, kSequence);
  if (!content.has_value() || !der.empty()) return std::nullopt;
  std::string raw;
  raw.reserve(kP256RawSize);
  if (!AppendHalf(raw, *content) || !AppendHalf(raw, *content) ||
      !content->empty()) {
    return std::nullopt;
  }
  return raw;
}

}  // namespace clone_auth

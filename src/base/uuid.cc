#include "clone/uuid.h"

#include "base/hex.h"
#include "base/macros.h"

namespace clone_auth {
namespace {

constexpr std::size_t kTextSize = 36;
constexpr char kDigits[] = "0123456789abcdef";

constexpr bool IsDash(std::size_t position) {
  return position == 8 || position == 13 || position == 18 || position == 23;
}

}  // namespace

Result<Uuid> Uuid::Generate(RandomSource& random) {
  Uuid uuid;
  CLONE_AUTH_RETURN_IF_ERROR(random.Fill(uuid.bytes.data(), uuid.bytes.size()));
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

Result<Uuid> Uuid::Parse(std::string_view text) {
  const Status malformed(Reason::kInvalidArgument, "not a UUID");
  if (text.size() != kTextSize) return malformed;
  Uuid uuid;
  std::size_t digit = 0;
  for (std::size_t i = 0; i < kTextSize; ++i) {
    if (IsDash(i)) {
      if (text[i] != '-') return malformed;
      continue;
    }
    const int value = HexValue(text[i]);
    if (value < 0) return malformed;
    std::uint8_t& byte = uuid.bytes[digit / 2];
    byte = static_cast<std::uint8_t>((byte << 4) | value);
    ++digit;
  }
  return uuid;
}

std::string Uuid::ToString() const {
  std::string text(kTextSize, '-');
  char* out = text.data();
  for (const std::uint8_t byte : bytes) {
    if (IsDash(static_cast<std::size_t>(out - text.data()))) ++out;
    *out++ = kDigits[byte >> 4];
    *out++ = kDigits[byte & 0x0f];
  }
  return text;
}

}  // namespace clone_auth

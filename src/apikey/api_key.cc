#include "clone/api_key.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <utility>

#include "apikey/api_key_form.h"
#include "base/crc32.h"
#include "base/macros.h"

namespace clone_auth {
namespace {

constexpr std::string_view kBase62 =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kKinds = "uotp";

constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kChecksumSize = 6;
static_assert(1 + kApiKeyIdSize + kSecretSize + kChecksumSize ==
              kApiKeyBodySize);

// Bodies of keys without a checksum.
constexpr std::size_t kMinUncheckedSize = 14;
constexpr std::size_t kMaxUncheckedSize = 250;

// The value of a base-62 digit, or more than any for another character.
constexpr std::array<std::uint8_t, 256> MakeDigitTable() {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = 0xff;
  for (std::size_t digit = 0; digit < kBase62.size(); ++digit) {
    table[static_cast<std::uint8_t>(kBase62[digit])] =
        static_cast<std::uint8_t>(digit);
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> kDigits = MakeDigitTable();

constexpr unsigned DigitOf(char c) {
  return kDigits[static_cast<std::uint8_t>(c)];
}

constexpr bool IsOfUrls(char c) {
  return c == '-' || c == '.' || c == '_' || c == '~';
}

// Sixteen characters in one register of the processor; compilers make do where
// it has none.
using Sixteen = std::uint8_t __attribute__((vector_size(16)));
constexpr std::size_t kSixteen = sizeof(Sixteen);

/// All ones at each of the sixteen that is a base-62 digit.
Sixteen DigitsAmong(const char* characters) {
  Sixteen c;
  std::memcpy(&c, characters, sizeof c);
  // A letter is in lower case with this bit, and nothing else becomes one.
  const Sixteen lower = c | 0x20;
  return reinterpret_cast<Sixteen>(lower - 'a' < 26) |
         reinterpret_cast<Sixteen>(c - '0' < 10);
}

/// True if `text`, of 16 characters or more, is base-62 digits alone.
bool IsBase62(std::string_view text) {
  Sixteen digits = DigitsAmong(text.data());
  for (std::size_t at = kSixteen; at + kSixteen <= text.size();
       at += kSixteen) {
    digits &= DigitsAmong(text.data() + at);
  }
  digits &= DigitsAmong(text.data() + text.size() - kSixteen);
  std::uint64_t halves[2];
  std::memcpy(halves, &digits, sizeof halves);
  return (halves[0] & halves[1]) == ~std::uint64_t{0};
}

std::array<char, kChecksumSize> ChecksumOf(std::string_view text) {
  std::array<char, kChecksumSize> digits;
  std::uint32_t rest = Crc32(text);
  for (std::size_t i = kChecksumSize; i-- > 0; rest /= 62) {
    digits[i] = kBase62[rest % 62];
  }
  return digits;
}

/// `text` holds base-62 digits behind its prefix.
bool ChecksumHolds(std::string_view text) {
  const std::string_view digits = text.substr(text.size() - kChecksumSize);
  text.remove_suffix(kChecksumSize);
  std::uint64_t value = 0;
  for (const char digit : digits) value = value * 62 + DigitOf(digit);
  return value == Crc32(text);
}

}  // namespace

ApiKeyForm ReadApiKeyForm(const ApiKeyScheme& scheme, std::string_view text) {
  if (text.size() > kApiKeyMaxSize || !scheme.Matches(text)) {
    return ApiKeyForm::kMalformed;
  }
  const std::string_view body = text.substr(scheme.prefix.size());
  if (body.size() != kApiKeyBodySize) {
    const bool possible = body.size() >= kMinUncheckedSize &&
                          body.size() <= kMaxUncheckedSize &&
                          std::all_of(body.begin(), body.end(), [](char c) {
                            return DigitOf(c) < kBase62.size() || IsOfUrls(c);
                          });
    return possible ? ApiKeyForm::kUnchecked : ApiKeyForm::kMalformed;
  }
  if (!IsBase62(body)) return ApiKeyForm::kMalformed;
  if (!ChecksumHolds(text)) return ApiKeyForm::kWrongChecksum;
  return kKinds.find(body.front()) == std::string_view::npos
             ? ApiKeyForm::kMalformed
             : ApiKeyForm::kChecked;
}

Result<GeneratedApiKey> GenerateApiKey(const ApiKeyScheme& scheme,
                                       ApiKeyKind kind, RandomSource& random) {
  CLONE_AUTH_RETURN_IF_ERROR(scheme.Validate());
  auto drawn = RandomText(random, kBase62, kApiKeyIdSize + kSecretSize);
  if (!drawn.ok()) return std::move(drawn).status();

  GeneratedApiKey key;
  key.public_id = drawn->substr(0, kApiKeyIdSize);
  key.display_prefix = scheme.prefix + static_cast<char>(kind) + key.public_id;

  // Written in place, so that no copy of the secret stays behind.
  key.text = Secret::OfSize(scheme.prefix.size() + kApiKeyBodySize);
  char* next = key.text.MutableBytes();
  const auto append = [&next](std::string_view part) {
    std::memcpy(next, part.data(), part.size());
    next += part.size();
  };
  append(key.display_prefix);
  append(std::string_view(*drawn).substr(kApiKeyIdSize));
  WipeBytes(drawn->data(), drawn->size());

  const std::string_view text = key.text.Reveal();
  const auto checksum = ChecksumOf(text.substr(0, text.size() - kChecksumSize));
  append(std::string_view(checksum.data(), checksum.size()));
  return key;
}

Result<ParsedApiKey> ParseApiKey(const ApiKeyScheme& scheme,
                                 std::string_view text) {
  ParsedApiKey parsed;
  switch (ReadApiKeyForm(scheme, text)) {
    case ApiKeyForm::kMalformed:
    case ApiKeyForm::kWrongChecksum:
      return Status(Reason::kKeyMalformed);
    case ApiKeyForm::kUnchecked:
      parsed.display_prefix = text.substr(0, scheme.prefix.size());
      return parsed;
    case ApiKeyForm::kChecked:
      break;
  }
  const std::size_t named = scheme.prefix.size() + 1 + kApiKeyIdSize;
  parsed.has_checksum = true;
  parsed.kind = static_cast<ApiKeyKind>(text[scheme.prefix.size()]);
  parsed.display_prefix = text.substr(0, named);
  parsed.public_id = parsed.display_prefix.substr(scheme.prefix.size() + 1);
  return parsed;
}

}  // namespace clone_auth

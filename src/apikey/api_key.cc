#include "clone/api_key.h"

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

// What a character is: the value of a base-62 digit, which may stand in every
// key, or a mark. The OR over a text tells which kind of key it can be.
constexpr std::uint8_t kOnlyUnchecked = 0x40;
constexpr std::uint8_t kNowhere = 0x80;

constexpr std::array<std::uint8_t, 256> MakeCharacterTable() {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = kNowhere;
  for (std::size_t digit = 0; digit < kBase62.size(); ++digit) {
    table[static_cast<std::uint8_t>(kBase62[digit])] =
        static_cast<std::uint8_t>(digit);
  }
  for (const char c : {'-', '.', '_', '~'}) {
    table[static_cast<std::uint8_t>(c)] = kOnlyUnchecked;
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> kCharacters = MakeCharacterTable();

constexpr unsigned CharacterOf(char c) {
  return kCharacters[static_cast<std::uint8_t>(c)];
}

std::uint8_t CharactersOf(std::string_view body) {
  unsigned seen = 0;
  std::size_t i = 0;
  // Four at a time, so that the ORs do not wait for each other.
  for (; i + 4 <= body.size(); i += 4) {
    seen |= (CharacterOf(body[i]) | CharacterOf(body[i + 1])) |
            (CharacterOf(body[i + 2]) | CharacterOf(body[i + 3]));
  }
  for (; i < body.size(); ++i) seen |= CharacterOf(body[i]);
  return static_cast<std::uint8_t>(seen);
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
  for (const char digit : digits) value = value * 62 + CharacterOf(digit);
  return value == Crc32(text);
}

}  // namespace

ApiKeyForm ReadApiKeyForm(const ApiKeyScheme& scheme, std::string_view text) {
  if (text.size() > kApiKeyMaxSize || !scheme.Matches(text)) {
    return ApiKeyForm::kMalformed;
  }
  const std::string_view body = text.substr(scheme.prefix.size());
  const std::uint8_t characters = CharactersOf(body);
  if (body.size() != kApiKeyBodySize) {
    const bool possible = (characters & kNowhere) == 0 &&
                          body.size() >= kMinUncheckedSize &&
                          body.size() <= kMaxUncheckedSize;
    return possible ? ApiKeyForm::kUnchecked : ApiKeyForm::kMalformed;
  }
  if ((characters & (kNowhere | kOnlyUnchecked)) != 0) {
    return ApiKeyForm::kMalformed;
  }
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

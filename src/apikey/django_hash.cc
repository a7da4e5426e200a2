#include "clone/django_hash.h"

#include <algorithm>
#include <charconv>

#include "apikey/hash_text.h"
#include "crypto/constant_time.h"
#include "crypto/pbkdf2.h"
#include "crypto/sha512.h"

namespace clone_auth {
namespace {

constexpr std::string_view kPbkdf2 = "pbkdf2_sha256$";
constexpr std::string_view kSha512 = "sha512$$";
// Five times what Django asks for by now; more would be a way to hang us.
constexpr std::uint32_t kMostIterations = 5'000'000;
constexpr std::size_t kLongestSalt = 128;

bool Starts(std::string_view text, std::string_view with) {
  return text.substr(0, with.size()) == with;
}

Status Unsupported() { return Status(Reason::kHashUnsupported); }

bool ReadIterations(std::string_view text, std::uint32_t& iterations) {
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, iterations);
  return error == std::errc() && rest == end && text.front() != '0' &&
         iterations <= kMostIterations;
}

bool IsSalt(std::string_view salt) {
  return !salt.empty() && salt.size() <= kLongestSalt &&
         std::all_of(salt.begin(), salt.end(),
                     [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

Result<DjangoHash> DjangoHash::Parse(std::string_view text) {
  if (Starts(text, kPbkdf2)) return ParsePbkdf2(text.substr(kPbkdf2.size()));
  if (Starts(text, kSha512)) return ParseSha512(text.substr(kSha512.size()));
  return Unsupported();
}

Result<DjangoHash> DjangoHash::ParsePbkdf2(std::string_view rest) {
  const std::size_t first = rest.find('$');
  const std::size_t second = rest.find('$', first + 1);
  if (first == 0 || first == rest.npos || second == rest.npos) {
    return Unsupported();
  }
  DjangoHash hash;
  const std::string_view salt = rest.substr(first + 1, second - first - 1);
  std::array<std::uint8_t, 32> bytes{};
  if (!ReadIterations(rest.substr(0, first), hash.iterations_) ||
      !IsSalt(salt) || !ReadBase64Of32(rest.substr(second + 1), bytes)) {
    return Unsupported();
  }
  hash.salt_ = salt;
  std::copy(bytes.begin(), bytes.end(), hash.bytes_.begin());
  return hash;
}

Result<DjangoHash> DjangoHash::ParseSha512(std::string_view digits) {
  DjangoHash hash;
  if (!ReadHex(digits, hash.bytes_)) return Unsupported();
  return hash;
}

bool DjangoHash::Matches(std::string_view text) const {
  if (!IsCostly()) return ConstantTimeEquals(Sha512(text), bytes_);
  std::array<std::uint8_t, 32> expected;
  std::copy_n(bytes_.begin(), expected.size(), expected.begin());
  return ConstantTimeEquals(Pbkdf2Sha256(text, salt_, iterations_), expected);
}

}  // namespace clone_auth

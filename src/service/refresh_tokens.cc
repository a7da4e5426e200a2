#include "service/refresh_tokens.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "service/base64.h"

namespace clone_auth::service {
namespace {

constexpr std::string_view kPrefix = "rt_";
constexpr std::size_t kNamedSize = 16 + 8;
using Bytes =
    std::array<std::uint8_t, kNamedSize + crypto_auth_hmacsha256_BYTES>;

void Sign(const Secret& key, Bytes& bytes) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(
      &state, reinterpret_cast<const unsigned char*>(key.Reveal().data()),
      key.size());
  crypto_auth_hmacsha256_update(&state, bytes.data(), kNamedSize);
  crypto_auth_hmacsha256_final(&state, bytes.data() + kNamedSize);
  sodium_memzero(&state, sizeof state);
}

bool LooksLikeJwt(std::string_view text) {
  return std::count(text.begin(), text.end(), '.') == 2;
}

}  // namespace

std::string RefreshTokens::Make(const RefreshToken& token) const {
  Bytes bytes{};
  std::copy(token.session.bytes.begin(), token.session.bytes.end(),
            bytes.begin());
  const auto generation = static_cast<std::uint64_t>(token.generation);
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[16 + i] = static_cast<std::uint8_t>(generation >> (56 - 8 * i));
  }
  Sign(key_, bytes);
  return std::string(kPrefix) + ToBase64Url(bytes.data(), bytes.size());
}

Result<RefreshToken> RefreshTokens::Read(std::string_view text) const {
  if (LooksLikeJwt(text)) return Status(Reason::kTokenType);
  Bytes presented{};
  if (text.substr(0, kPrefix.size()) != kPrefix ||
      !FromBase64Url(text.substr(kPrefix.size()), presented.data(),
                     presented.size())) {
    return Status(Reason::kRefreshInvalid);
  }
  Bytes expected = presented;
  Sign(key_, expected);
  if (sodium_memcmp(expected.data(), presented.data(), expected.size()) != 0) {
    return Status(Reason::kRefreshInvalid);
  }
  RefreshToken token;
  std::copy(presented.begin(), presented.begin() + 16,
            token.session.bytes.begin());
  std::uint64_t generation = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    generation = generation << 8 | presented[16 + i];
  }
  token.generation = static_cast<std::int64_t>(generation);
  return token;
}

TokenHash HashOf(std::string_view text) {
  TokenHash hash;
  static_assert(sizeof hash == crypto_hash_sha256_BYTES);
  crypto_hash_sha256(hash.data(),
                     reinterpret_cast<const unsigned char*>(text.data()),
                     text.size());
  return hash;
}

}  // namespace clone_auth::service

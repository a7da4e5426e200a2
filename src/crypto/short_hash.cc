#include "crypto/short_hash.h"

#include <sodium/crypto_shorthash.h>

#include <cstring>

#include "base/macros.h"

namespace clone_auth {

Result<ShortHash> ShortHash::Create(RandomSource& random) {
  ShortHash hash;
  static_assert(sizeof hash.key_ == crypto_shorthash_KEYBYTES);
  CLONE_AUTH_RETURN_IF_ERROR(random.Fill(hash.key_.data(), hash.key_.size()));
  return hash;
}

std::uint64_t ShortHash::Of(std::string_view text) const {
  std::uint64_t hash = 0;
  static_assert(sizeof hash == crypto_shorthash_BYTES);
  crypto_shorthash(reinterpret_cast<unsigned char*>(&hash),
                   reinterpret_cast<const unsigned char*>(text.data()),
                   text.size(), key_.data());
  return hash;
}

}  // namespace clone_auth

#include "crypto/pbkdf2.h"

#include "crypto/openssl.h"

namespace clone_auth {

Sha256Digest Pbkdf2Sha256(std::string_view password, std::string_view salt,
                          std::uint32_t iterations) {
  const ErrorQueueGuard errors;
  Sha256Digest derived{};
  const int done = PKCS5_PBKDF2_HMAC(
      password.data(), static_cast<int>(password.size()),
      reinterpret_cast<const unsigned char*>(salt.data()),
      static_cast<int>(salt.size()), static_cast<int>(iterations), EVP_sha256(),
      static_cast<int>(derived.size()), derived.data());
  return done == 1 ? derived : Sha256Digest{};
}

}  // namespace clone_auth

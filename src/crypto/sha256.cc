// The functions that OpenSSL 3 puts in place of these allocate and fetch for
// each digest, which takes three times as long as hashing a key or a token's
// MAC; and only these let a state be kept and resumed as a plain value.
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/sha256.h"

#include <openssl/sha.h>

#include <algorithm>

namespace clone_auth {

Sha256Digest Sha256(std::string_view bytes) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, bytes.data(), bytes.size());
  Sha256Digest digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

Sha256Midstate Sha256AfterBlock(
    const std::array<std::uint8_t, kSha256BlockSize>& block) {
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Transform(&context, block.data());
  Sha256Midstate midstate;
  std::copy_n(context.h, midstate.size(), midstate.begin());
  return midstate;
}

Sha256Digest Sha256Resume(const Sha256Midstate& midstate,
                          std::string_view rest) {
  SHA256_CTX context;
  SHA256_Init(&context);
  std::copy_n(midstate.begin(), midstate.size(), context.h);
  context.Nl = kSha256BlockSize * 8;
  SHA256_Update(&context, rest.data(), rest.size());
  Sha256Digest digest;
  SHA256_Final(digest.data(), &context);
  return digest;
}

}  // namespace clone_auth

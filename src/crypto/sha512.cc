// The old functions, for the reason that sha256.cc gives.
#undef OPENSSL_NO_DEPRECATED
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/sha512.h"

#include <openssl/sha.h>

#include <algorithm>

namespace clone_auth {
namespace {

using Init = int (*)(SHA512_CTX*);
using Block = std::array<std::uint8_t, kSha512BlockSize>;

template <typename Digest>
Digest Finish(SHA512_CTX& context, std::string_view bytes) {
  SHA512_Update(&context, bytes.data(), bytes.size());
  Digest digest;
  SHA512_Final(digest.data(), &context);
  return digest;
}

Sha512Midstate AfterBlock(Init init, const Block& block) {
  SHA512_CTX context;
  init(&context);
  SHA512_Transform(&context, block.data());
  Sha512Midstate midstate;
  std::copy_n(context.h, midstate.size(), midstate.begin());
  return midstate;
}

template <typename Digest>
Digest Resume(Init init, const Sha512Midstate& midstate,
              std::string_view rest) {
  SHA512_CTX context;
  init(&context);
  std::copy_n(midstate.begin(), midstate.size(), context.h);
  context.Nl = kSha512BlockSize * 8;
  return Finish<Digest>(context, rest);
}

}  // namespace

Sha384Digest Sha384(std::string_view bytes) {
  SHA512_CTX context;
  SHA384_Init(&context);
  return Finish<Sha384Digest>(context, bytes);
}

Sha512Digest Sha512(std::string_view bytes) {
  SHA512_CTX context;
  SHA512_Init(&context);
  return Finish<Sha512Digest>(context, bytes);
}

Sha512Midstate Sha384AfterBlock(const Block& block) {
  return AfterBlock(SHA384_Init, block);
}
Sha512Midstate Sha512AfterBlock(const Block& block) {
  return AfterBlock(SHA512_Init, block);
}

Sha384Digest Sha384Resume(const Sha512Midstate& midstate,
                          std::string_view rest) {
  return Resume<Sha384Digest>(SHA384_Init, midstate, rest);
}
Sha512Digest Sha512Resume(const Sha512Midstate& midstate,
                          std::string_view rest) {
  return Resume<Sha512Digest>(SHA512_Init, midstate, rest);
}

}  // namespace clone_auth

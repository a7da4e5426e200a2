#include "oauth/pkce.h"

#include "base/base64url.h"
#include "base/macros.h"
#include "crypto/sha256.h"

namespace clone_auth {

Result<Secret> Unguessable(RandomSource& random) {
  Secret bytes = Secret::OfSize(32);
  CLONE_AUTH_RETURN_IF_ERROR(random.Fill(bytes.MutableBytes(), bytes.size()));
  return Base64UrlEncodeSecret(bytes);
}

std::string CodeChallengeS256(std::string_view verifier) {
  const Sha256Digest digest = Sha256(verifier);
  return Base64UrlEncode(
      {reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace clone_auth

#include "clone/api_key_digest.h"

#include "crypto/sha256.h"

namespace clone_auth {

ApiKeyDigest DigestApiKey(std::string_view key) { return Sha256(key); }

}  // namespace clone_auth

#pragma once

// HMAC as a way to sign (RFC 7518 section 3.2).

#include <memory>

#include "crypto/hash.h"
#include "crypto/key.h"

namespace clone_auth {

/// Each of the secret alone. Error: key_weak (shorter than the digest).
Result<std::unique_ptr<const VerificationKey>> ReadHmacVerification(
    Hash hash, const KeyParts& parts);
Result<std::unique_ptr<const PrivateKey>> ReadHmacPrivate(
    Hash hash, const KeyParts& parts);

/// A new secret as long as the digest. Error: random_unavailable.
Result<KeyParts> GenerateHmac(Hash hash);

}  // namespace clone_auth

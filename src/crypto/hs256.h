#pragma once

// HMAC-SHA-256 as a way to sign (RFC 7518 section 3.2).

#include <memory>

#include "crypto/key.h"

namespace clone_auth {

/// Each of the secret alone. Error: key_weak (shorter than 32 bytes).
Result<std::unique_ptr<const VerificationKey>> ReadHs256Verification(
    const KeyParts& parts);
Result<std::unique_ptr<const PrivateKey>> ReadHs256Private(
    const KeyParts& parts);

/// A new secret. Error: random_unavailable.
Result<KeyParts> GenerateHs256();

}  // namespace clone_auth

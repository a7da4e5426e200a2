#pragma once

// ECDSA over P-256 with SHA-256 (RFC 7518 section 3.4) by OpenSSL. Signatures
// are r and s side by side.

#include <memory>

#include "crypto/key.h"

namespace clone_auth {

/// Of x and y, 32 bytes each. Error: key_set_malformed, where they are no
/// point of the curve.
Result<std::unique_ptr<const VerificationKey>> ReadEs256Public(
    const KeyParts& parts);

/// Of x, y and d. Error: key_set_malformed, also where they do not belong
/// together.
Result<std::unique_ptr<const PrivateKey>> ReadEs256Private(
    const KeyParts& parts);

/// A new x, y and d. Error: internal.
Result<KeyParts> GenerateEs256();

}  // namespace clone_auth

#pragma once

// Ed448 (RFC 8032) by OpenSSL.

#include <memory>

#include "crypto/key.h"

namespace clone_auth {

/// Of the public point, 57 bytes. Error: key_set_malformed, where it is no
/// point of the curve, not in its one form, or of small order.
Result<std::unique_ptr<const VerificationKey>> ReadEd448Public(
    const KeyParts& parts);

/// Of the public point and the seed. Error: key_set_malformed, also where they
/// do not belong together.
Result<std::unique_ptr<const PrivateKey>> ReadEd448Private(
    const KeyParts& parts);

/// A new public point and seed. Error: internal.
Result<KeyParts> GenerateEd448();

}  // namespace clone_auth

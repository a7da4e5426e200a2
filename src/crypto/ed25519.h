#pragma once

// Ed25519 (RFC 8032) by libsodium.

#include <memory>

#include "crypto/key.h"

namespace clone_auth {

/// Of the public point. Error: key_set_malformed, where it is no point of the
/// curve's main subgroup.
Result<std::unique_ptr<const VerificationKey>> ReadEd25519Public(
    const KeyParts& parts);

/// Of the public point and the seed. Error: key_set_malformed, also where they
/// do not belong together.
Result<std::unique_ptr<const PrivateKey>> ReadEd25519Private(
    const KeyParts& parts);

/// A new public point and seed. Error: random_unavailable.
Result<KeyParts> GenerateEd25519();

}  // namespace clone_auth

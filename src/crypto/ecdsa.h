#pragma once

// ECDSA (RFC 7518 section 3.4) by OpenSSL, each curve with its hash.
// Signatures are r and s side by side.

#include <cstdint>
#include <memory>

#include "crypto/key.h"

namespace clone_auth {

enum class EcCurve : std::uint8_t { kP256, kP384, kP521 };

/// Of x and y, each as long as the field. Error: key_set_malformed, where they
/// are no point of the curve.
Result<std::unique_ptr<const VerificationKey>> ReadEcdsaPublic(
    EcCurve curve, const KeyParts& parts);

/// Of x, y and d. Error: key_set_malformed, also where they do not belong
/// together.
Result<std::unique_ptr<const PrivateKey>> ReadEcdsaPrivate(
    EcCurve curve, const KeyParts& parts);

/// A new x, y and d. Error: internal.
Result<KeyParts> GenerateEcdsa(EcCurve curve);

}  // namespace clone_auth

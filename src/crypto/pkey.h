#pragma once

// OpenSSL's keys made of parts. Each function gives null where OpenSSL refuses
// them; whether they are good is for the readers to say.

#include <array>

#include "crypto/key.h"
#include "crypto/openssl.h"
#include "crypto/rsa_numbers.h"

namespace clone_auth {

/// OpenSSL's names, in the order of RsaPart.
extern const std::array<const char*, kRsaParts> kRsaNames;

/// Of n and e, or of all.
EvpPkey MakeRsaKey(const KeyParts& parts);

/// Of x and y, and of d if it is there, each as long as the curve's field.
/// `group` is OpenSSL's name of the curve, or NIST's.
EvpPkey MakeEcKey(const char* group, const KeyParts& parts);

/// Of the public point, or of it and the seed. `type` is "ED25519" or "ED448".
EvpPkey MakeEdwardsKey(const char* type, const KeyParts& parts);

}  // namespace clone_auth

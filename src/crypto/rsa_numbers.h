#pragma once

// What the numbers of an RSA key must be.

#include "clone/status.h"
#include "crypto/key.h"

namespace clone_auth {

/// The parts of a key, in the order of KeyParts.
enum RsaPart : std::size_t {
  kRsaN,
  kRsaE,
  kRsaD,
  kRsaP,
  kRsaQ,
  kRsaDp,
  kRsaDq,
  kRsaQi,
  kRsaParts,
};

inline constexpr std::size_t kRsaPublicParts = kRsaE + 1;

/// Errors: key_weak, key_set_malformed, as ReadRsaPublic() has them.
Status CheckRsaPublic(const KeyParts& parts);

/// Checks that all parts describe one key. Error: key_set_malformed.
Status CheckRsaPrivate(const KeyParts& parts);

}  // namespace clone_auth

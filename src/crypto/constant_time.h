#pragma once

#include <sodium/crypto_verify_32.h>

#include "crypto/sha256.h"

namespace clone_auth {

/// True if both are the same, in the same time wherever they differ.
inline bool ConstantTimeEquals(const Sha256Digest& a, const Sha256Digest& b) {
  return crypto_verify_32(a.data(), b.data()) == 0;
}

}  // namespace clone_auth

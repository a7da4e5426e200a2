#pragma once

// A key of one algorithm, as whoever signs or verifies tokens sees it. Both
// are immutable and may be shared between threads.

#include <string>
#include <string_view>
#include <vector>

#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// The bytes that make up a key, in the order in which its algorithm names the
/// members of its JWK.
using KeyParts = std::vector<Secret>;

class VerificationKey {
 public:
  virtual ~VerificationKey() = default;

  /// True if `signature` was made over `message` with the other half of this
  /// key (or with this very key, where it is symmetric). False for all else,
  /// a signature of the wrong size and a failure of the library included.
  virtual bool Verify(std::string_view message,
                      std::string_view signature) const noexcept = 0;
};

class PrivateKey {
 public:
  virtual ~PrivateKey() = default;

  /// Errors: random_unavailable, internal.
  virtual Result<std::string> Sign(std::string_view message) const = 0;
};

}  // namespace clone_auth

#pragma once

// Keys as the command line names them: JWK or PEM, from a file or from
// standard input.

#include <cstddef>
#include <optional>
#include <string>

#include "clone/jwk.h"
#include "clone/public_key.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clonit {

/// Bytes of the longest key that the library looks at.
inline constexpr std::size_t kLongestKey = 64 * 1024;

/// A key as it came: one of the two.
struct Key {
  std::optional<clone_auth::JwtSigningKey> signing;
  std::optional<clone_auth::JwtPublicKey> verifying;

  std::string Thumbprint() const {
    return signing ? signing->Thumbprint() : verifying->Thumbprint();
  }
};

/// What PEM does not say of a key.
struct PemFacts {
  std::string algorithm;  ///< such as "ES256"; may be empty
  std::string key_id;     ///< empty: the thumbprint
  /// Without it any algorithm is good that takes the key.
  bool needs_algorithm = true;
};

/// All of the file, or of standard input where `file` is empty or "-". Error:
/// invalid_argument (unreadable, or more than `longest` bytes).
clone_auth::Result<clone_auth::Secret> ReadAll(const std::string& file,
                                               std::size_t longest);

/// True where it begins as a JWK does, and not as PEM.
bool IsJson(const clone_auth::Secret& text);

/// Reads a JWK or PEM. Errors: invalid_argument (nothing there, or PEM whose
/// algorithm is needed and missing) and those of the library's readers.
clone_auth::Result<Key> ReadKey(const clone_auth::Secret& text,
                                const PemFacts& facts);

}  // namespace clonit

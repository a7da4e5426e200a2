#pragma once

// The table of algorithms. A new one is a row here, an entry in JwtAlgorithm
// and its cryptography.

#include <array>
#include <memory>
#include <string_view>

#include "clone/jwk.h"
#include "crypto/key.h"

namespace clone_auth {

struct Algorithm {
  JwtAlgorithm id;
  std::string_view name;        ///< `alg` (RFC 7518 section 3.1)
  std::string_view other_name;  ///< taken for the same; may be empty
  std::string_view key_type;    ///< `kty`
  std::string_view curve;       ///< `crv`; empty where the type has none
  /// Members of the JWK that hold the key, the public ones first; the rest is
  /// empty.
  std::array<std::string_view, 3> members;
  /// How many of them are public; none of a symmetric key's.
  std::size_t public_count;
  /// How many of them verify, and how many sign.
  std::size_t verify_count;
  std::size_t sign_count;

  Result<std::unique_ptr<const VerificationKey>> (*read_verification)(
      const KeyParts& parts);
  Result<std::unique_ptr<const PrivateKey>> (*read_private)(
      const KeyParts& parts);
  Result<KeyParts> (*generate)();

  bool symmetric() const { return public_count == 0; }
};

/// Every row, in the order of JwtAlgorithm.
const std::array<Algorithm, 3>& Algorithms();

const Algorithm& Describe(JwtAlgorithm algorithm);

/// The row of this name; null where there is none.
const Algorithm* FindAlgorithm(std::string_view name);

}  // namespace clone_auth

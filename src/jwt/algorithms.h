#pragma once

// The table of algorithms. A new one is a row here, an entry in JwtAlgorithm
// and its cryptography.

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include "clone/jwk.h"
#include "crypto/key.h"

namespace clone_auth {

/// As many as the type with the most has, which is RSA.
inline constexpr std::size_t kMaxKeyMembers = 8;

/// The kinds of key (RFC 7517 section 4.1, RFC 7518 section 6, RFC 8037).
struct KeyType {
  std::string_view name;   ///< `kty`
  std::string_view curve;  ///< `crv`; empty where the type has none
  /// Members of the JWK that hold the key, the public ones first; the rest is
  /// empty.
  std::array<std::string_view, kMaxKeyMembers> members;
  /// How many of them are public; none of a symmetric key's.
  std::size_t public_count;
  /// How many of them verify, and how many sign.
  std::size_t verify_count;
  std::size_t sign_count;

  bool symmetric() const { return public_count == 0; }
};

struct Algorithm {
  JwtAlgorithm id;
  std::string_view name;  ///< `alg` (RFC 7518 section 3.1)
  const KeyType* type;
  std::size_t signature_size;  ///< 0 where it is that of the key's modulus

  Result<std::unique_ptr<const VerificationKey>> (*read_verification)(
      const KeyParts& parts);
  Result<std::unique_ptr<const PrivateKey>> (*read_private)(
      const KeyParts& parts);
  Result<KeyParts> (*generate)();

  bool symmetric() const { return type->symmetric(); }
};

/// Every row, in the order of JwtAlgorithm, and behind them a second one of
/// EdDSA: that name stands for two curves (RFC 8037 section 3.1).
const std::array<Algorithm, 16>& Algorithms();

/// The first row of this algorithm.
const Algorithm& Describe(JwtAlgorithm algorithm);

/// The first row of this name; null where there is none.
const Algorithm* FindAlgorithm(std::string_view name);

}  // namespace clone_auth

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/jwt.h"
#include "jwt/claims.h"
#include "jwt/compact.h"
#include "jwt/verifier_keys.h"

namespace clone_auth {

/// What a verdict rests on, for whoever remembers it.
struct JwtBasis {
  ValidTimes times;
  const VerificationKey* key = nullptr;
  std::uint64_t generation = 0;  ///< of the keys that it was found in
};

/// A header that was found good, up to the signature.
struct OpenedHeader {
  std::uint64_t verifier = 0;    ///< whose policy it met
  std::uint64_t generation = 0;  ///< of the keys
  std::string text;              ///< as it stands in the token
  std::string key_id;
  KindMarks kind;
  bool type_allowed = false;
  const VerificationKey* key = nullptr;
  std::optional<JwkSet> keys;  ///< keeps the key, where this is remembered

  bool Is(std::uint64_t by_verifier, std::string_view as_text) const {
    return verifier == by_verifier && text == as_text;
  }
};

struct JwtVerifier::Impl {
  Impl(JwtPolicy p, VerifierKeys k, const Clock* c);

  /// As the verifier's own; writes to `basis` unless it is null.
  Result<VerifiedJwt> Verify(std::string_view token, JwtBasis* basis) const;

  Result<OpenedHeader> Open(std::string_view encoded,
                            const JwkSnapshot*& snapshot) const;
  Result<VerifiedJwt> ReadClaims(std::string_view encoded,
                                 const OpenedHeader& header, WallTime now,
                                 JwtBasis* basis) const;
  bool AllowsType(const std::optional<std::string>& normal_type) const;

  const std::uint64_t id;  // unique in this process
  const JwtPolicy policy;  // types in their normal form
  const VerifierKeys keys;
  const Clock* const clock;
};

}  // namespace clone_auth

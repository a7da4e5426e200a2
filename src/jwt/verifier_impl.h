#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "clone/jwt.h"
#include "jwt/claims.h"
#include "jwt/compact.h"
#include "jwt/jwk_set.h"

namespace clone_auth {

/// A header that was found good, up to the signature.
struct OpenedHeader {
  std::uint64_t verifier = 0;  ///< whose policy it met
  std::string text;            ///< as it stands in the token
  std::string key_id;
  KindMarks kind;
  bool type_allowed = false;
  JwkSet keys;  ///< keeps the key
  const VerificationKey* key = nullptr;
};

struct JwtVerifier::Impl {
  Impl(JwtPolicy p, JwkSet k, const Clock* c);

  Result<VerifiedJwt> Verify(std::string_view token) const;
  Result<OpenedHeader> Open(std::string_view encoded) const;
  Result<VerifiedJwt> ReadClaims(std::string_view encoded,
                                 const OpenedHeader& header,
                                 WallTime now) const;
  bool AllowsType(const std::optional<std::string>& normal_type) const;

  const std::uint64_t id;  // unique in this process
  const JwtPolicy policy;  // types in their normal form
  const JwkSet keys;
  const Clock* const clock;
};

}  // namespace clone_auth

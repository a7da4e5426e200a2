#pragma once

// The registered claims of a token (RFC 7519 section 4.1): their form, and
// whether they meet a policy.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/json.h"
#include "clone/jwt.h"

namespace clone_auth {

/// Whole milliseconds since 1970, which no year up to 9999 overflows.
using ClaimTime = std::chrono::duration<std::int64_t, std::milli>;

struct RegisteredClaims {
  std::optional<std::string> issuer;
  std::string subject;  ///< empty where the token has none
  std::optional<std::vector<std::string>> audience;
  std::string jwt_id;
  ClaimTime expires_at{};
  std::optional<ClaimTime> not_before;
  std::optional<ClaimTime> issued_at;
};

/// Error: token_claim, for a claim of the wrong form and for no `exp`.
Result<RegisteredClaims> ReadRegisteredClaims(const JsonValue& claims);

/// Errors: token_claim (one that the policy asks for is missing),
/// token_expired, clock_skew, token_not_yet_valid, token_issuer,
/// token_audience.
Status CheckClaims(const RegisteredClaims& claims, const JwtPolicy& policy,
                   WallTime now);

/// The nearest time that a clock can show.
WallTime ToWallTime(ClaimTime time);

}  // namespace clone_auth

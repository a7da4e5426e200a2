#pragma once

// The claims of a token (RFC 7519 section 4.1): read in one pass over the
// payload, and held against a policy.

#include <chrono>
#include <cstdint>
#include <forward_list>
#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/jwt_policy.h"
#include "clone/status.h"
#include "json/reader.h"
#include "jwt/token_kind.h"

namespace clone_auth {

/// Whole milliseconds since 1970, which no year up to 9999 overflows.
using ClaimTime = std::chrono::duration<std::int64_t, std::milli>;

/// When a token is good, whatever else there is to check: at `from` and later,
/// before `until`.
struct ValidTimes {
  ClaimTime from{};
  ClaimTime until{};
};

/// Rules that a policy may have beyond the registered claims.
inline constexpr std::size_t kMaxClaimRules = 32;

/// What the checks need of a payload. The views are into the payload, or into
/// this object, which is therefore not copied.
class TokenClaims {
 public:
  TokenClaims() = default;
  TokenClaims(const TokenClaims&) = delete;
  TokenClaims& operator=(const TokenClaims&) = delete;

  /// Reads a payload of the usual form, with nothing wrong in it. False for any
  /// other; then nothing here counts, and Read() of another object tells.
  bool ReadUsual(std::string_view payload, const JwtPolicy& policy);

  /// Errors: token_malformed (not one strict JSON object), token_claim (a
  /// claim of the wrong form, or no `exp`).
  Status Read(std::string_view payload, const JwtPolicy& policy);

  /// Errors: token_type (of another kind), token_claim (one that the policy
  /// asks for is missing), token_expired, clock_skew, token_not_yet_valid,
  /// token_issuer, token_audience.
  Status Check(const JwtPolicy& policy, WallTime now) const;

  ValidTimes Times(const JwtPolicy& policy) const;

  KindMarks kind;  ///< the header's marks are added by whoever read it
  std::optional<std::string_view> issuer;
  std::string_view subject;  ///< empty where the token has none
  std::string_view jwt_id;
  std::optional<JsonSlice> audience;  ///< a string, or an array of them
  std::optional<ClaimTime> expires_at;
  std::optional<ClaimTime> not_before;
  std::optional<ClaimTime> issued_at;

 private:
  // False for a value of the wrong form. A part of whoever reads the payload,
  // and by value, so that most members never leave the registers.
  [[gnu::always_inline]] bool ReadClaim(std::string_view name, JsonSlice value);
  void HoldAgainstRules(std::string_view name, JsonSlice value,
                        const JwtPolicy& policy);
  Status CheckTimes(const JwtPolicy& policy, WallTime now) const;

  std::forward_list<std::string> decoded_;  // what had escapes
  std::uint32_t rules_met_ = 0;             // a bit for each rule of the policy
};

/// True if `text`, which is `aud` as it stands in a payload, names one of
/// `accepted`.
bool AudienceNames(const JsonSlice& text,
                   const std::vector<std::string>& accepted);

/// The nearest time that a clock can show.
WallTime ToWallTime(ClaimTime time);

}  // namespace clone_auth

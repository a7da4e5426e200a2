#include "jwt/claims.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/macros.h"
#include "clone/jwt.h"
#include "json/plain_object.h"
#include "jwt/compact.h"
#include "jwt/identifier.h"

namespace clone_auth {
namespace {

// 9999-12-31 23:59:59 UTC.
constexpr std::int64_t kLastSecond = 253'402'300'799;
// More digits than the last second has, and none that could overflow.
constexpr std::size_t kMostDigits = 15;
constexpr JsonLimits kLimits{kJwtMaxSize, kJwtMaxDepth};

Status Missing(std::string_view name) {
  return Status(Reason::kTokenClaim,
                "the token has no '" + std::string(name) + "'");
}

// A name of three characters as a number, to be switched on.
constexpr std::uint32_t Packed(std::string_view name) {
  std::uint32_t packed = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    packed = (packed << 8) | static_cast<std::uint8_t>(name[i]);
  }
  return packed;
}

// Fractions and exponents are rare. The range is checked before anything is
// computed with the number.
bool ReadRareTime(std::string_view text, std::optional<ClaimTime>& time) {
  const auto parsed = JsonValue::Parse(text, kLimits);
  const std::optional<double> number =
      parsed.ok() ? parsed->AsNumber() : std::nullopt;
  if (!number.has_value() || *number < 0 ||
      *number > static_cast<double>(kLastSecond)) {
    return false;
  }
  time = ClaimTime(static_cast<std::int64_t>(std::floor(*number * 1000)));
  return true;
}

[[gnu::always_inline]] inline bool ReadTime(JsonSlice value,
                                            std::optional<ClaimTime>& time) {
  std::int64_t seconds = 0;
  if (value.number != JsonSlice::kNoNumber) {
    seconds = value.number;
  } else {
    if (value.text.size() > kMostDigits) return ReadRareTime(value.text, time);
    for (const char c : value.text) {
      const auto digit = static_cast<unsigned char>(c - '0');
      if (digit > 9) return ReadRareTime(value.text, time);
      seconds = seconds * 10 + digit;
    }
  }
  if (seconds > kLastSecond) return false;
  time = std::chrono::seconds(seconds);
  return true;
}

// Text without escapes holds no NUL, and the reader vouches for its UTF-8.
bool IsPlainName(const JsonSlice& value) {
  return value.IsString() && !value.escaped;
}

bool IsName(const JsonSlice& value) {
  std::string storage;
  return IsPlainName(value) ||
         (value.IsString() && IsIdentifier(value.String(storage)));
}

// One string, or an array of them (RFC 7519 section 4.1.3).
bool IsAudience(const JsonSlice& value) {
  if (!value.IsArray()) return IsName(value);
  JsonReader items(value.text, kLimits);
  while (items.Next()) {
    if (!IsName(items.value())) return false;
  }
  // A fault in its text is found again, as the payload's.
  return true;
}

bool Contains(const std::vector<std::string>& list, std::string_view text) {
  for (const std::string& one : list) {
    if (one == text) return true;
  }
  return false;
}

bool Meets(const JwtClaimRule& rule, JsonSlice value) {
  if (rule.values.empty()) return !value.IsNull();
  std::string storage;
  return value.IsString() && Contains(rule.values, value.String(storage));
}

}  // namespace

inline bool TokenClaims::ReadClaim(std::string_view name, JsonSlice value) {
  const auto read_name = [&](auto& text) __attribute__((always_inline)) {
    if (IsPlainName(value)) {
      text = value.Plain();
      return true;
    }
    if (!IsName(value)) return false;
    text = value.String(decoded_.emplace_front());
    return true;
  };
  if (name.size() != 3) {
    kind.AddClaim(name, value);
    return true;
  }
  switch (Packed(name)) {
    case Packed("iss"):
      return read_name(issuer);
    case Packed("sub"):
      return read_name(subject);
    case Packed("jti"):
      return read_name(jwt_id);
    case Packed("aud"):
      audience = value;
      return IsPlainName(value) || IsAudience(*audience);
    case Packed("exp"):
      return ReadTime(value, expires_at);
    case Packed("nbf"):
      return ReadTime(value, not_before);
    case Packed("iat"):
      return ReadTime(value, issued_at);
    case Packed("typ"):
      kind.AddClaim(name, value);
      return true;
    default:
      return true;
  }
}

bool TokenClaims::ReadUsual(std::string_view payload, const JwtPolicy& policy) {
  const bool has_rules = !policy.claims.empty();
  bool good = true;
  const bool usual = ReadPlainObject(
      payload, [&](std::string_view name, const JsonSlice& value)
                   __attribute__((always_inline)) {
                     good &= ReadClaim(name, value);
                     if (has_rules) HoldAgainstRules(name, value, policy);
                   });
  return usual && good && expires_at.has_value();
}

Status TokenClaims::Read(std::string_view payload, const JwtPolicy& policy) {
  JsonReader members(payload, kLimits);
  std::string wrong;
  while (members.is_object() && members.Next()) {
    if (!ReadClaim(members.name(), members.value()) && wrong.empty()) {
      wrong = members.name();
    }
    if (!policy.claims.empty()) {
      HoldAgainstRules(members.name(), members.value(), policy);
    }
  }
  if (!members.status().ok()) {
    return Status(Reason::kTokenMalformed,
                  std::string(members.status().message()));
  }
  if (!members.is_object()) {
    return Status(Reason::kTokenMalformed, "the payload is no object");
  }
  if (!wrong.empty()) {
    return Status(Reason::kTokenClaim, "'" + wrong + "' is of the wrong form");
  }
  return expires_at.has_value() ? Status() : Missing("exp");
}

void TokenClaims::HoldAgainstRules(std::string_view name, JsonSlice value,
                                   const JwtPolicy& policy) {
  for (std::size_t i = 0; i < policy.claims.size(); ++i) {
    if (policy.claims[i].name == name && Meets(policy.claims[i], value)) {
      rules_met_ |= 1U << i;
    }
  }
}

ValidTimes TokenClaims::Times(const JwtPolicy& policy) const {
  const ClaimTime skew = policy.clock_skew;
  ValidTimes times{ClaimTime(std::max(not_before.value_or(ClaimTime(0)),
                                      issued_at.value_or(ClaimTime(0)))) -
                       skew,
                   *expires_at + skew};
  if (policy.max_age.has_value() && issued_at.has_value()) {
    times.until = std::min(times.until, *issued_at + *policy.max_age + skew);
  }
  return times;
}

Status TokenClaims::CheckTimes(const JwtPolicy& policy, WallTime time) const {
  const ClaimTime now = std::chrono::floor<ClaimTime>(time.time_since_epoch());
  if (policy.max_age.has_value() && !issued_at.has_value()) {
    return Missing("iat");
  }
  const ValidTimes times = Times(policy);
  if (now >= times.until) return Status(Reason::kTokenExpired);
  if (now >= times.from) return Status();
  // Rather than of `nbf`, because an issuer whose clock is ahead sets both, and
  // this one says why.
  if (issued_at.has_value() && *issued_at > now + policy.clock_skew) {
    return Status(Reason::kClockSkew, "the token was issued in the future");
  }
  return Status(Reason::kTokenNotYetValid);
}

Status TokenClaims::Check(const JwtPolicy& policy, WallTime now) const {
  if (!policy.allow_any_type && !kind.Allow(policy.kind)) {
    return Status(Reason::kTokenType);
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckTimes(policy, now));
  if (!policy.allow_any_issuer) {
    if (!issuer.has_value()) return Missing("iss");
    if (!Contains(policy.issuers, *issuer)) return Status(Reason::kTokenIssuer);
  }
  if (!policy.allow_any_audience) {
    if (!audience.has_value()) return Missing("aud");
    if (!AudienceNames(*audience, policy.audiences)) {
      return Status(Reason::kTokenAudience);
    }
  }
  for (std::size_t i = 0; i < policy.claims.size(); ++i) {
    if ((rules_met_ >> i & 1U) == 0) {
      return Status(Reason::kTokenClaim, "'" + policy.claims[i].name +
                                             "' is missing or not accepted");
    }
  }
  return Status();
}

bool AudienceNames(const JsonSlice& text,
                   const std::vector<std::string>& accepted) {
  if (IsPlainName(text)) return Contains(accepted, text.Plain());
  std::string storage;
  if (!text.IsArray()) return Contains(accepted, text.String(storage));
  JsonReader items(text.text, kLimits);
  bool named = false;
  while (items.Next()) {
    named |= Contains(accepted, items.value().String(storage));
  }
  return named && items.status().ok();
}

WallTime ToWallTime(ClaimTime time) {
  constexpr ClaimTime kLast =
      std::chrono::floor<ClaimTime>(WallTime::duration::max());
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::min(time, kLast)));
}

}  // namespace clone_auth

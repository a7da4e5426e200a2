#include "jwt/claims.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/macros.h"
#include "jwt/identifier.h"

namespace clone_auth {
namespace {

// 9999-12-31 23:59:59 UTC.
constexpr std::int64_t kLastSecond = 253'402'300'799;

Status WrongForm(std::string_view name) {
  return Status(Reason::kTokenClaim,
                "'" + std::string(name) + "' is of the wrong form");
}

Status Missing(std::string_view name) {
  return Status(Reason::kTokenClaim,
                "the token has no '" + std::string(name) + "'");
}

// The range is checked before anything is computed with the number.
Result<std::optional<ClaimTime>> ReadTime(const JsonValue& claims,
                                          std::string_view name) {
  const JsonValue* value = claims.Find(name);
  if (value == nullptr) return std::optional<ClaimTime>();
  const std::optional<double> number = value->AsNumber();
  if (!number.has_value() || *number < 0 ||
      *number > static_cast<double>(kLastSecond)) {
    return WrongForm(name);
  }
  if (const std::int64_t* whole = value->AsInt()) {
    return std::optional<ClaimTime>(std::chrono::seconds(*whole));
  }
  return std::optional<ClaimTime>(
      ClaimTime(static_cast<std::int64_t>(std::floor(*number * 1000))));
}

Result<std::optional<std::string>> ReadName(const JsonValue& claims,
                                            std::string_view name) {
  const JsonValue* value = claims.Find(name);
  if (value == nullptr) return std::optional<std::string>();
  const std::string* text = value->AsString();
  if (text == nullptr || !IsIdentifier(*text)) return WrongForm(name);
  return std::optional<std::string>(*text);
}

// One string, or an array of them (RFC 7519 section 4.1.3).
Result<std::optional<std::vector<std::string>>> ReadAudience(
    const JsonValue& claims) {
  using Audience = std::optional<std::vector<std::string>>;
  const JsonValue* value = claims.Find("aud");
  if (value == nullptr) return Audience();
  std::vector<std::string> audience;
  if (const std::string* one = value->AsString()) {
    audience.push_back(*one);
  } else if (const auto* list = value->AsArray()) {
    for (const JsonValue& item : *list) {
      if (item.AsString() == nullptr) return WrongForm("aud");
      audience.push_back(*item.AsString());
    }
  } else {
    return WrongForm("aud");
  }
  for (const std::string& name : audience) {
    if (!IsIdentifier(name)) return WrongForm("aud");
  }
  return Audience(std::move(audience));
}

bool Contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Status CheckTimes(const RegisteredClaims& claims, ClaimTime skew,
                  ClaimTime now) {
  if (now >= claims.expires_at + skew) return Status(Reason::kTokenExpired);
  // Before `nbf`, because an issuer whose clock is ahead sets both, and this
  // one says why.
  if (claims.issued_at.has_value() && *claims.issued_at > now + skew) {
    return Status(Reason::kClockSkew, "the token was issued in the future");
  }
  if (claims.not_before.has_value() && *claims.not_before > now + skew) {
    return Status(Reason::kTokenNotYetValid);
  }
  return Status();
}

}  // namespace

Result<RegisteredClaims> ReadRegisteredClaims(const JsonValue& claims) {
  RegisteredClaims read;
  CLONE_AUTH_ASSIGN_OR_RETURN(const auto expires_at, ReadTime(claims, "exp"));
  if (!expires_at.has_value()) return Missing("exp");
  read.expires_at = *expires_at;
  CLONE_AUTH_ASSIGN_OR_RETURN(read.not_before, ReadTime(claims, "nbf"));
  CLONE_AUTH_ASSIGN_OR_RETURN(read.issued_at, ReadTime(claims, "iat"));
  CLONE_AUTH_ASSIGN_OR_RETURN(read.issuer, ReadName(claims, "iss"));
  CLONE_AUTH_ASSIGN_OR_RETURN(auto subject, ReadName(claims, "sub"));
  read.subject = std::move(subject).value_or("");
  CLONE_AUTH_ASSIGN_OR_RETURN(auto jwt_id, ReadName(claims, "jti"));
  read.jwt_id = std::move(jwt_id).value_or("");
  CLONE_AUTH_ASSIGN_OR_RETURN(read.audience, ReadAudience(claims));
  return read;
}

Status CheckClaims(const RegisteredClaims& claims, const JwtPolicy& policy,
                   WallTime now) {
  CLONE_AUTH_RETURN_IF_ERROR(
      CheckTimes(claims, policy.clock_skew,
                 std::chrono::floor<ClaimTime>(now.time_since_epoch())));
  if (!policy.allow_any_issuer) {
    if (!claims.issuer.has_value()) return Missing("iss");
    if (!Contains(policy.issuers, *claims.issuer)) {
      return Status(Reason::kTokenIssuer);
    }
  }
  if (!policy.allow_any_audience) {
    if (!claims.audience.has_value()) return Missing("aud");
    const auto& audience = *claims.audience;
    if (std::none_of(audience.begin(), audience.end(),
                     [&policy](const std::string& name) {
                       return Contains(policy.audiences, name);
                     })) {
      return Status(Reason::kTokenAudience);
    }
  }
  return Status();
}

WallTime ToWallTime(ClaimTime time) {
  constexpr ClaimTime kLast =
      std::chrono::floor<ClaimTime>(WallTime::duration::max());
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::min(time, kLast)));
}

}  // namespace clone_auth

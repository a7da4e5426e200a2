#pragma once

#include <string>
#include <string_view>

#include "base/base64url.h"
#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "jwt/compact.h"

namespace clone_auth::testing {

/// True if the verifier finds `token` well-formed and its signature good under
/// a key of `keys`, whatever the payload is. It says what is wrong with a
/// payload only of a token whose signature held, so a token of three parts
/// with a good header that is then called malformed, or good, or refused for a
/// claim, is a good JWS (RFC 7515 section 5.2).
inline bool JwsHolds(const std::string& keys, const std::string& token) {
  auto set = JwkSet::Parse(keys, JwkTrust::kLocal);
  if (!set.ok()) return false;
  JwtPolicy policy;
  for (int i = 0; i <= static_cast<int>(JwtAlgorithm::kEd448); ++i) {
    policy.algorithms.push_back(static_cast<JwtAlgorithm>(i));
  }
  policy.allow_any_issuer = true;
  policy.allow_any_audience = true;
  policy.allow_any_type = true;
  const FakeClock clock(FromUnixSeconds(std::chrono::seconds(0)));
  const auto verifier = JwtVerifier::Create(policy, std::move(*set), &clock);
  const Status status = verifier.value().Verify(token).status();
  if (status.ok() || status.reason() == Reason::kTokenClaim) return true;
  const auto parts = SplitCompact(token);
  return status.reason() == Reason::kTokenMalformed && parts.ok() &&
         ReadJwtHeader(parts->header).ok() &&
         Base64UrlDecode(parts->signature).ok() &&
         Base64UrlDecode(parts->payload).ok();
}

/// The set that holds this key alone, or `key` itself where it is a set.
inline std::string SetOf(const JsonValue& key) {
  const std::string json = JsonWriter().Value(key).Take();
  return key.Find("keys") != nullptr ? json : "{\"keys\":[" + json + "]}";
}

}  // namespace clone_auth::testing

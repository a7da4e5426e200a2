#pragma once

// The claims of the tokens that are measured: ten, as an access token has them.

#include <chrono>
#include <string>

#include "clone/clock.h"
#include "clone/jwt.h"

namespace clone_auth {

inline JwtClaims UsualClaims() {
  const auto text = [](const char* value) {
    return JsonValue(std::string(value));
  };
  JwtClaims claims;
  claims.issuer = "https://auth.example.com";
  claims.subject = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0001";
  claims.audience = {"https://api.example.com"};
  claims.issued_at = SystemClock().Now();
  claims.expires_at = claims.issued_at + std::chrono::hours(24);
  claims.jwt_id = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0005";
  claims.more = {{"sid", text("8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0002")},
                 {"gen", JsonValue(std::int64_t{3})},
                 {"org", text("8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0003")},
                 {"role", text("member")},
                 {"scope", text("keys")}};
  return claims;
}

}  // namespace clone_auth

#pragma once

// Tokens for tests of the side that holds them: of the right form, with a
// signature that nobody checks.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "clone/clock.h"

namespace clone_auth::testing {

/// A JWT with these claims, given as the text of a JSON object.
inline std::string TokenOf(std::string_view claims) {
  return Base64UrlEncode(R"({"alg":"ES256","typ":"at+jwt"})") + "." +
         Base64UrlEncode(claims) + "." + Base64UrlEncode("signature");
}

/// An access token of `subject`, valid for `lifetime` from `issued_at` by the
/// clock of whoever made it. `serial` makes it differ from others.
inline std::string AccessToken(WallTime issued_at,
                               std::chrono::seconds lifetime,
                               std::uint64_t serial = 0,
                               std::string_view subject = "user-1") {
  const auto iat = ToUnixSeconds(issued_at);
  return TokenOf(R"({"sub":")" + std::string(subject) + R"(","iat":)" +
                 std::to_string(iat.count()) + R"(,"exp":)" +
                 std::to_string((iat + lifetime).count()) + R"(,"jti":")" +
                 std::to_string(serial) + R"("})");
}

}  // namespace clone_auth::testing

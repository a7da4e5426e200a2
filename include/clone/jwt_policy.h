#pragma once

// What a JSON Web Token must be to be taken. A relaxation is a flag whose name
// says what is lost. Plain values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/jwk.h"

namespace clone_auth {

/// What a token is for. The kinds never stand in for each other.
enum class JwtKind : std::uint8_t {
  kAccess,
  kRefresh,
  kId,  ///< OpenID Connect Core section 2
};

/// A claim that a token must have beyond the registered ones.
struct JwtClaimRule {
  std::string name;
  /// The claim is a string and one of these, compared byte by byte. Empty:
  /// anything but null will do.
  std::vector<std::string> values;
};

struct JwtPolicy {
  /// Accepted `alg` values; at least one.
  std::vector<JwtAlgorithm> algorithms;
  /// Accepted `iss` values, compared byte by byte; at least one.
  std::vector<std::string> issuers;
  /// Accepted members of `aud`; at least one.
  std::vector<std::string> audiences;
  /// Accepted `typ` values, without regard to ASCII case and to a leading
  /// "application/" (RFC 7515 section 4.1.9); at least one.
  std::vector<std::string> types = {"at+jwt"};
  /// What a token that says of which kind it is must say. It says so with
  /// `typ: at+jwt` (RFC 9068), or a claim `token_type` (SimpleJWT),
  /// `token_use` (Cognito) or `typ` (Keycloak); one that does not and has
  /// `at_hash`, `c_hash` or `nonce` is an ID token.
  JwtKind kind = JwtKind::kAccess;
  /// At most 32.
  std::vector<JwtClaimRule> claims;
  /// Tolerance for `exp`, `nbf` and `iat`; 0 to 10 minutes.
  std::chrono::seconds clock_skew{60};
  /// If set, `iat` is required and a token this long after it is expired.
  std::optional<std::chrono::seconds> max_age;

  /// Whoever signed with one of the keys is believed.
  bool allow_any_issuer = false;
  /// Tokens made for somebody else pass.
  bool allow_any_audience = false;
  /// Tokens without a `typ` pass; `kind` is still looked at.
  bool allow_missing_type = false;
  /// ID and refresh tokens pass as access tokens, and whatever else there is:
  /// neither `typ` nor `kind` is looked at.
  bool allow_any_type = false;
};

}  // namespace clone_auth

#pragma once

// Says whether an ID token tells who signed in (OpenID Connect Core 1.0
// section 3.1.3.7). A pure function: the keys are the issuer's, however they
// were had.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/jwk.h"
#include "clone/jwt.h"
#include "clone/result.h"

namespace clone_auth {

/// What was asked for, which the token has to answer. Texts compare byte by
/// byte.
struct IdTokenExpectation {
  std::string issuer;
  std::string client_id;
  /// That of the request. Empty where it had none: then that of the token is
  /// not looked at.
  std::string nonce;
  /// The access token that came with it, borrowed; empty where none did. It
  /// belongs to the ID token where that has `at_hash`.
  std::string_view access_token;
  /// If set, the person must have proven who they are no longer ago than this.
  std::optional<std::chrono::seconds> max_age;
  /// Tolerance for all times; 0 to 10 minutes.
  std::chrono::seconds clock_skew{60};
};

/// Checks what JwtVerifier checks, with any asymmetric algorithm but Ed448 (for
/// which nobody says what `at_hash` is); then that `sub` and `iat` are there,
/// `azp` is the client where it is there or the audience has others in it,
/// `nonce` is the one that was sent, `at_hash` is that of the access token, and
/// `auth_time` is recent enough where that matters. Errors: invalid_argument
/// (no issuer or client, a tolerance out of range), those of
/// JwtVerifier::Verify(); token_claim for all that is of ID tokens alone.
Result<VerifiedJwt> CheckIdToken(std::string_view token, const JwkSet& keys,
                                 const IdTokenExpectation& expected,
                                 WallTime now);

}  // namespace clone_auth

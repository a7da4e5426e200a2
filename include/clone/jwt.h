#pragma once

// JSON Web Tokens (RFC 7519) as signed compact text (RFC 7515): making them
// and deciding whether one is good. A verifier knows its keys, algorithms,
// issuers, audience and type, or it cannot be made; `none` does not exist.
// Signer and verifier are immutable and may be shared between threads.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/clock.h"
#include "clone/json.h"
#include "clone/jwk.h"
#include "clone/jwk_source.h"
#include "clone/result.h"

namespace clone_auth {

/// Characters of the longest token that is looked at.
inline constexpr std::size_t kJwtMaxSize = 16 * 1024;

/// Claims to sign. Times are whole seconds.
struct JwtClaims {
  std::string issuer;
  std::string subject;
  std::vector<std::string> audience;  ///< one is written as a string
  WallTime issued_at{};
  WallTime expires_at{};
  std::optional<WallTime> not_before;
  std::string jwt_id;
  /// Further claims, after those above. Names that repeat one are refused.
  JsonValue::Object more;
};

class JwtSigner {
 public:
  /// `type` is the header's `typ`; access tokens are "at+jwt" (RFC 9068).
  /// Error: invalid_argument.
  static Result<JwtSigner> Create(const JwtSigningKey& key,
                                  std::string type = "at+jwt");

  JwtSigner(JwtSigner&&) noexcept;
  JwtSigner& operator=(JwtSigner&&) noexcept;
  ~JwtSigner();

  /// Errors: invalid_argument (expiry not after issue, a time before 1970, a
  /// repeated claim, an identifier with NUL or invalid UTF-8, a token of more
  /// than kJwtMaxSize), internal.
  Result<std::string> Sign(const JwtClaims& claims) const;

 private:
  struct Impl;
  explicit JwtSigner(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

/// A token that passed every check. Only the verifier makes one.
class VerifiedJwt {
 public:
  const std::string& issuer() const { return issuer_; }
  const std::string& subject() const { return subject_; }
  const std::vector<std::string>& audience() const { return audience_; }
  WallTime expires_at() const { return expires_at_; }
  std::optional<WallTime> issued_at() const { return issued_at_; }
  const std::string& jwt_id() const { return jwt_id_; }
  const std::string& key_id() const { return key_id_; }

  /// Any claim; null where the token has none of that name.
  const JsonValue* Claim(std::string_view name) const {
    return claims_.Find(name);
  }

 private:
  friend class JwtVerifier;
  VerifiedJwt() = default;
  std::string issuer_;
  std::string subject_;
  std::vector<std::string> audience_;
  WallTime expires_at_{};
  std::optional<WallTime> issued_at_;
  std::string jwt_id_;
  std::string key_id_;
  JsonValue claims_;
};

/// What a token must be. A relaxation is a flag whose name says what is lost.
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
  /// Tolerance for `exp`, `nbf` and `iat`; 0 to 10 minutes.
  std::chrono::seconds clock_skew{60};

  bool allow_any_issuer = false;
  bool allow_any_audience = false;
  bool allow_any_type = false;
};

class VerifierKeys;

class JwtVerifier {
 public:
  /// Error: invalid_argument, naming what the policy lacks.
  static Result<JwtVerifier> Create(JwtPolicy policy, JwkSet keys,
                                    const Clock* clock);

  /// With keys that may change; both `keys` and `clock` are borrowed. Errors:
  /// as above.
  static Result<JwtVerifier> Create(JwtPolicy policy, JwkSource* keys,
                                    const Clock* clock);

  JwtVerifier(JwtVerifier&&) noexcept;
  JwtVerifier& operator=(JwtVerifier&&) noexcept;
  ~JwtVerifier();

  /// Checks size, form, header, key, signature and then claims, and says the
  /// first thing that was wrong. `exp` is required; a token is expired when
  /// now >= exp + clock_skew. Errors: token_too_large, token_malformed,
  /// token_algorithm, token_key_unknown, token_signature, token_type,
  /// token_claim (one that is required is missing, or one of the wrong form),
  /// token_expired, clock_skew (`iat` is further ahead than the tolerance),
  /// token_not_yet_valid, token_issuer, token_audience; with keys of a source
  /// also key_set_unavailable, which is no verdict on the token (503).
  Result<VerifiedJwt> Verify(std::string_view token) const;

 private:
  struct Impl;
  explicit JwtVerifier(std::unique_ptr<const Impl> impl);
  static Result<JwtVerifier> Make(JwtPolicy policy, VerifierKeys keys,
                                  const Clock* clock);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace clone_auth

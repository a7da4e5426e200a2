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
#include "clone/jwt_policy.h"
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

  /// Without `typ`, for tokens whose readers look at their claims alone.
  static JwtSigner CreateUntyped(const JwtSigningKey& key);

  JwtSigner(JwtSigner&&) noexcept;
  JwtSigner& operator=(JwtSigner&&) noexcept;
  ~JwtSigner();

  /// Errors: invalid_argument (expiry not after issue, a time before 1970, a
  /// repeated claim, an identifier with NUL or invalid UTF-8, a token of more
  /// than kJwtMaxSize), internal.
  Result<std::string> Sign(const JwtClaims& claims) const;

  /// Signs a JSON object as it is, byte by byte. Its form alone is checked: one
  /// without `exp` is signed, and refused by every JwtVerifier. Errors:
  /// invalid_argument (no object, a token of more than kJwtMaxSize),
  /// json_malformed, json_duplicate_name, json_limit, internal.
  Result<std::string> SignJson(std::string_view claims) const;

 private:
  struct Impl;
  static JwtSigner Make(const JwtSigningKey& key, const std::string* type);
  explicit JwtSigner(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

class TokenClaims;

/// A token that passed every check. Only the verifier makes one. It owns what
/// its views show; they live as long as it, moved or not.
class VerifiedJwt {
 public:
  /// Each is empty where the token has none.
  std::string_view issuer() const { return issuer_; }
  std::string_view subject() const { return subject_; }
  std::string_view jwt_id() const { return jwt_id_; }
  std::string_view key_id() const { return key_id_; }
  WallTime expires_at() const { return expires_at_; }
  std::optional<WallTime> issued_at() const { return issued_at_; }

  /// The payload as it was signed: one JSON object, strict and in its order.
  std::string_view claims_json() const { return claims_json_; }

  /// These read the payload anew on each call.
  std::vector<std::string> audience() const;
  /// Any claim; empty where the token has none of that name.
  std::optional<JsonValue> Claim(std::string_view name) const;

 private:
  friend class JwtVerifier;
  // `text` begins with the payload, and has room for what is copied behind it.
  VerifiedJwt(std::unique_ptr<char[]> text, std::size_t payload_size,
              const TokenClaims& claims, std::string_view key_id);
  std::unique_ptr<char[]> text_;
  std::string_view claims_json_;
  std::string_view issuer_;
  std::string_view subject_;
  std::string_view jwt_id_;
  std::string_view key_id_;
  WallTime expires_at_{};
  std::optional<WallTime> issued_at_;
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
  /// token_encrypted, token_nested, token_unencoded (RFC 7797),
  /// token_critical, token_algorithm, token_key_unknown, token_signature,
  /// token_type (or kind), token_claim (one that is required is missing, or
  /// one of the wrong form), token_expired, clock_skew (`iat` is further ahead
  /// than the tolerance), token_not_yet_valid, token_issuer, token_audience;
  /// with keys of a source also key_set_unavailable, which is no verdict on
  /// the token (503).
  Result<VerifiedJwt> Verify(std::string_view token) const;

 private:
  struct Impl;
  explicit JwtVerifier(std::unique_ptr<const Impl> impl);
  friend class MultiIssuerVerifier;
  friend class TokenCacheBase;
  static Result<JwtVerifier> Make(JwtPolicy policy, VerifierKeys keys,
                                  const Clock* clock);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace clone_auth

#pragma once

// Access tokens that any verifier can check: JWTs by ES256, with a key that is
// made at the start. Not for sharing between threads.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/jwk.h"
#include "clone/jwt.h"
#include "clone/result.h"

namespace clone_auth::testing {

/// A clock that stands where the last request was.
class RequestClock final : public Clock {
 public:
  WallTime Now() const override { return now_; }
  std::chrono::nanoseconds SinceBoot() const override {
    return now_.time_since_epoch();
  }
  void SleepFor(std::chrono::nanoseconds) const override {}
  void Set(WallTime now) { now_ = now; }

 private:
  WallTime now_{};
};

struct AccessClaims {
  std::string subject;
  std::size_t family = 0;
  std::chrono::seconds lifetime{0};
};

class AccessTokens {
 public:
  /// Errors: invalid_argument, random_unavailable, internal.
  static Result<std::unique_ptr<AccessTokens>> Create(std::string issuer,
                                                      std::string audience);

  /// Error: internal.
  Result<std::string> Issue(const AccessClaims& claims, WallTime now);

  struct Holder {
    std::string subject;
    std::size_t family = 0;
  };
  /// Errors: those of JwtVerifier::Verify.
  Result<Holder> Check(std::string_view token, WallTime now);

  /// The JWK set to publish.
  const std::string& public_keys() const { return public_keys_; }

 private:
  AccessTokens(std::string issuer, std::string audience, JwtSigner signer,
               std::string public_keys);

  const std::string issuer_;
  const std::string audience_;
  const std::string public_keys_;
  JwtSigner signer_;
  RequestClock clock_;
  std::unique_ptr<JwtVerifier> verifier_;
  std::uint64_t serial_ = 0;
};

}  // namespace clone_auth::testing

#pragma once

// Makes the access tokens of signed-in users and the verifier that takes them
// back. May be shared between threads.

#include <chrono>
#include <string>

#include "clone/clock.h"
#include "clone/jwt.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/service.h"
#include "service/signing_keys.h"
#include "service/store.h"

namespace clone_auth::service {

class AccessTokens {
 public:
  /// Borrows `keys`, `clock` and `random`. Error: invalid_argument.
  static Result<AccessTokens> Create(const ServiceOptions& options,
                                     SigningKeys* keys, const Clock* clock,
                                     RandomSource* random);

  /// A token for the account in this session, by the key that signs at `now`;
  /// it outlives neither.
  Result<std::string> Issue(const Account& account, const Session& session,
                            WallTime now) const;

  const JwtVerifier& verifier() const { return verifier_; }

 private:
  AccessTokens(const ServiceOptions& options, const SigningKeys* keys,
               JwtVerifier verifier, RandomSource* random);

  std::string issuer_;
  std::string audience_;
  std::chrono::seconds lifetime_;
  std::chrono::seconds clock_skew_;
  const SigningKeys* keys_;
  JwtVerifier verifier_;
  RandomSource* random_;
};

}  // namespace clone_auth::service

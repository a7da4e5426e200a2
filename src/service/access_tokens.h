#pragma once

// Makes the access tokens of signed-in users and the verifier that takes them
// back. May be shared between threads.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clone/clock.h"
#include "clone/jwk.h"
#include "clone/jwt.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/service.h"
#include "service/store.h"

namespace clone_auth::service {

class AccessTokens {
 public:
  /// The first of `keys` signs, all of them verify. Errors: invalid_argument,
  /// key_set_ambiguous.
  static Result<AccessTokens> Create(const ServiceOptions& options,
                                     const std::vector<JwtSigningKey>& keys,
                                     const Clock* clock, RandomSource* random);

  /// A token for the account in this session, which it never outlives.
  Result<std::string> Issue(const Account& account, const Session& session,
                            WallTime now) const;

  const JwtVerifier& verifier() const { return verifier_; }
  /// The published key set.
  const std::string& key_set_json() const { return key_set_json_; }

 private:
  AccessTokens(const ServiceOptions& options, JwtSigner signer,
               JwtVerifier verifier, std::string key_set_json,
               RandomSource* random);

  std::string issuer_;
  std::string audience_;
  std::chrono::seconds lifetime_;
  JwtSigner signer_;
  JwtVerifier verifier_;
  std::string key_set_json_;
  RandomSource* random_;
};

}  // namespace clone_auth::service

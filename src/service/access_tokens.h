#pragma once

// Makes the access tokens of signed-in users and the verifier that takes them
// back. May be shared between threads.

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "clone/api_key_verifier.h"
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

  struct Exchanged {
    std::string token;
    std::chrono::seconds lifetime{};
  };
  /// A token that does what `key` may do of `scope` (names, sorted), for a
  /// quarter of an hour at most and never beyond the key's expiry. `owner` is
  /// the key's. Error: key_expired, for a key in its last second.
  Result<Exchanged> IssueFor(const VerifiedApiKey& key, const Account& owner,
                             const std::string& scope, WallTime now) const;

  /// What the tokens are for (`aud`).
  const std::string& audience() const { return audience_; }
  const JwtVerifier& verifier() const { return verifier_; }

 private:
  AccessTokens(const ServiceOptions& options, const SigningKeys* keys,
               JwtVerifier verifier, RandomSource* random);

  /// The claims that every token of the account has, to be completed, and by
  /// which of the published keys it is signed.
  struct Draft {
    std::shared_ptr<const PublishedKeys> published;
    std::size_t signing = 0;
    JwtClaims claims;
  };
  /// `holder` is what the token stands for, a session or a key, and `end` when
  /// that ends.
  Result<Draft> Begin(const Account& account, const Uuid& holder, WallTime now,
                      WallTime end) const;

  std::string issuer_;
  std::string audience_;
  std::chrono::seconds lifetime_;
  std::chrono::seconds exchanged_lifetime_;
  std::chrono::seconds clock_skew_;
  const SigningKeys* keys_;
  JwtVerifier verifier_;
  RandomSource* random_;
};

}  // namespace clone_auth::service

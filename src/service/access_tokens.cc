#include "service/access_tokens.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "service/try.h"

namespace clone_auth::service {
namespace {

// What a signed-in person may do beyond reading: everything there is.
constexpr char kScope[] = "keys";

JsonMember Text(std::string name, std::string value) {
  return JsonMember{std::move(name), JsonValue(std::move(value))};
}

}  // namespace

Result<AccessTokens> AccessTokens::Create(const ServiceOptions& options,
                                          SigningKeys* keys, const Clock* clock,
                                          RandomSource* random) {
  JwtPolicy policy;
  // Later keys are for the algorithm of the newest, so these are all.
  for (const PlannedKey& planned : keys->Published()->plan) {
    policy.algorithms.push_back(planned.key->algorithm());
  }
  policy.issuers = {options.issuer};
  policy.audiences = {options.audience.empty() ? options.issuer
                                               : options.audience};
  policy.clock_skew = options.clock_skew;
  CLONE_AUTH_TRY_ASSIGN(
      JwtVerifier verifier,
      JwtVerifier::Create(std::move(policy), keys->source(), clock));
  return AccessTokens(options, keys, std::move(verifier), random);
}

AccessTokens::AccessTokens(const ServiceOptions& options,
                           const SigningKeys* keys, JwtVerifier verifier,
                           RandomSource* random)
    : issuer_(options.issuer),
      audience_(options.audience.empty() ? options.issuer : options.audience),
      lifetime_(options.access_lifetime),
      clock_skew_(options.clock_skew),
      keys_(keys),
      verifier_(std::move(verifier)),
      random_(random) {}

Result<std::string> AccessTokens::Issue(const Account& account,
                                        const Session& session,
                                        WallTime now) const {
  CLONE_AUTH_TRY_ASSIGN(const Uuid id, Uuid::Generate(*random_));
  const auto published = keys_->Published();
  const std::size_t signing = SigningAt(published->plan, now);
  WallTime end = std::min(now + lifetime_, session.expires_at);
  // Bites where the clock was set back and a retired key signs again.
  if (const auto leaves_at = published->plan[signing].leaves_at) {
    end = std::min(end, *leaves_at - clock_skew_);
  }
  JwtClaims claims;
  claims.issuer = issuer_;
  claims.subject = account.id.ToString();
  claims.audience = {audience_};
  claims.issued_at = now;
  // A session in its last second still gets a token that is one second long.
  claims.expires_at = std::max(end, now + std::chrono::seconds(1));
  claims.jwt_id = id.ToString();
  claims.more = {Text("sid", session.id.ToString()),
                 JsonMember{"gen", JsonValue(account.generation)},
                 Text("org", account.organization.ToString()),
                 Text("role", account.role), Text("scope", kScope)};
  return published->signers[signing].Sign(claims);
}

}  // namespace clone_auth::service

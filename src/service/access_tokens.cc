#include "service/access_tokens.h"

#include <algorithm>

#include "service/try.h"

namespace clone_auth::service {
namespace {

// What a signed-in person may do beyond reading: everything there is.
constexpr char kScope[] = "keys";

JsonMember Text(std::string name, std::string value) {
  return JsonMember{std::move(name), JsonValue(std::move(value))};
}

}  // namespace

Result<AccessTokens> AccessTokens::Create(
    const ServiceOptions& options, const std::vector<JwtSigningKey>& keys,
    const Clock* clock, RandomSource* random) {
  JwtPolicy policy;
  std::vector<const JwtSigningKey*> borrowed;
  for (const JwtSigningKey& key : keys) {
    policy.algorithms.push_back(key.algorithm());
    borrowed.push_back(&key);
  }
  policy.issuers = {options.issuer};
  policy.audiences = {options.audience.empty() ? options.issuer
                                               : options.audience};
  policy.clock_skew = options.clock_skew;
  CLONE_AUTH_TRY_ASSIGN(JwkSet set, JwkSet::Of(borrowed));
  std::string published = set.ToPublicJson();
  CLONE_AUTH_TRY_ASSIGN(
      JwtVerifier verifier,
      JwtVerifier::Create(std::move(policy), std::move(set), clock));
  CLONE_AUTH_TRY_ASSIGN(JwtSigner signer, JwtSigner::Create(keys.front()));
  return AccessTokens(options, std::move(signer), std::move(verifier),
                      std::move(published), random);
}

AccessTokens::AccessTokens(const ServiceOptions& options, JwtSigner signer,
                           JwtVerifier verifier, std::string key_set_json,
                           RandomSource* random)
    : issuer_(options.issuer),
      audience_(options.audience.empty() ? options.issuer : options.audience),
      lifetime_(options.access_lifetime),
      signer_(std::move(signer)),
      verifier_(std::move(verifier)),
      key_set_json_(std::move(key_set_json)),
      random_(random) {}

Result<std::string> AccessTokens::Issue(const Account& account,
                                        const Session& session,
                                        WallTime now) const {
  CLONE_AUTH_TRY_ASSIGN(const Uuid id, Uuid::Generate(*random_));
  JwtClaims claims;
  claims.issuer = issuer_;
  claims.subject = account.id.ToString();
  claims.audience = {audience_};
  claims.issued_at = now;
  // A session in its last second still gets a token that is one second long.
  claims.expires_at = std::max(std::min(now + lifetime_, session.expires_at),
                               now + std::chrono::seconds(1));
  claims.jwt_id = id.ToString();
  claims.more = {Text("sid", session.id.ToString()),
                 JsonMember{"gen", JsonValue(account.generation)},
                 Text("org", account.organization.ToString()),
                 Text("role", account.role), Text("scope", kScope)};
  return signer_.Sign(claims);
}

}  // namespace clone_auth::service

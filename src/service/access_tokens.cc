#include "service/access_tokens.h"

#include <algorithm>
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
      // A retired signing key stays published for as long as access tokens
      // live, so nothing that it signed may live longer.
      exchanged_lifetime_(
          std::min(options.exchanged_lifetime, options.access_lifetime)),
      clock_skew_(options.clock_skew),
      keys_(keys),
      verifier_(std::move(verifier)),
      random_(random) {}

Result<AccessTokens::Draft> AccessTokens::Begin(const Account& account,
                                                const Uuid& holder,
                                                WallTime now,
                                                WallTime end) const {
  CLONE_AUTH_TRY_ASSIGN(const Uuid id, Uuid::Generate(*random_));
  Draft draft;
  draft.published = keys_->Published();
  draft.signing = SigningAt(draft.published->plan, now);
  // Bites where the clock was set back and a retired key signs again.
  if (const auto leaves_at = draft.published->plan[draft.signing].leaves_at) {
    end = std::min(end, *leaves_at - clock_skew_);
  }
  JwtClaims& claims = draft.claims;
  claims.issuer = issuer_;
  claims.subject = account.id.ToString();
  claims.audience = {audience_};
  claims.issued_at = now;
  claims.expires_at = end;
  claims.jwt_id = id.ToString();
  claims.more = {Text("sid", holder.ToString()),
                 JsonMember{"gen", JsonValue(account.generation)},
                 Text("org", account.organization.ToString())};
  return draft;
}

Result<std::string> AccessTokens::Issue(const Account& account,
                                        const Session& session,
                                        WallTime now) const {
  CLONE_AUTH_TRY_ASSIGN(Draft draft,
                        Begin(account, session.id, now,
                              std::min(now + lifetime_, session.expires_at)));
  JwtClaims& claims = draft.claims;
  // A session in its last second still gets a token that is one second long.
  claims.expires_at =
      std::max(claims.expires_at, now + std::chrono::seconds(1));
  claims.more.push_back(Text("role", account.role));
  claims.more.push_back(Text("scope", kScope));
  return draft.published->signers[draft.signing].Sign(claims);
}

Result<AccessTokens::Exchanged> AccessTokens::IssueFor(
    const VerifiedApiKey& key, const Account& owner, const std::string& scope,
    WallTime now) const {
  WallTime end = now + exchanged_lifetime_;
  if (key.expires_at().has_value()) end = std::min(end, *key.expires_at());
  CLONE_AUTH_TRY_ASSIGN(Draft draft, Begin(owner, key.id(), now, end));
  JwtClaims& claims = draft.claims;
  Exchanged made;
  made.lifetime = ToUnixSeconds(claims.expires_at) - ToUnixSeconds(now);
  if (made.lifetime < std::chrono::seconds(1)) {
    return Status(Reason::kKeyExpired);
  }
  // No role: what a key may do are its permissions alone.
  claims.more.push_back(
      Text("key_scope", key.scope() == ApiKeyScope::kUser ? "user" : "org"));
  claims.more.push_back(Text("scope", scope));
  CLONE_AUTH_TRY_ASSIGN(made.token,
                        draft.published->signers[draft.signing].Sign(claims));
  return made;
}

}  // namespace clone_auth::service

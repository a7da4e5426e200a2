#include "testing/access_tokens.h"

#include <utility>

#include "clone/json.h"

namespace clone_auth::testing {

Result<std::unique_ptr<AccessTokens>> AccessTokens::Create(
    std::string issuer, std::string audience) {
  auto key = JwtSigningKey::Generate(JwtAlgorithm::kEs256);
  if (!key.ok()) return std::move(key).status();
  auto signer = JwtSigner::Create(*key);
  if (!signer.ok()) return std::move(signer).status();
  auto keys = JwkSet::Of({&key.value()});
  if (!keys.ok()) return std::move(keys).status();
  auto tokens = std::unique_ptr<AccessTokens>(
      new AccessTokens(std::move(issuer), std::move(audience),
                       std::move(signer).value(), keys->ToPublicJson()));
  JwtPolicy policy;
  policy.algorithms = {JwtAlgorithm::kEs256};
  policy.issuers = {tokens->issuer_};
  policy.audiences = {tokens->audience_};
  policy.clock_skew = std::chrono::seconds(0);
  auto verifier = JwtVerifier::Create(std::move(policy),
                                      std::move(keys).value(), &tokens->clock_);
  if (!verifier.ok()) return std::move(verifier).status();
  tokens->verifier_ =
      std::make_unique<JwtVerifier>(std::move(verifier).value());
  return tokens;
}

AccessTokens::AccessTokens(std::string issuer, std::string audience,
                           JwtSigner signer, std::string public_keys)
    : issuer_(std::move(issuer)),
      audience_(std::move(audience)),
      public_keys_(std::move(public_keys)),
      signer_(std::move(signer)) {}

Result<std::string> AccessTokens::Issue(const AccessClaims& claims,
                                        WallTime now) {
  const std::int64_t issued_at = ToUnixSeconds(now).count();
  JsonWriter json;
  json.BeginObject();
  json.Name("iss").String(issuer_).Name("sub").String(claims.subject);
  json.Name("aud").String(audience_);
  json.Name("iat").Int(issued_at);
  json.Name("exp").Int(issued_at + claims.lifetime.count());
  json.Name("jti").String(std::to_string(++serial_));
  json.Name("sid").String(std::to_string(claims.family));
  // Not from JwtClaims: that refuses to sign what has expired already.
  return signer_.SignJson(json.EndObject().Take());
}

Result<AccessTokens::Holder> AccessTokens::Check(std::string_view token,
                                                 WallTime now) {
  clock_.Set(now);
  const auto verified = verifier_->Verify(token);
  if (!verified.ok()) return verified.status();
  // The signature is ours, and so is the form of what it covers.
  const auto session = verified->Claim("sid");
  return Holder{std::string(verified->subject()),
                std::stoul(*session->AsString())};
}

}  // namespace clone_auth::testing

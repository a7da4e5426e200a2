#include <chrono>
#include <utility>

#include "answer.h"
#include "clone/jwt.h"
#include "engine.h"

namespace jwt_lines {
namespace {

using clone_auth::Clock;
using clone_auth::FromUnixSeconds;
using clone_auth::JwkSet;
using clone_auth::JwkTrust;
using clone_auth::JwtAlgorithm;
using clone_auth::JwtPolicy;
using clone_auth::JwtSigner;
using clone_auth::JwtSigningKey;
using clone_auth::JwtVerifier;
using clone_auth::ParseJwtAlgorithm;
using clone_auth::Result;
using clone_auth::Status;
using clone_auth::SystemClock;
using clone_auth::WallTime;

class FixedClock : public Clock {
 public:
  explicit FixedClock(std::int64_t seconds)
      : now_(FromUnixSeconds(std::chrono::seconds(seconds))) {}

  WallTime Now() const override { return now_; }
  std::chrono::nanoseconds SinceBoot() const override { return {}; }
  void SleepFor(std::chrono::nanoseconds) const override {}

 private:
  WallTime now_;
};

std::string Refused(const Status& status) {
  return jwt_lines::Refused(status.word(), status.message());
}

void Apply(const Check& check, std::vector<std::string>& list,
           bool& allow_any) {
  allow_any = check.off;
  if (check.value.has_value()) list = {*check.value};
}

// A name that is not known allows no token, so it is left out where there is
// another one.
Result<JwtPolicy> PolicyOf(const VerifyRequest& request) {
  JwtPolicy policy;
  for (const std::string& name : request.algorithms) {
    const auto algorithm = ParseJwtAlgorithm(name);
    if (algorithm.ok()) {
      policy.algorithms.push_back(*algorithm);
    } else if (&name == &request.algorithms.back() &&
               policy.algorithms.empty()) {
      return algorithm.status();
    }
  }
  Apply(request.issuer, policy.issuers, policy.allow_any_issuer);
  Apply(request.audience, policy.audiences, policy.allow_any_audience);
  Apply(request.type, policy.types, policy.allow_any_type);
  if (request.skew.has_value()) {
    policy.clock_skew = std::chrono::seconds(*request.skew);
  }
  return policy;
}

Result<JwtSigner> SignerOf(const JwtSigningKey& key, const Check& type) {
  if (type.off) return JwtSigner::CreateUntyped(key);
  return type.value.has_value() ? JwtSigner::Create(key, *type.value)
                                : JwtSigner::Create(key);
}

class CppEngine : public Engine {
 public:
  std::string Verify(const VerifyRequest& request) const override {
    auto policy = PolicyOf(request);
    if (!policy.ok()) return Refused(policy.status());
    auto keys = JwkSet::Parse(request.keys, JwkTrust::kLocal);
    if (!keys.ok()) return Refused(keys.status());
    const FixedClock fixed(request.now.value_or(0));
    const Clock& clock = request.now.has_value()
                             ? static_cast<const Clock&>(fixed)
                             : SystemClock();
    const auto verifier =
        JwtVerifier::Create(*std::move(policy), *std::move(keys), &clock);
    if (!verifier.ok()) return Refused(verifier.status());
    const auto jwt = verifier->Verify(request.token);
    return jwt.ok() ? Accepted(jwt->claims_json()) : Refused(jwt.status());
  }

  std::string Sign(const SignRequest& request) const override {
    const auto algorithm = ParseJwtAlgorithm(request.algorithm);
    if (!algorithm.ok()) return Refused(algorithm.status());
    const auto key = JwtSigningKey::Generate(*algorithm, request.key_id);
    if (!key.ok()) return Refused(key.status());
    const auto signer = SignerOf(*key, request.type);
    if (!signer.ok()) return Refused(signer.status());
    const auto token = signer->SignJson(request.claims);
    if (!token.ok()) return Refused(token.status());
    const std::string jwk = key->ToPublicJwk();
    return Signed(*token, jwk.empty() ? key->ToJwk().Reveal() : jwk);
  }
};

}  // namespace

std::unique_ptr<const Engine> MakeCppEngine() {
  return std::make_unique<const CppEngine>();
}

}  // namespace jwt_lines

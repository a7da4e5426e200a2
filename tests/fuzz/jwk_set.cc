// A key set of ours, the same from elsewhere, and a private key.

#include <array>
#include <string>

#include "clone/jwk.h"
#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "fuzz/target.h"
#include "fuzz/tree.h"

namespace clone_auth::fuzz {
namespace {

// RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1.
constexpr std::array kPrivate = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};

void CheckPublished(const std::string& json, std::size_t most) {
  const JsonValue tree = JsonValue::Parse(json, {1024 * 1024, 32}).value();
  const auto& keys = *tree.Find("keys")->AsArray();
  Require(keys.size() <= most, "no key is published that was not read");
  for (const JsonValue& key : keys) {
    for (const char* name : kPrivate) {
      Require(key.Find(name) == nullptr, "nothing private is published");
    }
  }
  const auto again = JwkSet::Parse(json, JwkTrust::kRemote);
  Require(again.ok() && again->size() == keys.size() && again->skipped() == 0,
          "every key that is published can be read");
  Require(again->ToPublicJson() == json, "a key set has one public form");
}

void CheckSet(std::string_view input) {
  const auto ours = JwkSet::Parse(input, JwkTrust::kLocal);
  const auto theirs = JwkSet::Parse(input, JwkTrust::kRemote);
  // A symmetric key can only spoil the set in which it counts.
  Require(theirs.ok() || !ours.ok(), "what is ours can come from elsewhere");
  if (!theirs.ok()) return;
  CheckPublished(theirs->ToPublicJson(), theirs->size());
  if (!ours.ok()) return;
  Require(
      ours->size() >= theirs->size() &&
          ours->size() + ours->skipped() == theirs->size() + theirs->skipped(),
      "each key is read or skipped, and ours are at least as many");
  Require(ours->ToPublicJson() == theirs->ToPublicJson(),
          "both sets publish the same");
}

void CheckSigns(const JwtSigningKey& key) {
  static const testing::FakeClock clock;
  JwtClaims claims;
  claims.issuer = "i";
  claims.audience = {"a"};
  claims.issued_at = clock.Now();
  claims.expires_at = clock.Now() + std::chrono::hours(1);
  const auto token = JwtSigner::Create(key)->Sign(claims);
  // A `kid` may be as long as the header of no token.
  if (!token.ok()) {
    Require(token.status().reason() == Reason::kInvalidArgument,
            "a key that was read signs");
    return;
  }
  JwtPolicy policy;
  policy.algorithms = {key.algorithm()};
  policy.issuers = {"i"};
  policy.audiences = {"a"};
  const auto verifier =
      JwtVerifier::Create(policy, JwkSet::Of({&key}).value(), &clock);
  Require(verifier->Verify(*token).ok(), "what a key signs it verifies");
}

void CheckSigningKey(const Secret& input) {
  const auto key = JwtSigningKey::FromJwk(input);
  if (!key.ok()) return;
  const Secret jwk = key->ToJwk();
  const auto again = JwtSigningKey::FromJwk(jwk);
  Require(again.ok() && again->key_id() == key->key_id() &&
              again->algorithm() == key->algorithm() &&
              ConstantTimeEquals(again->ToJwk(), jwk),
          "a private key that is written is read as the same");
  const std::string shown = key->ToPublicJwk();
  if (!shown.empty()) CheckPublished(R"({"keys":[)" + shown + "]}", 1);
  CheckSigns(*key);
}

}  // namespace

void Run(std::string_view input) {
  CheckSet(input);
  CheckSigningKey(Secret::CopyOf(input));
}

}  // namespace clone_auth::fuzz

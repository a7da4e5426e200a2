#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clone/api_key.h"
#include "clone/api_key_store.h"
#include "clone/api_key_verifier.h"
#include "clone/authenticator.h"
#include "clone/jwk.h"
#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "support/scheme.h"

namespace clone_auth::testing {

inline constexpr char kSubject[] = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0001";
inline constexpr char kSession[] = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0002";
inline constexpr char kOrganization[] = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0003";
inline constexpr char kKeyId[] = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0004";

inline Uuid ToUuid(const char* text) { return Uuid::Parse(text).value(); }

/// Says what it is told to, and remembers what it was asked.
class FakeAccess final : public AccessState {
 public:
  Status CheckToken(const Uuid& subject, const Uuid& session,
                    std::int64_t generation) const override {
    ++asked;
    last_subject = subject;
    last_session = session;
    last_generation = generation;
    return answer;
  }
  Status CheckKey(const VerifiedApiKey& key) const override {
    ++asked;
    last_subject = key.owner();
    return answer;
  }
  Status CheckExchangedToken(const Uuid& subject, const Uuid& key,
                             std::int64_t generation) const override {
    ++asked_of_exchanged;
    last_subject = subject;
    last_key = key;
    last_generation = generation;
    return answer;
  }

  Status answer;
  mutable int asked = 0;
  mutable int asked_of_exchanged = 0;
  mutable Uuid last_subject;
  mutable Uuid last_session;
  mutable Uuid last_key;
  mutable std::int64_t last_generation = 0;
};

/// A store that cannot answer.
class BrokenStore final : public ApiKeyStore {
 public:
  Result<std::optional<ApiKeyMatch>> Find(const ApiKeyDigest&) const override {
    return Status(Reason::kStoreUnavailable);
  }
};

/// A signer, a verifier of each shape and an authenticator over them, with one
/// API key in the store.
struct AuthWorld {
  AuthWorld() {
    ApiKeyRecord record;
    record.id = ToUuid(kKeyId);
    record.owner = ToUuid(kSubject);
    record.organization = ToUuid(kOrganization);
    record.digest = DigestApiKey(key);
    record.permissions = std::make_shared<const std::vector<std::string>>(
        std::vector<std::string>{"keys", "readwrite"});
    (void)store.Insert(record);
  }

  JwtVerifier MakeTokenVerifier() {
    JwtPolicy policy;
    policy.algorithms = {JwtAlgorithm::kEdDsa};
    policy.issuers = {"https://issuer.example"};
    policy.audiences = {"https://api.example"};
    return JwtVerifier::Create(policy, JwkSet::Of({&signing_key}).value(),
                               &clock)
        .value();
  }

  std::string NewKey() {
    return std::string(
        GenerateApiKey(scheme, ApiKeyKind::kUser, random)->text.Reveal());
  }

  /// The private claims of a good access token.
  static JsonValue::Object GoodClaims() {
    return {{"sid", JsonValue(std::string(kSession))},
            {"gen", JsonValue(std::int64_t{3})},
            {"org", JsonValue(std::string(kOrganization))},
            {"role", JsonValue(std::string("admin"))},
            {"scope", JsonValue(std::string("pull readwrite"))}};
  }

  /// Those of a token that the key was exchanged for.
  static JsonValue::Object ExchangedClaims() {
    return {{"sid", JsonValue(std::string(kKeyId))},
            {"gen", JsonValue(std::int64_t{3})},
            {"org", JsonValue(std::string(kOrganization))},
            {"key_scope", JsonValue(std::string("org"))},
            {"scope", JsonValue(std::string("pull readwrite"))}};
  }

  /// A signed access token; `claims` are its private ones.
  std::string Token(JsonValue::Object claims = GoodClaims(),
                    std::string subject = kSubject) const {
    JwtClaims all;
    all.issuer = "https://issuer.example";
    all.subject = std::move(subject);
    all.audience = {"https://api.example"};
    all.issued_at = clock.Now();
    all.expires_at = clock.Now() + std::chrono::hours(1);
    all.jwt_id = "1";
    all.more = std::move(claims);
    return JwtSigner::Create(signing_key)->Sign(all).value();
  }

  AuthenticatorOptions Options() const {
    AuthenticatorOptions options;
    options.scheme = scheme;
    options.tokens = &tokens;
    options.keys = &keys;
    options.access = &access;
    return options;
  }

  Result<Principal> Authenticate(const HttpHeaders& headers) const {
    return Authenticator::Create(Options())->Authenticate(headers);
  }

  Reason Refusal(const HttpHeaders& headers) const {
    return Authenticate(headers).status().reason();
  }

  ApiKeyScheme scheme = TestScheme();
  FakeClock clock;
  FakeRandom random;
  FakeAccess access;
  JwtSigningKey signing_key =
      JwtSigningKey::Generate(JwtAlgorithm::kEdDsa).value();
  JwtVerifier tokens = MakeTokenVerifier();
  InMemoryApiKeyStore store;
  ApiKeyVerifier keys = ApiKeyVerifier::Create(scheme, &store, &clock).value();
  std::string key = NewKey();
};

}  // namespace clone_auth::testing

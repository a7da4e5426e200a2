// Credentials of another system, where an authenticator is told to take them.

#include "clone/foreign_credentials.h"

#include <gtest/gtest.h>

#include <string>

#include "clone/api_key_digest.h"
#include "unit/auth/auth_world.h"

namespace clone_auth {
namespace {

using testing::AuthWorld;
using testing::kSubject;
using testing::ToUuid;

constexpr char kForeignKey[] = "Zq3vB8kM.0123456789abcdefghijklmnopqrstuv";
constexpr char kUnkey[] = "sk_3ZaQx9YvTTTTTTTT";

class FormerIssuer final : public ForeignTokens {
 public:
  Result<ForeignHolder> Check(std::string_view) const override {
    ++asked;
    if (!answer.ok()) return answer;
    ForeignHolder holder;
    holder.subject = ToUuid(kSubject);
    holder.scope = "keys";
    return holder;
  }
  Status answer;
  mutable int asked = 0;
};

struct ForeignWorld : AuthWorld {
  ForeignWorld() {
    Insert(kForeignKey, 1);
    Insert(kUnkey, 2);
  }

  void Insert(std::string_view text, std::uint8_t n) {
    ApiKeyRecord record;
    record.id.bytes[0] = n;
    record.owner = ToUuid(kSubject);
    record.digest = DigestApiKey(text);
    EXPECT_TRUE(store.Insert(record).ok());
  }

  static ForeignKeyShapes AllShapes() {
    return {{"Api-Key", "Token"}, true, {"sk_"}};
  }

  Reason Ask(const HttpHeaders& headers, ForeignKeyShapes shapes) const {
    AuthenticatorOptions options = Options();
    options.foreign_keys = std::move(shapes);
    options.foreign_tokens = &issuer;
    const auto made = Authenticator::Create(std::move(options));
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    return made->Authenticate(headers).status().reason();
  }

  std::string Hs256Token() const {
    const auto shared = JwtSigningKey::FromSharedSecret(
        Secret::CopyOf(std::string(32, 'd')), "");
    JwtClaims claims;
    claims.issued_at = clock.Now();
    claims.expires_at = clock.Now() + std::chrono::minutes(5);
    return JwtSigner::Create(*shared, "JWT")->Sign(claims).value();
  }

  FormerIssuer issuer;
};

TEST(ForeignCredentials, AKeyOfAnotherSystemIsTakenWhereItsShapeIs) {
  const ForeignWorld world;
  const ForeignKeyShapes all = ForeignWorld::AllShapes();
  const std::string key = kForeignKey;
  EXPECT_EQ(world.Ask({{"Authorization", "Api-Key " + key}}, all),
            Reason::kNone);
  EXPECT_EQ(world.Ask({{"authorization", "api-key " + key}}, all),
            Reason::kNone);
  EXPECT_EQ(world.Ask({{"Authorization", "Token " + key}}, all), Reason::kNone);
  EXPECT_EQ(world.Ask({{world.scheme.header, key}}, all), Reason::kNone);
  EXPECT_EQ(
      world.Ask({{"Authorization", std::string("Bearer ") + kUnkey}}, all),
      Reason::kNone);
}

TEST(ForeignCredentials, NoneIsTakenUnlessItsShapeIsNamed) {
  const ForeignWorld world;
  const std::string key = kForeignKey;
  EXPECT_EQ(world.Ask({{"Authorization", "Api-Key " + key}}, {}),
            Reason::kCredentialMissing);
  EXPECT_EQ(world.Ask({{world.scheme.header, key}}, {}), Reason::kKeyMalformed);
  EXPECT_NE(world.Ask({{"Authorization", std::string("Bearer ") + kUnkey}}, {}),
            Reason::kNone);
}

TEST(ForeignCredentials, K13_AForeignSchemeCountsAsACredential) {
  const ForeignWorld world;
  const std::string key = kForeignKey;
  for (const HttpHeader& other :
       {HttpHeader{world.scheme.header, world.key},
        HttpHeader{"Authorization", "Bearer " + world.Token()},
        HttpHeader{"Authorization", "Token " + key},
        HttpHeader{"Authorization", "Api-Key"}}) {
    EXPECT_EQ(world.Ask({{"Authorization", "Api-Key " + key}, other},
                        ForeignWorld::AllShapes()),
              Reason::kMultipleCredentials)
        << other.value;
  }
}

TEST(ForeignCredentials, K17_AJwtInTheKeyHeaderIsStillNoKey) {
  const ForeignWorld world;
  EXPECT_EQ(world.Ask({{world.scheme.header, world.Token()}},
                      ForeignWorld::AllShapes()),
            Reason::kKeyMalformed);
}

TEST(ForeignCredentials, AKeyOfOursIsReadAsOursWhereverItStands) {
  ForeignWorld world;
  const ForeignKeyShapes all = ForeignWorld::AllShapes();
  EXPECT_EQ(world.Ask({{"Authorization", "Api-Key " + world.key}}, all),
            Reason::kNone);
  std::string altered = world.key;
  altered.back() = altered.back() == 'a' ? 'b' : 'a';
  EXPECT_EQ(world.Ask({{"Authorization", "Api-Key " + altered}}, all),
            Reason::kKeyUnknown);
}

TEST(ForeignCredentials, K18_WhatIsTooShortOrTooLongIsNotLookedUp) {
  const ForeignWorld world;
  for (const std::size_t size : {std::size_t{7}, std::size_t{257}}) {
    EXPECT_EQ(
        world.Ask({{"Authorization", "Api-Key " + std::string(size, 'a')}},
                  ForeignWorld::AllShapes()),
        Reason::kKeyMalformed);
  }
}

TEST(ForeignCredentials, SchemesThatMeanSomethingElseAreRefused) {
  const ForeignWorld world;
  for (const char* scheme : {"Bearer", "dpop", "BASIC", "", "Api Key"}) {
    AuthenticatorOptions options = world.Options();
    options.foreign_keys.schemes = {scheme};
    EXPECT_EQ(Authenticator::Create(std::move(options)).status().reason(),
              Reason::kInvalidArgument)
        << scheme;
  }
  AuthenticatorOptions options = world.Options();
  options.foreign_keys.bearer_prefixes = {""};
  EXPECT_FALSE(Authenticator::Create(std::move(options)).ok());
}

TEST(ForeignCredentials, TheFormerIssuerIsAskedAboutItsTokensAlone) {
  ForeignWorld world;
  EXPECT_EQ(world.Ask({{"Authorization", "Bearer " + world.Token()}}, {}),
            Reason::kNone);
  EXPECT_EQ(world.Ask({{"Authorization", "Bearer x.y.z"}}, {}),
            Reason::kTokenMalformed);
  EXPECT_EQ(world.issuer.asked, 0);
  const HttpHeaders former{{"Authorization", "Bearer " + world.Hs256Token()}};
  EXPECT_EQ(world.Ask(former, {}), Reason::kNone);
  world.issuer.answer = Status(Reason::kTokenExpired);
  EXPECT_EQ(world.Ask(former, {}), Reason::kTokenExpired);
  EXPECT_EQ(world.issuer.asked, 2);
  EXPECT_EQ(world.Refusal(former), Reason::kTokenAlgorithm);
}

}  // namespace
}  // namespace clone_auth

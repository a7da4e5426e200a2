#include "clone/authenticator.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/auth/auth_world.h"

namespace clone_auth {
namespace {

using testing::AuthWorld;
using testing::ToUuid;

TEST(AuthenticatorCreate, NeedsAValidSchemeAVerifierAndAnAccessState) {
  const AuthWorld world;
  AuthenticatorOptions options = world.Options();
  options.scheme.prefix = "Bad";
  EXPECT_EQ(Authenticator::Create(options).status().reason(),
            Reason::kSchemeInvalid);
  options = world.Options();
  options.access = nullptr;
  EXPECT_EQ(Authenticator::Create(options).status().reason(),
            Reason::kInvalidArgument);
  options = world.Options();
  options.tokens = nullptr;
  options.keys = nullptr;
  EXPECT_EQ(Authenticator::Create(options).status().reason(),
            Reason::kInvalidArgument);
}

TEST(AuthenticatorCreate, RefusesAKeyVerifierOfAnotherScheme) {
  const AuthWorld world;
  AuthenticatorOptions options = world.Options();
  options.scheme = {"other_", "X-Other-Key"};
  EXPECT_EQ(Authenticator::Create(options).status().reason(),
            Reason::kInvalidArgument);
}

TEST(AuthenticatorCreate, RefusesARealmThatCannotStandInAHeader) {
  const AuthWorld world;
  AuthenticatorOptions options = world.Options();
  for (const char* realm : {"a\r\nb", "caf\xc3\xa9", "\x7f"}) {
    options.realm = realm;
    EXPECT_EQ(Authenticator::Create(options).status().reason(),
              Reason::kInvalidArgument);
  }
}

TEST(Authenticator, AcceptsAnAccessTokenAndTellsWhoseItIs) {
  const AuthWorld world;
  const auto principal =
      world.Authenticate({{"Authorization", "Bearer " + world.Token()}});
  ASSERT_TRUE(principal.ok()) << principal.status().ToString();
  EXPECT_EQ(principal->kind(), CredentialKind::kBearer);
  EXPECT_EQ(principal->subject(), ToUuid(testing::kSubject));
  EXPECT_EQ(principal->session(), ToUuid(testing::kSession));
  EXPECT_EQ(principal->organization(), ToUuid(testing::kOrganization));
  EXPECT_EQ(principal->role(), "admin");
  EXPECT_EQ(principal->expires_at(), world.clock.Now() + std::chrono::hours(1));
  EXPECT_TRUE(principal->key_id().IsNil());
}

TEST(Authenticator, AcceptsAnApiKeyAndTellsWhoseItIs) {
  const AuthWorld world;
  const auto principal = world.Authenticate({{world.scheme.header, world.key}});
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->kind(), CredentialKind::kApiKey);
  EXPECT_EQ(principal->subject(), ToUuid(testing::kSubject));
  EXPECT_EQ(principal->organization(), ToUuid(testing::kOrganization));
  EXPECT_EQ(principal->key_id(), ToUuid(testing::kKeyId));
  EXPECT_EQ(principal->scope(), ApiKeyScope::kUser);
  EXPECT_EQ(principal->role(), "");
  EXPECT_TRUE(principal->session().IsNil());
}

TEST(Authenticator, K17_AcceptsAKeyAsBearer) {
  const AuthWorld world;
  const auto principal =
      world.Authenticate({{"Authorization", "Bearer " + world.key}});
  ASSERT_TRUE(principal.ok());
  EXPECT_EQ(principal->kind(), CredentialKind::kApiKey);
}

TEST(Authenticator, K17_RefusesATokenInTheKeyHeader) {
  const AuthWorld world;
  EXPECT_EQ(world.Refusal({{world.scheme.header, world.Token()}}),
            Reason::kKeyMalformed);
}

TEST(Authenticator, SaysOfAKeyWhatItsVerifierSays) {
  AuthWorld world;
  EXPECT_EQ(world.Refusal({{world.scheme.header, world.NewKey()}}),
            Reason::kKeyUnknown);
  ASSERT_TRUE(
      world.store.SetExpiry(ToUuid(testing::kKeyId), world.clock.Now()).ok());
  EXPECT_EQ(world.Refusal({{world.scheme.header, world.key}}),
            Reason::kKeyExpired);
  ASSERT_TRUE(
      world.store.Revoke(ToUuid(testing::kKeyId), world.clock.Now()).ok());
  EXPECT_EQ(world.Refusal({{world.scheme.header, world.key}}),
            Reason::kKeyRevoked);
  EXPECT_EQ(world.access.asked, 0);
}

TEST(Authenticator, SaysOfATokenWhatItsVerifierSays) {
  const AuthWorld world;
  const std::string token = world.Token();
  EXPECT_EQ(world.Refusal({{"Authorization", "Bearer x.y"}}),
            Reason::kTokenMalformed);
  world.clock.Advance(std::chrono::hours(2));
  EXPECT_EQ(world.Refusal({{"Authorization", "Bearer " + token}}),
            Reason::kTokenExpired);
  EXPECT_EQ(world.access.asked, 0);
}

TEST(Authenticator, AsksTheAccessStateOnEveryRequest) {
  AuthWorld world;
  const HttpHeaders token = {{"Authorization", "Bearer " + world.Token()}};
  const HttpHeaders key = {{world.scheme.header, world.key}};
  const auto authenticator = Authenticator::Create(world.Options());
  for (int i = 1; i <= 3; ++i) {
    EXPECT_TRUE(authenticator->Authenticate(token).ok());
    EXPECT_TRUE(authenticator->Authenticate(key).ok());
    EXPECT_EQ(world.access.asked, 2 * i);
  }
  EXPECT_EQ(world.access.last_subject, ToUuid(testing::kSubject));
  EXPECT_EQ(world.access.last_session, ToUuid(testing::kSession));
  EXPECT_EQ(world.access.last_generation, 3);
}

TEST(Authenticator, K22_WhatTheAccessStateRefusesIsRefused) {
  AuthWorld world;
  for (const Reason reason : {Reason::kTokenRevoked, Reason::kAccountDisabled,
                              Reason::kStoreUnavailable}) {
    world.access.answer = Status(reason);
    EXPECT_EQ(world.Refusal({{"Authorization", "Bearer " + world.Token()}}),
              reason);
    EXPECT_EQ(world.Refusal({{world.scheme.header, world.key}}), reason);
  }
}

TEST(Authenticator, AShapeWithoutAVerifierIsUnknown) {
  const AuthWorld world;
  const HttpHeaders token = {{"Authorization", "Bearer " + world.Token()}};
  const HttpHeaders key = {{world.scheme.header, world.key}};
  AuthenticatorOptions options = world.Options();
  options.keys = nullptr;
  const auto tokens_only = Authenticator::Create(options);
  EXPECT_TRUE(tokens_only->Authenticate(token).ok());
  EXPECT_EQ(tokens_only->Authenticate(key).status().reason(),
            Reason::kKeyUnknown);
  options = world.Options();
  options.tokens = nullptr;
  const auto keys_only = Authenticator::Create(options);
  EXPECT_TRUE(keys_only->Authenticate(key).ok());
  EXPECT_EQ(keys_only->Authenticate(token).status().reason(),
            Reason::kTokenKeyUnknown);
}

TEST(Authenticator, AStoreThatCannotAnswerIsNeverARefusal) {
  const AuthWorld world;
  const testing::BrokenStore broken;
  const auto keys = ApiKeyVerifier::Create(world.scheme, &broken, &world.clock);
  AuthenticatorOptions options = world.Options();
  options.keys = &*keys;
  const auto refused = Authenticator::Create(options)->Authenticate(
      {{world.scheme.header, world.key}});
  EXPECT_EQ(refused.status().reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(Authenticator::HttpStatusOf(refused.status()), 503);
}

TEST(Principal, K24_APermissionIsTheWholeNameForBothShapes) {
  const AuthWorld world;
  for (const HttpHeaders& headers :
       {HttpHeaders{{world.scheme.header, world.key}},
        HttpHeaders{{"Authorization", "Bearer " + world.Token()}}}) {
    const auto principal = world.Authenticate(headers);
    ASSERT_TRUE(principal.ok());
    EXPECT_TRUE(principal->HasPermission("readwrite"));
    for (const char* other : {"read", "write", "readwrit", "readwrite2",
                              "READWRITE", "", " ", "push"}) {
      EXPECT_FALSE(principal->HasPermission(other)) << other;
    }
  }
}

}  // namespace
}  // namespace clone_auth

// An authenticator that remembers tokens asks the access state all the same.

#include "gtest/gtest.h"
#include "unit/auth/auth_world.h"

namespace clone_auth {
namespace {

using testing::AuthWorld;
using testing::kSubject;
using testing::ToUuid;

class CachingAuthenticator : public ::testing::Test {
 protected:
  static Authenticator Make(const AuthWorld& world) {
    AuthenticatorOptions options = world.Options();
    options.token_cache.emplace();
    return Authenticator::Create(options).value();
  }

  static HttpHeaders Bearer(const std::string& token) {
    return {{"Authorization", "Bearer " + token}};
  }

  AuthWorld world_;
  Authenticator authenticator_ = Make(world_);
};

TEST_F(CachingAuthenticator, SaysTheSameOfARememberedToken) {
  const HttpHeaders request = Bearer(world_.Token());
  const auto first = authenticator_.Authenticate(request);
  const auto second = authenticator_.Authenticate(request);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->kind(), CredentialKind::kBearer);
  EXPECT_EQ(second->subject(), first->subject());
  EXPECT_EQ(second->session(), first->session());
  EXPECT_EQ(second->organization(), first->organization());
  EXPECT_EQ(second->role(), first->role());
  EXPECT_EQ(second->expires_at(), first->expires_at());
  EXPECT_TRUE(second->HasPermission("readwrite"));
  EXPECT_FALSE(second->HasPermission("read"));
}

TEST_F(CachingAuthenticator, AsksTheAccessStateEveryTime) {
  const HttpHeaders request = Bearer(world_.Token());
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(authenticator_.Authenticate(request).ok());
    EXPECT_EQ(world_.access.asked, i);
    EXPECT_EQ(world_.access.last_generation, 3);
    EXPECT_EQ(world_.access.last_subject, ToUuid(kSubject));
    EXPECT_EQ(world_.access.last_session, ToUuid(testing::kSession));
  }
  world_.access.answer = Status(Reason::kTokenRevoked);
  EXPECT_EQ(authenticator_.Authenticate(request).status().reason(),
            Reason::kTokenRevoked);
  world_.access.answer = Status(Reason::kStoreUnavailable);
  EXPECT_EQ(authenticator_.Authenticate(request).status().reason(),
            Reason::kStoreUnavailable);
}

TEST_F(CachingAuthenticator, ARefusedTokenIsNotRememberedAsGood) {
  world_.access.answer = Status(Reason::kTokenRevoked);
  const HttpHeaders request = Bearer(world_.Token());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(authenticator_.Authenticate(request).status().reason(),
              Reason::kTokenRevoked);
  }
}

TEST_F(CachingAuthenticator, ChecksTheTimesOfARememberedToken) {
  const HttpHeaders request = Bearer(world_.Token());
  ASSERT_TRUE(authenticator_.Authenticate(request).ok());
  world_.clock.Step(std::chrono::hours(2));
  EXPECT_EQ(authenticator_.Authenticate(request).status().reason(),
            Reason::kTokenExpired);
}

TEST_F(CachingAuthenticator, OnePersonsEndTouchesNobodyElsesToken) {
  constexpr char kOther[] = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0009";
  const HttpHeaders mine = Bearer(world_.Token());
  const HttpHeaders other =
      Bearer(world_.Token(AuthWorld::GoodClaims(), kOther));
  ASSERT_TRUE(authenticator_.Authenticate(mine).ok());
  ASSERT_TRUE(authenticator_.Authenticate(other).ok());
  world_.access.answer = Status(Reason::kTokenRevoked);
  EXPECT_FALSE(authenticator_.Authenticate(mine).ok());
  world_.access.answer = Status();
  const auto again = authenticator_.Authenticate(other);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->subject(), ToUuid(kOther));
}

TEST_F(CachingAuthenticator, NeedsAVerifierOfTokensForItsCache) {
  AuthenticatorOptions options = world_.Options();
  options.tokens = nullptr;
  options.token_cache.emplace();
  EXPECT_EQ(Authenticator::Create(options).status().reason(),
            Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth

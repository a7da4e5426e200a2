// What is asked for, and how the code is exchanged.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "clone/authorization_code.h"
#include "oauth/pkce.h"
#include "unit/oauth/authorization_code_fixture.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using testing::AuthorizationCodeTest;
using ::testing::HasSubstr;
using testing::kNow;
using ::testing::Not;
using testing::ParameterOf;
using testing::PlainTokens;
using testing::Request;
using testing::ServerKey;
using ::testing::StartsWith;

TEST_F(AuthorizationCodeTest, TheUrlAsksForACodeByTheStandardsParameters) {
  AuthorizationCodeOptions request = Request("openid offline_access");
  request.prompt = "consent";
  request.login_hint = "me@a.example";
  request.max_age = seconds(0);
  const AuthorizationCodeGrant grant = Grant(request);
  const std::string& url = grant.authorization_url();
  EXPECT_THAT(url, StartsWith("https://auth.example/authorize?"
                              "response_type=code&client_id=app&"));
  EXPECT_EQ(ParameterOf(url, "redirect_uri"), request.redirect_uri);
  EXPECT_EQ(ParameterOf(url, "scope"), "openid offline_access");
  EXPECT_EQ(ParameterOf(url, "state").size(), 43u);
  EXPECT_EQ(ParameterOf(url, "nonce").size(), 43u);
  EXPECT_EQ(ParameterOf(url, "code_challenge").size(), 43u);
  EXPECT_EQ(ParameterOf(url, "code_challenge_method"), "S256");
  EXPECT_EQ(ParameterOf(url, "resource"), "https://api.example/");
  EXPECT_EQ(ParameterOf(url, "prompt"), "consent");
  EXPECT_EQ(ParameterOf(url, "login_hint"), "me@a.example");
  EXPECT_EQ(ParameterOf(url, "max_age"), "0");
}

TEST_F(AuthorizationCodeTest, WhatIsNotAskedForIsNotInTheUrl) {
  const std::string url = Grant().authorization_url();
  for (const char* name : {"nonce=", "prompt=", "login_hint=", "max_age="}) {
    EXPECT_THAT(url, Not(HasSubstr(name)));
  }
}

TEST_F(AuthorizationCodeTest, NoTwoSignInsShareASecret) {
  const AuthorizationCodeGrant a = Grant(Request("openid"));
  const AuthorizationCodeGrant b = Grant(Request("openid"));
  for (const char* name : {"state", "nonce", "code_challenge"}) {
    EXPECT_NE(ParameterOf(a.authorization_url(), name),
              ParameterOf(b.authorization_url(), name));
  }
}

TEST_F(AuthorizationCodeTest, O06_AServerThatDoesNotSayS256IsRefused) {
  const std::vector<std::string> cases[] = {{}, {"plain"}, {"s256"}, {"S512"}};
  for (const auto& methods : cases) {
    server_.code_challenge_methods_supported = methods;
    EXPECT_EQ(Refusal().reason(), Reason::kGrantUnsupported);
  }
}

TEST_F(AuthorizationCodeTest, AServerThatLacksWhatIsNeededIsRefused) {
  server_.jwks_uri.clear();
  EXPECT_EQ(Refusal(Request("read openid")).reason(),
            Reason::kGrantUnsupported);
  EXPECT_TRUE(Refusal(Request("read openid2")).ok());
  server_.authorization_endpoint += "#x";
  EXPECT_EQ(Refusal().reason(), Reason::kUrlMalformed);
  server_.authorization_endpoint.clear();
  EXPECT_EQ(Refusal().reason(), Reason::kGrantUnsupported);
}

TEST_F(AuthorizationCodeTest, OptionsOutOfRangeAreRefused) {
  const std::pair<const char*, Reason> redirects[] = {
      {"", Reason::kUrlMalformed},
      {"com.example.app:/callback", Reason::kUrlMalformed},
      {"http://app.example/callback", Reason::kInsecureUrl},
      {"https://app.example/callback?a=b", Reason::kInvalidArgument},
      {"https://app.example/callback#a", Reason::kInvalidArgument}};
  for (const auto& [redirect, reason] : redirects) {
    AuthorizationCodeOptions request = Request();
    request.redirect_uri = redirect;
    EXPECT_EQ(Refusal(request).reason(), reason) << redirect;
  }
  for (const int lifetime : {0, 3601}) {
    AuthorizationCodeOptions request = Request();
    request.lifetime = seconds(lifetime);
    EXPECT_EQ(Refusal(request).reason(), Reason::kInvalidArgument);
  }
  AuthorizationCodeOptions request = Request();
  request.max_age = seconds(-1);
  EXPECT_EQ(Refusal(request).reason(), Reason::kInvalidArgument);
}

TEST_F(AuthorizationCodeTest, WithoutRandomBytesThereIsNoSignIn) {
  random_.Fail();
  EXPECT_EQ(Refusal().reason(), Reason::kRandomUnavailable);
}

TEST_F(AuthorizationCodeTest, TheCodeIsSentWithTheSecretOfTheChallenge) {
  AuthorizationCodeGrant grant = Grant();
  EXPECT_TRUE(IsWaiting(grant));
  EXPECT_EQ(grant.Receive(Answer(grant)), Callback::kCode);
  const HttpRequest request = Sent(grant);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "https://auth.example/token");
  const std::string form = "?" + request.body;
  EXPECT_EQ(ParameterOf(form, "grant_type"), "authorization_code");
  EXPECT_EQ(ParameterOf(form, "code"), "c-1");
  EXPECT_EQ(ParameterOf(form, "client_id"), "app");
  EXPECT_EQ(ParameterOf(form, "resource"), "https://api.example/");
  EXPECT_EQ(ParameterOf(form, "redirect_uri"),
            "http://127.0.0.1:5000/callback");
  EXPECT_EQ(CodeChallengeS256(ParameterOf(form, "code_verifier")),
            ParameterOf(grant.authorization_url(), "code_challenge"));
}

TEST_F(AuthorizationCodeTest, ACodeWhoseAnswerWasLostIsNotSentAgain) {
  AuthorizationCodeGrant grant = Grant();
  grant.Receive(Answer(grant));
  EXPECT_NE(Sent(grant).body, "");
  const auto step = grant.Poll(kNow + seconds(700));
  ASSERT_TRUE(std::holds_alternative<OAuthFlow::WaitUntil>(step));
  EXPECT_EQ(std::get<OAuthFlow::WaitUntil>(step).until, WallTime::max());
  grant.Complete(Status(Reason::kConnectionLost), kNow);
  EXPECT_TRUE(IsDone(grant));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kConnectionLost);
}

TEST_F(AuthorizationCodeTest, ARefusedCodeEndsIt) {
  AuthorizationCodeGrant grant =
      Redeemed("read", {400,
                        {{"Content-Type", "application/json"}},
                        R"({"error":"invalid_grant"})"});
  EXPECT_TRUE(IsDone(grant));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kGrantInvalid);
}

TEST_F(AuthorizationCodeTest, WhoeverTakesTooLongIsNotWaitedFor) {
  AuthorizationCodeGrant grant = Grant();
  const auto step = grant.Poll(kNow);
  ASSERT_TRUE(std::holds_alternative<OAuthFlow::WaitUntil>(step));
  EXPECT_EQ(std::get<OAuthFlow::WaitUntil>(step).until, kNow + seconds(600));
  EXPECT_TRUE(IsWaiting(grant, kNow + seconds(599)));
  EXPECT_TRUE(IsDone(grant, kNow + seconds(600)));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kSignInExpired);
  EXPECT_EQ(grant.Receive(Answer(grant)), Callback::kStray);
}

TEST_F(AuthorizationCodeTest, ItCanBeGivenUpAtAnyTime) {
  AuthorizationCodeGrant grant = Grant();
  grant.Receive(Answer(grant));
  Sent(grant);
  grant.Abandon(Status(Reason::kCancelled));
  grant.Complete(PlainTokens(), kNow);
  EXPECT_TRUE(IsDone(grant));
  grant.Abandon(Status(Reason::kInternal));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kCancelled);
}

TEST_F(AuthorizationCodeTest, WithoutOpenidAnIdTokenIsNotLookedAt) {
  AuthorizationCodeGrant grant =
      Redeemed("read", ServerKey().Tokens(kNow, "another"));
  EXPECT_TRUE(IsDone(grant));
  const auto result = grant.Take();
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(result->answer.tokens.access.Reveal(), "granted");
  EXPECT_FALSE(result->id_token.has_value());
}

TEST_F(AuthorizationCodeTest, WithOpenidTheIdTokenIsCheckedWithTheServersKeys) {
  const ServerKey key;
  AuthorizationCodeGrant grant = Grant(Request("openid"));
  grant.Receive(Answer(grant));
  Sent(grant);
  grant.Complete(
      key.Tokens(kNow, ParameterOf(grant.authorization_url(), "nonce")), kNow);
  EXPECT_EQ(Sent(grant).target, "https://auth.example/jwks");
  EXPECT_TRUE(IsWaiting(grant));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kSignInPending);
  grant.Complete(key.Keys(), kNow);
  EXPECT_TRUE(IsDone(grant));
  const auto result = grant.Take();
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(result->id_token->subject(), "user-1");
}

TEST_F(AuthorizationCodeTest, O01_AnIdTokenOfAnotherSignInIsRefused) {
  const ServerKey key;
  AuthorizationCodeGrant grant = Redeemed("openid", key.Tokens(kNow, "n"));
  Sent(grant);
  grant.Complete(key.Keys(), kNow);
  EXPECT_TRUE(IsDone(grant));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kTokenClaim);
}

TEST_F(AuthorizationCodeTest, WithOpenidAMissingIdTokenIsRefused) {
  AuthorizationCodeGrant grant = Redeemed("a openid b", PlainTokens());
  EXPECT_TRUE(IsDone(grant));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kAnswerMalformed);
}

TEST_F(AuthorizationCodeTest, KeysThatCannotBeHadAreAskedForAgainForAMinute) {
  const ServerKey key;
  AuthorizationCodeGrant grant = Redeemed("openid", key.Tokens(kNow, "n"));
  int asked = 0;
  WallTime now = kNow;
  while (now < kNow + seconds(60)) {
    OAuthFlow::Step step = grant.Poll(now);
    if (std::holds_alternative<OAuthFlow::Send>(step)) {
      ++asked;
      grant.Complete(Status(Reason::kUnreachable), now);
      continue;
    }
    ASSERT_TRUE(std::holds_alternative<OAuthFlow::WaitUntil>(step));
    now = std::get<OAuthFlow::WaitUntil>(step).until;
    ASSERT_LE(now, kNow + seconds(60));
  }
  EXPECT_GE(asked, 4);
  EXPECT_TRUE(IsDone(grant, now));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kKeySetUnavailable);
}

}  // namespace
}  // namespace clone_auth

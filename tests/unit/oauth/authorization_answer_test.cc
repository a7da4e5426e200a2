// What a browser comes back with, and what is believed of it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "clone/authorization_code.h"
#include "unit/oauth/authorization_code_fixture.h"

namespace clone_auth {
namespace {

using testing::AuthorizationCodeTest;
using ::testing::HasSubstr;
using testing::kNow;
using ::testing::Not;
using testing::PlainTokens;
using testing::ServerMetadata;

using AuthorizationAnswerTest = AuthorizationCodeTest;

TEST_F(AuthorizationAnswerTest, O01_WithoutItsStateNoCodeIsExchanged) {
  AuthorizationCodeGrant grant = Grant();
  const AuthorizationCodeGrant other = Grant();
  const std::string state = StateOf(grant);
  for (const std::string& target :
       {std::string("/callback"), std::string("/callback?code=c"),
        std::string("/callback?code=c&state="),
        "/callback?code=c&state=" + StateOf(other),
        "/callback?code=c&state=" + state.substr(1),
        "/callback?code=c&state=" + state + "x",
        "/callback?code=c&State=" + state,
        "/callback?code=c&state=x&state=" + state,
        std::string("/callback?error=access_denied"),
        "/callback?code=%zz&state=" + state, "/?code=c&state=" + state,
        "/callback/?code=c&state=" + state, "/Callback?code=c&state=" + state,
        "/favicon.ico?code=c&state=" + state, std::string()}) {
    EXPECT_EQ(grant.Receive(target), Callback::kStray) << target;
    EXPECT_TRUE(IsWaiting(grant)) << target;
  }
  EXPECT_EQ(grant.Receive(Answer(grant)), Callback::kCode);
}

TEST_F(AuthorizationAnswerTest, O01_TheFirstAnswerCountsAndNoOtherAfterIt) {
  AuthorizationCodeGrant grant = Grant();
  EXPECT_EQ(grant.Receive(Answer(grant)), Callback::kCode);
  const std::string second = "/callback?code=c-2&state=" + StateOf(grant);
  EXPECT_EQ(grant.Receive(second), Callback::kStray);
  EXPECT_THAT(Sent(grant).body, HasSubstr("code=c-1&"));
  EXPECT_EQ(grant.Receive(second), Callback::kStray);
  grant.Complete(PlainTokens(), kNow);
  EXPECT_EQ(grant.Receive(second), Callback::kStray);
  EXPECT_TRUE(grant.Take().ok());
}

TEST_F(AuthorizationAnswerTest, O02_TheIssuerInTheAnswerIsTheOneAsked) {
  const std::string good = "&iss=https%3A%2F%2Fauth.example";
  struct Case {
    bool is_advertised;
    std::string iss;
    bool is_taken;
  };
  const Case cases[] = {{false, "", true},
                        {false, good, true},
                        {true, good, true},
                        {true, "&iss=https://auth.example", true},
                        {true, "", false},
                        {true, "&iss=", false},
                        {true, "&iss=https%3A%2F%2Fevil.example", false},
                        {false, "&iss=https%3A%2F%2Fevil.example", false},
                        {true, "&iss=https%3A%2F%2FAuth.example", false},
                        {true, "&iss=HTTPS%3A%2F%2Fauth.example", false},
                        {true, "&iss=https%3A%2F%2Fauth.example%2F", false},
                        {true, "&iss=https%3A%2F%2Fauth.example%3A443", false},
                        {true, "&iss=https%3A%2F%2Fauth%252Eexample", false},
                        {true, "&iss=https%3A%2F%2Fauth.example%00", false}};
  for (const Case& c : cases) {
    server_.authorization_response_iss_parameter_supported = c.is_advertised;
    AuthorizationCodeGrant grant = Grant();
    EXPECT_EQ(grant.Receive(Answer(grant, c.iss)),
              c.is_taken ? Callback::kCode : Callback::kRefusal)
        << c.iss;
    EXPECT_EQ(grant.Take().status().reason(),
              c.is_taken ? Reason::kSignInPending : Reason::kIssuerMismatch)
        << c.iss;
  }
}

TEST_F(AuthorizationAnswerTest, O02_OfAnotherIssuersErrorNothingIsShown) {
  AuthorizationCodeGrant grant = Grant();
  EXPECT_EQ(grant.Receive("/callback?error=access_denied&error_description="
                          "call+1-800-EVIL&iss=https://evil.example&state=" +
                          StateOf(grant)),
            Callback::kRefusal);
  const Status status = grant.Take().status();
  EXPECT_EQ(status.reason(), Reason::kIssuerMismatch);
  EXPECT_THAT(status.ToString(), Not(HasSubstr("EVIL")));
  EXPECT_THAT(status.ToString(), Not(HasSubstr("denied")));
}

TEST_F(AuthorizationAnswerTest, O04_ACodeOfTheHonestServerNeverGoesToTheOther) {
  // The person chose the attacker's server, which sent them on to the honest
  // one, with this client's state.
  server_ = ServerMetadata("https://attacker.example");
  AuthorizationCodeGrant grant = Grant();
  EXPECT_EQ(grant.Receive(Answer(grant, "&iss=https%3A%2F%2Fhonest.example")),
            Callback::kRefusal);
  EXPECT_TRUE(IsDone(grant));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kIssuerMismatch);

  // And the other way round.
  server_ = ServerMetadata("https://honest.example");
  AuthorizationCodeGrant other = Grant();
  EXPECT_EQ(other.Receive(Answer(other, "&iss=https%3A%2F%2Fattacker.example")),
            Callback::kRefusal);
  EXPECT_TRUE(IsDone(other));
}

TEST_F(AuthorizationAnswerTest, ARepeatedParameterIsRefused) {
  for (const char* more :
       {"&code=c-1", "&iss=https://auth.example&iss=https://auth.example",
        "&state=x", "&a=1&a=2"}) {
    AuthorizationCodeGrant grant = Grant();
    EXPECT_EQ(grant.Receive(Answer(grant, more)), Callback::kRefusal) << more;
    EXPECT_TRUE(IsDone(grant));
    EXPECT_EQ(grant.Take().status().reason(), Reason::kAnswerMalformed);
  }
}

TEST_F(AuthorizationAnswerTest, AnErrorEndsItWithItsReason) {
  const std::pair<const char*, Reason> cases[] = {
      {"access_denied", Reason::kSignInDenied},
      {"unauthorized_client", Reason::kClientRefused},
      {"invalid_request", Reason::kRequestRefused},
      {"invalid_scope", Reason::kScopeRefused},
      {"server_error", Reason::kServerError},
      {"temporarily_unavailable", Reason::kOverloaded},
      {"no_such_word", Reason::kRequestRefused}};
  for (const auto& [error, reason] : cases) {
    AuthorizationCodeGrant grant = Grant();
    EXPECT_EQ(grant.Receive(Answer(grant, "&error=" + std::string(error))),
              Callback::kRefusal);
    EXPECT_TRUE(IsDone(grant));
    EXPECT_EQ(grant.Take().status().reason(), reason) << error;
  }
}

TEST_F(AuthorizationAnswerTest, AnAnswerWithoutCodeIsMalformed) {
  AuthorizationCodeGrant grant = Grant();
  EXPECT_EQ(grant.Receive("/callback?state=" + StateOf(grant)),
            Callback::kRefusal);
  EXPECT_EQ(grant.Take().status().reason(), Reason::kAnswerMalformed);
}

}  // namespace
}  // namespace clone_auth

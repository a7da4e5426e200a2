// What a session learns from answers beyond its tokens, and how it speaks to a
// token endpoint.

#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <variant>

#include "base/http_date.h"
#include "clone/token_session.h"
#include "gtest/gtest.h"
#include "unit/credential/session_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests

class TokenEndpointSession : public ::testing::Test {
 protected:
  TokenEndpointSession() {
    options_.base_url = kBaseUrl;
    options_.token_endpoint = "https://login.example/token";
    options_.client_id = "tool 1";
  }

  Result<std::unique_ptr<TokenSession>> Open() {
    SessionTokens tokens;
    tokens.access = Secret::CopyOf("opaque-0");
    tokens.refresh = Secret::CopyOf("refresh/0+");
    tokens.expires_in = seconds(600);
    return TokenSession::Create(options_, std::move(tokens), clock_.Now(),
                                random_);
  }

  FakeClock clock_;
  FakeRandom random_;
  TokenSessionOptions options_;
};

TEST_F(TokenEndpointSession, IsRefreshedByAFormOfRfc6749) {
  options_.resource = "https://api.example/mcp";
  const auto session = *Open();
  const auto step = session->Start(clock_.Now());
  const HttpRequest& request = std::get<TokenSession::Send>(step).request;
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "https://login.example/token");
  EXPECT_EQ(*request.headers.Find("Content-Type"),
            "application/x-www-form-urlencoded");
  EXPECT_EQ(request.body,
            "grant_type=refresh_token&refresh_token=refresh%2F0%2B"
            "&client_id=tool%201&resource=https%3A%2F%2Fapi.example%2Fmcp");
}

TEST_F(TokenEndpointSession, AClientWithASecretSendsItAsItsOptionsSay) {
  options_.client_secret =
      std::make_shared<const Secret>(Secret::CopyOf("s/1"));
  EXPECT_EQ(Open().status().reason(), Reason::kInvalidArgument);
  const auto request = [this](ClientAuthentication authentication) {
    options_.client_authentication = authentication;
    const auto session = *Open();
    const auto step = session->Start(clock_.Now());
    return std::get<TokenSession::Send>(step).request;
  };
  EXPECT_EQ(request(ClientAuthentication::kPost).body,
            "grant_type=refresh_token&refresh_token=refresh%2F0%2B"
            "&client_id=tool%201&client_secret=s%2F1");
  const HttpRequest basic = request(ClientAuthentication::kBasic);
  EXPECT_EQ(basic.body,
            "grant_type=refresh_token&refresh_token=refresh%2F0%2B");
  EXPECT_EQ(*basic.headers.Find("Authorization"), "Basic dG9vbCUyMDE6cyUyRjE=");
  options_.client_secret = nullptr;
  EXPECT_EQ(Open().status().reason(), Reason::kInvalidArgument);
}

TEST_F(TokenEndpointSession, ARefusalThatComesWithASuccessIsOne) {
  for (const auto& [word, health] :
       {std::pair{"invalid_grant", SessionHealth::kEnded},
        {"bad_refresh_token", SessionHealth::kDegraded}}) {
    const auto session = *Open();
    const auto step = session->Start(clock_.Now());
    session->Complete(std::get<TokenSession::Send>(step).attempt,
                      Answer(200, R"({"error":")" + std::string(word) + "\"}"),
                      clock_.Now());
    EXPECT_EQ(session->health(clock_.Now()), health) << word;
    EXPECT_NE(session->last_error().reason(), Reason::kAnswerMalformed);
  }
}

TEST_F(TokenEndpointSession, TakesTheLifetimeOfAnOpaqueTokenFromTheAnswer) {
  const auto session = *Open();
  EXPECT_EQ(session->expires_at(), clock_.Now() + seconds(600));
  const auto step = session->Start(clock_.Now());
  session->Complete(
      std::get<TokenSession::Send>(step).attempt,
      Answer(200, R"({"access_token":"opaque-1","refresh_token":"r-1",)"
                  R"("token_type":"Bearer","expires_in":120})"),
      clock_.Now());
  EXPECT_EQ(session->expires_at(), clock_.Now() + seconds(120));
  EXPECT_EQ(session->tokens().refresh.Reveal(), "r-1");
  EXPECT_EQ(session->tokens().expires_in, seconds(120));
}

TEST_F(TokenEndpointSession, SendsTheAccessTokenToTheApiAndNotToTheEndpoint) {
  const auto session = *Open();
  EXPECT_TRUE(session->HeaderFor("GET", kMeUrl, clock_.Now()).ok());
  EXPECT_EQ(session->HeaderFor("POST", options_.token_endpoint, clock_.Now())
                .status()
                .reason(),
            Reason::kForeignOrigin);
}

TEST_F(TokenEndpointSession, TakesNoEndpointThatEverybodyCanListenTo) {
  options_.token_endpoint = "http://login.example/token";
  EXPECT_EQ(Open().status().reason(), Reason::kInsecureUrl);
}

TEST(SessionAnswers, RefreshInIsHonouredWithSomeSpreadAndNoLaterThanMandatory) {
  for (const auto& [hint, least, most] :
       {std::tuple{"600", minutes(10), minutes(15)},
        std::tuple{"3599", minutes(58), minutes(58)}}) {
    SessionHarness harness;
    ASSERT_NE(harness.UntilAttemptIsDue().count(), 0);
    harness.Complete(harness.pending,
                     Answer(200, R"({"access":")" + harness.NextAccess() +
                                     R"(","refresh_in":)" + hint + "}"));
    const auto waited = harness.UntilAttemptIsDue();
    EXPECT_GE(waited, least);
    EXPECT_LE(waited, most);
  }
}

TEST(SessionAnswers, ATokenLivesFromWhenItWasAskedForAlsoIfTheAnswerIsLate) {
  SessionHarness harness;
  harness.UntilAttemptIsDue();
  const std::string access = harness.NextAccess();
  const WallTime asked = harness.now();
  harness.clock().Advance(minutes(20));  // asleep over the answer
  harness.Complete(harness.pending, Answer(200, TokenBody(access)));
  EXPECT_EQ(harness.session().expires_at(), asked + kHour);
}

TEST(SessionAnswers, TheSkewIsThatOfTheDateWithinHalfTheRoundTrip) {
  SessionHarness harness;
  EXPECT_FALSE(harness.session().clock_skew());
  harness.UntilAttemptIsDue();
  harness.clock().Advance(seconds(4));
  const char* const date = "Thu, 01 Jan 2026 01:00:00 GMT";
  harness.Complete(harness.pending, Answer(503, "", {{"Date", date}}));
  const auto skew = harness.session().clock_skew();
  ASSERT_TRUE(skew);
  const auto ahead = *ParseHttpDate(date) - harness.now();
  EXPECT_LE(skew->ahead - skew->uncertainty, ahead);
  EXPECT_GE(skew->ahead + skew->uncertainty, ahead);
  EXPECT_LE(skew->uncertainty, std::chrono::milliseconds(2500));
}

TEST(SessionEvents, TellOfEachHealthInItsOrderAndWhy) {
  SessionHarness harness;
  harness.UntilAttemptIsDue();
  harness.Complete(harness.pending, Answer(503));
  harness.clock().Advance(kHour);
  harness.UntilAttemptIsDue();
  harness.Complete(harness.pending,
                   Answer(401, R"({"code":"refresh_invalid"})"));
  TokenSession& session = harness.session();
  for (const auto& [health, why] :
       {std::pair{SessionHealth::kAging, Reason::kNone},
        std::pair{SessionHealth::kDegraded, Reason::kOverloaded},
        std::pair{SessionHealth::kExpired, Reason::kOverloaded},
        std::pair{SessionHealth::kEnded, Reason::kRefreshInvalid}}) {
    const auto event = session.TakeEvent();
    ASSERT_TRUE(event);
    EXPECT_EQ(event->kind, SessionEvent::Kind::kHealth);
    EXPECT_EQ(event->health, health);
    EXPECT_EQ(event->why.reason(), why);
  }
  EXPECT_FALSE(session.TakeEvent());
}

TEST(SessionEvents, AreDroppedFromTheOldestOnWhereNobodyTakesThem) {
  SessionHarness harness;
  for (int i = 0; i < 20; ++i) {
    harness.session().Notice(SessionEvent::Kind::kClockSet, harness.now());
    harness.clock().Advance(seconds(1));
  }
  const auto oldest = harness.session().TakeEvent();
  ASSERT_TRUE(oldest);
  EXPECT_EQ(oldest->at, harness.start() + seconds(4));
}

}  // namespace
}  // namespace clone_auth

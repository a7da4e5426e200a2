// What a refresh that fails does to a session, and what clocks that step do.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "clone/token_session.h"
#include "gtest/gtest.h"
#include "unit/credential/session_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the harness is made for these tests

std::string IdempotencyKey(const HttpRequest& request) {
  const std::string* key = request.headers.Find("Idempotency-Key");
  return key == nullptr ? "" : *key;
}

TEST(SessionFailure, KeepsTheOldTokenWhileItIsValid) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  h.Complete(h.pending, Answer(503));
  EXPECT_EQ(h.health(), SessionHealth::kDegraded);
  EXPECT_TRUE(h.HasHeader());
  EXPECT_EQ(h.session().last_error().reason(), Reason::kOverloaded);
  EXPECT_EQ(h.session().last_error().http_status(), 503);
  h.UntilAttemptIsDue();
  h.Complete(h.pending, Answer(200, TokenBody(h.NextAccess())));
  EXPECT_EQ(h.health(), SessionHealth::kFresh);
  EXPECT_TRUE(h.session().last_error().ok());
}

TEST(SessionFailure, PassesForOutagesAndForAnswersThatAreNotTheApis) {
  const std::string access = AccessToken(FakeClock().Now(), kHour, 99);
  std::vector<Result<HttpResponse>> outcomes;
  for (const Reason reason :
       {Reason::kUnreachable, Reason::kTimeout, Reason::kConnectionLost,
        Reason::kTlsFailed, Reason::kAnswerTooLarge, Reason::kRandomUnavailable,
        Reason::kStoreUnavailable}) {
    outcomes.push_back(Status(reason));
  }
  for (const int status :
       {408, 425, 429, 500, 501, 502, 503, 504, 599, 204, 301, 302, 307, 308}) {
    outcomes.push_back(Answer(status, R"({"code":"refresh_invalid"})"));
  }
  for (const std::string& body :
       {std::string(), std::string("<html>Sign in to the hotel</html>"),
        std::string("{}"), std::string("[]"), std::string("null"),
        std::string(R"({"access":null})"), std::string(R"({"access":1})"),
        std::string(R"({"access":""})"), std::string(R"({"access":"a b"})"),
        R"({"access":")" + access + R"(","access":")" + access + "\"}",
        R"({"access":")" + access + R"(","refresh":7})",
        R"({"access":")" + access + R"(","refresh":""})",
        R"({"access":")" + access + R"(","refresh":"a\nb"})",
        R"({"access":")" + access + R"(","refresh":["x"]})",
        TokenBody(TestScheme().prefix + "abcdefghij1234"),
        TokenBody(AccessToken(FakeClock().Now(), seconds(0))),
        TokenBody(AccessToken(FakeClock().Now(), seconds(-1)))}) {
    outcomes.push_back(Answer(200, body));
  }
  for (const auto& outcome : outcomes) {
    SessionHarness h;
    h.UntilAttemptIsDue();
    h.session().Complete(h.pending, outcome, h.now());
    const std::string what =
        outcome.ok() ? std::to_string(outcome->status) + " " + outcome->body
                     : outcome.status().ToString();
    EXPECT_EQ(h.health(), SessionHealth::kDegraded) << what;
    EXPECT_TRUE(h.HasHeader()) << what;
    EXPECT_GE(h.UntilAttemptIsDue(), minutes(1)) << what;
    EXPECT_EQ(h.last_request.body, R"({"refresh":"refresh-0"})") << what;
  }
}

struct FinalCase {
  int status;
  const char* body;
  Reason reason;
};

TEST(SessionFailure, IsFinalWhereTheServerSaysSo) {
  for (const FinalCase& c : std::vector<FinalCase>{
           {401, "", Reason::kRefreshInvalid},
           {400, "", Reason::kRefreshInvalid},
           {401, "<html>", Reason::kRefreshInvalid},
           {401,
            R"({"detail":"Token is blacklisted","code":"token_not_valid"})",
            Reason::kRefreshInvalid},
           {401, R"({"code":"refresh_reused"})", Reason::kRefreshReused},
           {401, R"({"code":"refresh_expired"})", Reason::kRefreshExpired},
           {401, R"({"code":"session_ended"})", Reason::kSessionEnded},
           {401, R"({"code":"account_disabled"})", Reason::kAccountDisabled},
           {403, R"({"code":"refresh_invalid"})", Reason::kRefreshInvalid},
           {400, R"({"error":"invalid_grant"})", Reason::kRefreshInvalid}}) {
    SessionHarness h;
    h.UntilAttemptIsDue();
    EXPECT_TRUE(h.HasHeader());
    h.Complete(h.pending, Answer(c.status, c.body));
    EXPECT_EQ(h.health(), SessionHealth::kEnded) << c.status << c.body;
    EXPECT_EQ(h.HeaderReason(), Reason::kSessionEnded);
    const auto step = h.Poll();
    ASSERT_TRUE(std::holds_alternative<TokenSession::Ended>(step));
    const Status& why = std::get<TokenSession::Ended>(step).why;
    EXPECT_EQ(why.reason(), c.reason) << c.status << c.body;
    EXPECT_EQ(why.http_status(), c.status);
    EXPECT_FALSE(why.remedy().empty());
  }
}

TEST(SessionFailure, GetsOneMoreTryForOtherRefusals) {
  for (const int status : {402, 403, 404, 405, 410, 413, 451}) {
    SessionHarness h;
    h.UntilAttemptIsDue();
    h.Complete(h.pending, Answer(status));
    EXPECT_EQ(h.health(), SessionHealth::kDegraded) << status;
    h.UntilAttemptIsDue();
    h.Complete(h.pending, Answer(503));
    EXPECT_EQ(h.health(), SessionHealth::kDegraded) << status;
    h.UntilAttemptIsDue();
    h.Complete(h.pending, Answer(status));
    EXPECT_EQ(h.health(), SessionHealth::kEnded) << status;
  }
}

TEST(SessionFailure, LeavesAMinuteBetweenAdvisoryAttempts) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  for (int i = 0; i < 5; ++i) {
    h.Complete(h.pending, Status(Reason::kUnreachable));
    EXPECT_GE(h.UntilAttemptIsDue(), minutes(1));
  }
}

TEST(SessionFailure, LeavesATwelfthOfAShortLifetimeBetweenAdvisoryAttempts) {
  SessionHarness h(minutes(6));
  h.UntilAttemptIsDue();
  h.Complete(h.pending, Status(Reason::kUnreachable));
  EXPECT_EQ(h.UntilAttemptIsDue(), seconds(30));
}

TEST(SessionFailure, TriesAgainAtTheMandatoryPoint) {
  SessionHarness h;
  h.clock().Advance(minutes(57) + seconds(30));
  ASSERT_TRUE(h.Attempt(Status(Reason::kUnreachable)));
  EXPECT_EQ(h.UntilAttemptIsDue(), seconds(30));
}

TEST(SessionFailure, R16_WaitsLongerAfterEachFailureUpToTwoMinutes) {
  SessionHarness h;
  h.clock().Advance(kHour);
  std::vector<seconds> waits;
  ASSERT_TRUE(h.Attempt(Status(Reason::kUnreachable)));
  for (int i = 0; i < 12; ++i) {
    waits.push_back(h.UntilAttemptIsDue());
    h.Complete(h.pending, Status(Reason::kUnreachable));
  }
  EXPECT_LE(waits.front(), seconds(2));
  for (std::size_t i = 1; i < 6; ++i) EXPECT_GT(waits[i], waits[i - 1]);
  for (const seconds wait : waits) {
    EXPECT_GE(wait, seconds(1));
    EXPECT_LE(wait, minutes(2));
  }
  EXPECT_GE(waits.back(), seconds(80));
  EXPECT_GT(std::set<seconds>(waits.begin() + 7, waits.end()).size(), 2u)
      << "jitter";
}

TEST(SessionFailure,
     R15_WaitsAsLongAsRetryAfterAsksBetweenASecondAndFiveMinutes) {
  struct Case {
    const char* retry_after;
    seconds least;
    seconds most;
  };
  for (const Case& c : std::vector<Case>{
           {"30", seconds(30), seconds(33)},
           {"0", seconds(1), seconds(2)},
           {"-5", seconds(1), seconds(2)},
           {"soon", seconds(1), seconds(2)},
           {"1000000000000", minutes(5), minutes(5)},
           {"Thu, 01 Jan 1998 00:00:00 GMT", seconds(1), seconds(2)},
           {"Thu, 01 Jan 2026 01:00:40 GMT", seconds(40), seconds(45)}}) {
    SessionHarness h;  // from 2026-01-01 00:00:00 on
    h.clock().Advance(kHour);
    ASSERT_TRUE(h.Attempt(Answer(429, "", {{"Retry-After", c.retry_after}})));
    const seconds wait = h.UntilAttemptIsDue();
    EXPECT_GE(wait, c.least) << c.retry_after;
    EXPECT_LE(wait, c.most) << c.retry_after;
  }
}

TEST(SessionFailure, R18_UsesOneIdempotencyKeyUntilTheRefreshTokenIsReplaced) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  const std::string key = IdempotencyKey(h.last_request);
  EXPECT_EQ(key.size(), 36u);
  h.Complete(h.pending, Status(Reason::kConnectionLost));
  h.UntilAttemptIsDue();
  EXPECT_EQ(IdempotencyKey(h.last_request), key);
  h.Complete(h.pending, Answer(200, TokenBody(h.NextAccess(), "refresh-1")));
  h.UntilAttemptIsDue();
  EXPECT_NE(IdempotencyKey(h.last_request), key);
}

TEST(SessionFailure, CountsMissingRandomnessAsPassing) {
  SessionHarness h;
  h.random().Fail();
  h.clock().Advance(minutes(51));
  EXPECT_TRUE(std::holds_alternative<TokenSession::Ready>(h.Poll()));
  EXPECT_EQ(h.health(), SessionHealth::kDegraded);
  EXPECT_EQ(h.session().last_error().reason(), Reason::kRandomUnavailable);
}

TEST(SessionFailure, DoesNotHammerAServerThatGivesTheSameTokenAgain) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  const std::string same(h.session().tokens().access.Reveal());
  const WallTime expires_at = h.session().expires_at();
  for (int i = 0; i < 3; ++i) {
    const seconds left =
        std::chrono::duration_cast<seconds>(h.session().expires_at() - h.now());
    h.Complete(h.pending, Answer(200, TokenBody(same, "refresh-1")));
    EXPECT_EQ(h.session().generation(), 1u);
    EXPECT_EQ(h.session().expires_at(), expires_at) << "no life gained";
    EXPECT_EQ(h.session().tokens().refresh.Reveal(), "refresh-1");
    EXPECT_GE(h.UntilAttemptIsDue(),
              std::min(left, std::max<seconds>(minutes(1), left / 2)));
  }
}

TEST(SessionFailure, R14_DoesNotHammerAServerWhoseTokensLiveForASecond) {
  SessionHarness h(seconds(1));
  int attempts = 0;
  for (int i = 0; i < 600; ++i) {
    if (h.Succeed()) ++attempts;
    h.clock().Advance(std::chrono::milliseconds(100));
  }
  EXPECT_LE(attempts, 60);
}

TEST(SessionInvalidation, MakesOneRefreshDuePerGeneration) {
  SessionHarness h;
  h.clock().Advance(minutes(5));
  h.session().Invalidate(1, h.now());
  EXPECT_EQ(h.health(), SessionHealth::kAging);
  EXPECT_TRUE(h.HasHeader()) << "it may still be good elsewhere";
  ASSERT_TRUE(h.Succeed());
  EXPECT_EQ(h.session().generation(), 2u);
  h.session().Invalidate(1, h.now());
  EXPECT_EQ(h.PollForAttempt(), 0u) << "a newer token is here already";
}

TEST(SessionInvalidation, DoesNothingASecondTimeForOneGeneration) {
  SessionHarness h;
  h.clock().Advance(minutes(5));
  const std::string same(h.session().tokens().access.Reveal());
  h.session().Invalidate(1, h.now());
  ASSERT_TRUE(h.Attempt(Answer(200, TokenBody(same))));
  h.clock().Advance(minutes(2));
  h.session().Invalidate(1, h.now());
  EXPECT_EQ(h.PollForAttempt(), 0u);
}

TEST(SessionInvalidation, IsLimitedToOneRefreshAMinute) {
  SessionHarness h;
  int attempts = 0;
  for (int second = 0; second < 600; ++second) {
    h.session().Invalidate(h.session().generation(), h.now());
    if (h.Succeed()) ++attempts;
    h.clock().Advance(seconds(1));
  }
  EXPECT_LE(attempts, 10);
  EXPECT_GE(attempts, 9);
}

TEST(SessionClock, R26_StepsForwardCostOneRefresh) {
  SessionHarness h;
  h.clock().Advance(minutes(5));
  h.clock().Step(std::chrono::hours(24));
  EXPECT_FALSE(h.HasHeader());
  ASSERT_TRUE(h.Succeed());
  EXPECT_TRUE(h.HasHeader());
  EXPECT_EQ(h.PollForAttempt(), 0u);
}

TEST(SessionClock, R26_StepsBackLengthenNoTokensLife) {
  SessionHarness h;
  seconds used{0};
  for (; h.HasHeader() && used < kHour * 3; used += seconds(1)) {
    h.clock().Advance(seconds(1));
    if (used.count() % 600 == 599) h.clock().Step(-minutes(30));
  }
  // Each step may cost the second since the last look.
  EXPECT_LE(used, kHour + seconds(7));
  EXPECT_GE(used, minutes(58));
}

TEST(SessionClock, R26_StepsBackAreNoticedWithinASecondOfUse) {
  SessionHarness h;
  h.clock().Advance(minutes(59));
  ASSERT_TRUE(h.HasHeader());
  h.clock().Step(-minutes(50));
  ASSERT_TRUE(h.HasHeader());
  h.clock().Advance(minutes(1) + seconds(1));
  EXPECT_FALSE(h.HasHeader());
}

TEST(SessionClock, R26_StepsBackLengthenNoWait) {
  SessionHarness h;
  h.clock().Advance(kHour);
  ASSERT_TRUE(h.Attempt(Status(Reason::kUnreachable)));
  h.clock().Step(-std::chrono::hours(24 * 365));
  EXPECT_LE(h.UntilAttemptIsDue(), seconds(3));
}

TEST(SessionClock, ReadsThatArriveOutOfOrderAreNoStep) {
  SessionHarness h;
  const WallTime expires_at = h.session().expires_at();
  for (int i = 0; i < 10'000; ++i) {
    h.session().Poll(h.now() + seconds(i % 2));
  }
  EXPECT_EQ(h.session().expires_at(), expires_at);
}

TEST(SessionSecrets, StandInNoMessage) {
  const std::string canary = "canary-secret-token";
  TokenSessionOptions options;
  options.base_url = kBaseUrl;
  for (const auto& outcome : std::vector<Result<HttpResponse>>{
           Answer(200, R"({"access":")" + canary + " x\"}"),
           Answer(200, R"({"access":"a","refresh":")" + canary + "\\n\"}"),
           Answer(200, canary), Answer(401, R"({"detail":")" + canary + "\"}"),
           Answer(400, R"({"error":")" + canary + "\"}"), Answer(503, canary),
           Answer(404, canary), Answer(302, "", {{"Location", canary}})}) {
    SessionTokens tokens;
    tokens.access = Secret::CopyOf(canary);
    tokens.refresh = Secret::CopyOf(canary);
    const WallTime now = FakeClock().Now();
    auto session = TokenSession::Create(options, std::move(tokens), now);
    ASSERT_TRUE(session.ok());
    const auto step = (*session)->Start(now);
    (*session)->Complete(std::get<TokenSession::Send>(step).attempt, outcome,
                         now);
    const Status error = (*session)->last_error();
    EXPECT_FALSE(error.ok());
    EXPECT_EQ(error.ToString().find("canary"), std::string::npos);
    const auto header =
        (*session)->HeaderFor("GET", "https://" + canary + ".example", now);
    EXPECT_EQ(header.status().ToString().find("canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace clone_auth

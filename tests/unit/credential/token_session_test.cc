#include "clone/token_session.h"

#include <set>
#include <string>
#include <utility>

#include "clone/json.h"
#include "gtest/gtest.h"
#include "unit/credential/session_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the harness is made for these tests

Result<std::unique_ptr<TokenSession>> Make(const std::string& base_url,
                                           const std::string& access,
                                           const std::string& refresh) {
  TokenSessionOptions options;
  options.base_url = base_url;
  options.scheme = TestScheme();
  SessionTokens tokens;
  tokens.access = Secret::CopyOf(access);
  tokens.refresh = Secret::CopyOf(refresh);
  return TokenSession::Create(options, std::move(tokens), FakeClock().Now());
}

TEST(TokenSession, ServesTheAccessTokenAtItsOriginOnly) {
  SessionHarness h;
  const auto header = h.session().HeaderFor("GET", kMeUrl, h.now());
  ASSERT_TRUE(header.ok());
  EXPECT_EQ(header->name, "Authorization");
  EXPECT_EQ(header->value.substr(0, 7), "Bearer ");
  EXPECT_EQ(header->generation, 1u);
  EXPECT_EQ(h.session()
                .HeaderFor("GET", "https://evil.example/", h.now())
                .status()
                .reason(),
            Reason::kForeignOrigin);
}

TEST(TokenSession, RefusesTokensAndUrlsThatAreNone) {
  EXPECT_EQ(Make(kBaseUrl, "a b", "r").status().reason(),
            Reason::kCredentialMalformed);
  EXPECT_EQ(Make(kBaseUrl, "", "r").status().reason(),
            Reason::kCredentialMissing);
  EXPECT_EQ(Make(kBaseUrl, "a", "r\n").status().reason(),
            Reason::kCredentialMalformed);
  EXPECT_EQ(Make(kBaseUrl, TestScheme().prefix + "abcdefghij1234", "r")
                .status()
                .reason(),
            Reason::kCredentialMalformed);
  EXPECT_EQ(Make("api.example", "a", "r").status().reason(),
            Reason::kUrlMalformed);
  EXPECT_EQ(Make("https://api.example/?q", "a", "r").status().reason(),
            Reason::kUrlMalformed);
  EXPECT_EQ(Make("http://api.example", "a", "r").status().reason(),
            Reason::kInsecureUrl);
  EXPECT_TRUE(Make("http://127.0.0.1:8000", "a", "r").ok());
}

TEST(TokenSession, SendsTheRefreshTokenToTheRefreshEndpoint) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  EXPECT_EQ(h.last_request.method, "POST");
  EXPECT_EQ(h.last_request.target,
            "https://api.example:443/api/auth/token/refresh/");
  EXPECT_EQ(*h.last_request.headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(h.last_request.headers.Find("Authorization"), nullptr);
  EXPECT_EQ(h.last_request.body, R"({"refresh":"refresh-0"})");
}

TEST(TokenSession, KeepsThePathOfTheBaseUrl) {
  for (const char* base :
       {"https://api.example/v2", "https://api.example/v2/"}) {
    auto session = Make(base, "opaque", "r");
    ASSERT_TRUE(session.ok());
    const auto step = (*session)->Start(FakeClock().Now());
    EXPECT_EQ(std::get<TokenSession::Send>(step).request.target,
              "https://api.example:443/v2/api/auth/token/refresh/");
  }
}

TEST(TokenSession, WantsARefreshBetweenFourAndFiveSixthsOfTheLifetime) {
  std::set<std::chrono::seconds> points;
  for (int i = 0; i < 200; ++i) {
    SessionHarness h(kHour, "session-" + std::to_string(i));
    const seconds point = h.UntilAttemptIsDue();
    EXPECT_GE(point, minutes(40));
    EXPECT_LE(point, minutes(50) + seconds(1));
    points.insert(point);
  }
  EXPECT_GT(points.size(), 100u) << "sessions part";
}

TEST(TokenSession, HasTheSameRefreshPointAfterARestart) {
  SessionHarness first;
  SessionHarness second;
  EXPECT_EQ(first.UntilAttemptIsDue(), second.UntilAttemptIsDue());
}

TEST(TokenSession, HasAnotherRefreshPointInTheNextCycle) {
  SessionHarness h;
  const seconds first = h.UntilAttemptIsDue();
  h.Complete(h.pending, Answer(200, TokenBody(h.NextAccess())));
  EXPECT_NE(h.UntilAttemptIsDue(), first);
}

TEST(TokenSession, GivesASendToOnePollerOnly) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(std::holds_alternative<TokenSession::Ready>(h.Poll()));
  }
  h.clock().Advance(minutes(20));
  EXPECT_TRUE(std::holds_alternative<TokenSession::WaitUntil>(h.Poll()));
}

TEST(TokenSession, MakesEverybodyWaitFrom58Of60Minutes) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  h.clock().Advance(h.start() + minutes(58) - seconds(1) - h.now());
  EXPECT_TRUE(std::holds_alternative<TokenSession::Ready>(h.Poll()));
  h.clock().Advance(seconds(1));
  EXPECT_TRUE(std::holds_alternative<TokenSession::WaitUntil>(h.Poll()));
  EXPECT_TRUE(h.HasHeader()) << "the token is still valid";
}

TEST(TokenSession, IsRenewedByARefresh) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  EXPECT_TRUE(h.HasHeader());
  const std::string access = h.NextAccess();
  h.Complete(h.pending, Answer(200, TokenBody(access, "refresh-1")));
  EXPECT_EQ(h.session().generation(), 2u);
  EXPECT_EQ(h.session().tokens().access.Reveal(), access);
  EXPECT_EQ(h.session().tokens().refresh.Reveal(), "refresh-1");
  EXPECT_EQ(h.session().expires_at(), h.now() + kHour);
  EXPECT_EQ(h.health(), SessionHealth::kFresh);
  EXPECT_EQ(h.session().HeaderFor("GET", kMeUrl, h.now())->value,
            "Bearer " + access);
}

TEST(TokenSession, KeepsTheRefreshTokenThatTheServerDoesNotRotate) {
  SessionHarness h;
  for (const char* rest : {"", R"(,"refresh":null)"}) {
    h.UntilAttemptIsDue();
    h.Complete(h.pending, Answer(200, R"({"access":")" + h.NextAccess() + "\"" +
                                          rest + "}"));
    EXPECT_EQ(h.session().tokens().refresh.Reveal(), "refresh-0");
    EXPECT_EQ(h.health(), SessionHealth::kFresh);
  }
}

TEST(TokenSession, CountsTheLifetimeFromTheArrivalWhateverTheLocalClockSays) {
  for (const auto skew : {minutes(-300), minutes(0), minutes(300)}) {
    SessionHarness h;
    h.UntilAttemptIsDue();
    h.Complete(h.pending,
               Answer(200, TokenBody(AccessToken(h.now() + skew, kHour, 77))));
    EXPECT_EQ(h.session().expires_at(), h.now() + kHour);
  }
}

TEST(TokenSession, CountsATokenThatWasIssuedEarlierByTheServersDate) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  const WallTime issued = FromUnixSeconds(seconds(1'800'000'000));
  // 2027-01-15 08:00:00 UTC plus 20 minutes.
  h.Complete(h.pending, Answer(200, TokenBody(AccessToken(issued, kHour, 9)),
                               {{"Date", "Fri, 15 Jan 2027 08:20:00 GMT"}}));
  EXPECT_EQ(h.session().expires_at(), h.now() + minutes(40));
}

TEST(TokenSession, AssumesALifetimeForATokenThatTellsNone) {
  for (const std::string& access :
       {std::string("opaque"), TokenOf(R"({"exp":"3600","iat":1})"),
        TokenOf(R"({"exp":1e99,"iat":1})"), TokenOf(R"({"exp":-1})")}) {
    auto session = Make(kBaseUrl, access, "r");
    ASSERT_TRUE(session.ok());
    EXPECT_EQ((*session)->expires_at(), FakeClock().Now() + kHour);
  }
}

TEST(TokenSession, CountsAStoredTokenFromWhenItCame) {
  SessionTokens tokens;
  const FakeClock clock;
  tokens.access = Secret::CopyOf(AccessToken(clock.Now(), kHour));
  tokens.refresh = Secret::CopyOf("r");
  tokens.received_at = clock.Now();
  clock.Advance(minutes(55));
  TokenSessionOptions options;
  options.base_url = kBaseUrl;
  auto session = TokenSession::Create(options, std::move(tokens), clock.Now());
  ASSERT_TRUE(session.ok());
  EXPECT_EQ((*session)->expires_at(), clock.Now() + minutes(5));
  EXPECT_EQ((*session)->health(clock.Now()), SessionHealth::kAging);
  EXPECT_TRUE(std::holds_alternative<TokenSession::Send>(
      (*session)->Poll(clock.Now())));
}

TEST(TokenSession, TrustsNoArrivalThatLiesAhead) {
  SessionTokens tokens;
  const FakeClock clock;
  tokens.access = Secret::CopyOf(AccessToken(clock.Now() - minutes(50), kHour));
  tokens.received_at = clock.Now() + std::chrono::hours(24);
  TokenSessionOptions options;
  options.base_url = kBaseUrl;
  auto session = TokenSession::Create(options, std::move(tokens), clock.Now());
  ASSERT_TRUE(session.ok());
  EXPECT_EQ((*session)->expires_at(), clock.Now() + minutes(10));
}

TEST(TokenSession, EndsAtExpiryWithoutARefreshToken) {
  auto session = Make(kBaseUrl, "opaque", "");
  ASSERT_TRUE(session.ok());
  const WallTime start = FakeClock().Now();
  EXPECT_TRUE(std::holds_alternative<TokenSession::Ready>(
      (*session)->Poll(start + kHour - seconds(1))));
  const auto step = (*session)->Poll(start + kHour);
  ASSERT_TRUE(std::holds_alternative<TokenSession::Ended>(step));
  EXPECT_EQ(std::get<TokenSession::Ended>(step).why.reason(),
            Reason::kTokenExpired);
}

TEST(TokenSession, NeverServesATokenAtOrAfterItsExpiry) {
  SessionHarness h;
  h.clock().Advance(kHour - seconds(1));
  EXPECT_TRUE(h.HasHeader());
  h.clock().Advance(seconds(1));
  EXPECT_EQ(h.HeaderReason(), Reason::kTokenExpired);
  EXPECT_EQ(h.health(), SessionHealth::kExpired);
}

TEST(TokenSession, MayAlwaysRefreshAnExpiredToken) {
  SessionHarness h;
  h.clock().Advance(std::chrono::hours(24 * 20));
  EXPECT_TRUE(h.Succeed());
  EXPECT_TRUE(h.HasHeader());
  EXPECT_EQ(h.health(), SessionHealth::kFresh);
}

TEST(TokenSession, IsAgingFromTheRefreshPointOn) {
  SessionHarness h;
  EXPECT_EQ(h.health(), SessionHealth::kFresh);
  h.UntilAttemptIsDue();
  EXPECT_EQ(h.health(), SessionHealth::kAging);
}

TEST(TokenSession, RefreshesAtOnceWhenStarted) {
  SessionHarness h;
  const auto step = h.session().Start(h.now());
  ASSERT_TRUE(std::holds_alternative<TokenSession::Send>(step));
  EXPECT_FALSE(
      std::holds_alternative<TokenSession::Send>(h.session().Start(h.now())));
}

TEST(TokenSession, IgnoresACompletionOfNoAttempt) {
  SessionHarness h;
  h.Complete(1, Answer(401));
  h.UntilAttemptIsDue();
  h.Complete(h.pending + 1, Answer(401));
  EXPECT_EQ(h.health(), SessionHealth::kAging);
  h.Complete(h.pending, Answer(200, TokenBody(h.NextAccess())));
  h.Complete(h.pending, Answer(401));
  EXPECT_EQ(h.health(), SessionHealth::kFresh);
}

TEST(TokenSession, HandsNewTokensOverBeforeTheyAreUsed) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  const std::string access = h.NextAccess();
  int calls = 0;
  h.session().Complete(h.pending, Answer(200, TokenBody(access)), h.now(),
                       [&](const SessionTokens& tokens) {
                         ++calls;
                         EXPECT_EQ(tokens.access.Reveal(), access);
                         EXPECT_EQ(tokens.refresh.Reveal(), "refresh-0");
                         EXPECT_EQ(tokens.received_at, h.now());
                         EXPECT_EQ(h.session().generation(), 1u);
                       });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(h.session().generation(), 2u);
}

TEST(TokenSession, AdoptsTokensOfTheSameSubject) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  SessionTokens tokens;
  tokens.access = Secret::CopyOf(h.NextAccess());
  tokens.refresh = Secret::CopyOf("refresh-9");
  ASSERT_TRUE(h.session().Adopt(std::move(tokens), h.now()).ok());
  EXPECT_EQ(h.session().generation(), 2u);
  EXPECT_EQ(h.session().tokens().refresh.Reveal(), "refresh-9");
  h.Complete(h.pending, Answer(401));
  EXPECT_EQ(h.health(), SessionHealth::kFresh) << "the attempt is forgotten";
}

TEST(TokenSession, AdoptsNoTokensOfAnotherSubject) {
  SessionHarness h;
  SessionTokens tokens;
  tokens.access = Secret::CopyOf(AccessToken(h.now(), kHour, 5, "user-2"));
  EXPECT_EQ(h.session().Adopt(std::move(tokens), h.now()).reason(),
            Reason::kTokenClaim);
  EXPECT_EQ(h.session().generation(), 1u);
}

TEST(TokenSession, EndsWhenARefreshBringsAnotherSubjectsToken) {
  SessionHarness h;
  h.UntilAttemptIsDue();
  h.Complete(h.pending,
             Answer(200, TokenBody(AccessToken(h.now(), kHour, 5, "user-2"))));
  EXPECT_EQ(h.health(), SessionHealth::kEnded);
  EXPECT_EQ(h.session().last_error().reason(), Reason::kTokenClaim);
}

TEST(TokenSession, ServesManySessionsFromOneThreadWithoutMixingThemUp) {
  std::vector<std::unique_ptr<TokenSession>> sessions;
  for (int i = 0; i < 40; ++i) {
    auto session = Make(kBaseUrl, "token-" + std::to_string(i), "r");
    ASSERT_TRUE(session.ok());
    sessions.push_back(std::move(session).value());
  }
  const WallTime now = FakeClock().Now();
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < sessions.size(); ++i) {
      EXPECT_EQ(sessions[i]->HeaderFor("GET", kMeUrl, now)->value,
                "Bearer token-" + std::to_string(i));
    }
  }
}

TEST(TokenSession, LetsAHeaderOutliveTheSession) {
  auto session = Make(kBaseUrl, "token", "r");
  ASSERT_TRUE(session.ok());
  const auto header = (*session)->HeaderFor("GET", kMeUrl, FakeClock().Now());
  ASSERT_TRUE(header.ok());
  session->reset();
  EXPECT_EQ(header->value, "Bearer token");
}

}  // namespace
}  // namespace clone_auth

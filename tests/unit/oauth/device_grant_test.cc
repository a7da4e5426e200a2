#include "clone/device_grant.h"

#include <chrono>
#include <string>
#include <utility>
#include <variant>

#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr const char* kPending = "authorization_pending";

std::string Codes(const std::string& members = R"(,"interval":5)") {
  return R"({"device_code":"dc/1","user_code":"WDJB-MJHT",)"
         R"("verification_uri":"https://login.example/device",)"
         R"("expires_in":600)" +
         members + "}";
}

// A grant, a clock, and a server that the test speaks for.
class DeviceGrantTest : public ::testing::Test {
 protected:
  DeviceGrantTest()
      : grant_(*DeviceGrant::Create(*OAuthClient::Create(ClientOptions()),
                                    "openid")) {}

  OAuthFlow::Step Poll() { return grant_.Poll(clock_.Now()); }
  void Answer(const Result<HttpResponse>& outcome) {
    grant_.Complete(outcome, clock_.Now());
  }

  /// What the grant makes of these codes.
  void GetCodes(const std::string& body = Codes()) {
    EXPECT_TRUE(std::holds_alternative<OAuthFlow::Send>(Poll()));
    Answer(clone_auth::Answer(200, body));
  }

  /// How long the grant waits until it asks again; zero once it is over.
  milliseconds UntilNextPoll() {
    const WallTime from = clock_.Now();
    while (true) {
      const auto step = Poll();
      const auto* wait = std::get_if<OAuthFlow::WaitUntil>(&step);
      if (wait == nullptr) {
        if (std::holds_alternative<OAuthFlow::Done>(step)) return {};
        return std::chrono::duration_cast<milliseconds>(clock_.Now() - from);
      }
      clock_.Advance(wait->until - clock_.Now());
    }
  }

  Status Outcome() { return grant_.Take().status(); }

  testing::FakeClock clock_;
  DeviceGrant grant_;
};

TEST_F(DeviceGrantTest, ShowsWhatTheServerSentAndBringsTokens) {
  const auto first = Poll();
  const HttpRequest& for_codes = std::get<OAuthFlow::Send>(first).request;
  EXPECT_EQ(for_codes.target, "https://login.example/device");
  EXPECT_EQ(for_codes.body, "scope=openid&client_id=tool%201");
  EXPECT_EQ(grant_.prompt(), nullptr);
  const WallTime asked = clock_.Now();
  clock_.Advance(seconds(2));
  Answer(clone_auth::Answer(
      200, Codes(R"(,"interval":5,"verification_uri_complete":)"
                 R"("https://login.example/device?c=WDJB-MJHT")")));
  ASSERT_NE(grant_.prompt(), nullptr);
  EXPECT_EQ(grant_.prompt()->user_code, "WDJB-MJHT");
  EXPECT_EQ(grant_.prompt()->verification_uri, "https://login.example/device");
  EXPECT_EQ(grant_.prompt()->verification_uri_complete,
            "https://login.example/device?c=WDJB-MJHT");
  EXPECT_EQ(grant_.prompt()->expires_at, asked + seconds(600));

  UntilNextPoll();
  Answer(Refusal(kPending));
  clock_.Advance(milliseconds(6000));
  const auto step = Poll();
  const HttpRequest& poll = std::get<OAuthFlow::Send>(step).request;
  EXPECT_EQ(poll.target, "https://login.example/token");
  EXPECT_EQ(poll.body,
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
            "&device_code=dc%2F1&client_id=tool%201");
  const WallTime polled = clock_.Now();
  clock_.Advance(seconds(1));
  Answer(clone_auth::Answer(200, R"({"access_token":"a-1"})"));
  EXPECT_TRUE(std::holds_alternative<OAuthFlow::Done>(Poll()));
  const auto tokens = grant_.Take();
  ASSERT_TRUE(tokens.ok()) << tokens.status().ToString();
  EXPECT_EQ(tokens->tokens.access.Reveal(), "a-1");
  EXPECT_EQ(tokens->tokens.received_at, polled);
}

TEST_F(DeviceGrantTest, WaitsAWholeIntervalAndAFifthBeforeTheFirstPoll) {
  GetCodes();
  EXPECT_EQ(UntilNextPoll(), milliseconds(6000));
  Answer(Refusal(kPending));
  EXPECT_EQ(UntilNextPoll(), milliseconds(6000));
}

TEST_F(DeviceGrantTest, WhileAnAnswerIsWaitedForThereIsNothingToDo) {
  Poll();
  const auto step = Poll();
  EXPECT_EQ(std::get<OAuthFlow::WaitUntil>(step).until, WallTime::max());
}

TEST_F(DeviceGrantTest, O11_EachSlowDownAddsFiveSecondsForGood) {
  GetCodes();
  UntilNextPoll();
  Answer(Refusal("slow_down"));
  EXPECT_EQ(UntilNextPoll(), milliseconds(14'000));
  Answer(Refusal("slow_down", 429));
  EXPECT_EQ(UntilNextPoll(), milliseconds(21'000));
  Answer(Refusal("slow_down", 403));
  EXPECT_EQ(UntilNextPoll(), milliseconds(28'000));
  Answer(Refusal(kPending));
  EXPECT_EQ(UntilNextPoll(), milliseconds(28'000));
}

TEST_F(DeviceGrantTest, O11_WhatMayPassIsWaitedOut) {
  for (const Result<HttpResponse>& trouble :
       {clone_auth::Answer(500), clone_auth::Answer(502, "<html>"),
        clone_auth::Answer(503), clone_auth::Answer(429),
        clone_auth::Answer(408), clone_auth::Answer(200, "<html>"),
        clone_auth::Answer(302), Refusal("server_error"),
        Refusal("temporarily_unavailable", 503), Refusal("invalid_grant", 500),
        Result<HttpResponse>(Status(Reason::kConnectionLost)),
        Result<HttpResponse>(Status(Reason::kUnreachable)),
        Result<HttpResponse>(Status(Reason::kTimeout))}) {
    grant_ =
        *DeviceGrant::Create(*OAuthClient::Create(ClientOptions()), "openid");
    GetCodes();
    UntilNextPoll();
    Answer(trouble);
    EXPECT_EQ(UntilNextPoll(), milliseconds(12'000));
    Answer(trouble);
    EXPECT_EQ(UntilNextPoll(), milliseconds(24'000));
    Answer(trouble);
    EXPECT_EQ(UntilNextPoll(), milliseconds(48'000));
    Answer(trouble);
    EXPECT_EQ(UntilNextPoll(), milliseconds(60'000));
    Answer(Refusal(kPending));
    EXPECT_EQ(UntilNextPoll(), milliseconds(6000));
  }
}

TEST_F(DeviceGrantTest, O11_EndsWithWhatIsFinal) {
  for (const auto& [refusal, reason] :
       {std::pair{Refusal("access_denied"), Reason::kSignInDenied},
        {Refusal("access_denied", 403), Reason::kSignInDenied},
        {Refusal("expired_token"), Reason::kSignInExpired},
        {Refusal("invalid_grant"), Reason::kGrantInvalid},
        {Refusal("invalid_client", 401), Reason::kClientRefused},
        {Refusal("unauthorized_client"), Reason::kClientRefused},
        {Refusal("unsupported_grant_type"), Reason::kGrantUnsupported},
        {Refusal("no_such_word"), Reason::kRequestRefused},
        {clone_auth::Answer(404, "<html>"), Reason::kRequestRefused},
        {clone_auth::Answer(200, "{}"), Reason::kAnswerMalformed}}) {
    grant_ = *DeviceGrant::Create(*OAuthClient::Create(ClientOptions()), "");
    GetCodes();
    UntilNextPoll();
    Answer(refusal);
    EXPECT_TRUE(std::holds_alternative<OAuthFlow::Done>(Poll()));
    EXPECT_EQ(Outcome().reason(), reason);
  }
}

TEST_F(DeviceGrantTest, O11_EndsWhenTheCodeExpiresAndNoLater) {
  GetCodes();
  const WallTime expires_at = grant_.prompt()->expires_at;
  while (UntilNextPoll() != milliseconds(0)) Answer(Refusal(kPending));
  EXPECT_EQ(clock_.Now(), expires_at);
  EXPECT_EQ(Outcome().reason(), Reason::kSignInExpired);
}

TEST_F(DeviceGrantTest, SaysWhyNobodyCouldBeAskedWhenTheCodeExpired) {
  GetCodes();
  while (UntilNextPoll() != milliseconds(0)) {
    Answer(Status(Reason::kUnreachable));
  }
  const Status outcome = Outcome();
  EXPECT_EQ(outcome.reason(), Reason::kSignInExpired);
  EXPECT_NE(outcome.message().find(Describe(Reason::kUnreachable).text),
            std::string_view::npos);
}

TEST_F(DeviceGrantTest, GoesOnAfterAMinuteWithoutANetwork) {
  GetCodes();
  const WallTime cut_until = clock_.Now() + seconds(66);
  int polls = 0;
  while (UntilNextPoll() != milliseconds(0) && clock_.Now() < cut_until) {
    Answer(Status(Reason::kUnreachable));
    ++polls;
  }
  EXPECT_LE(polls, 4);
  Answer(clone_auth::Answer(200, R"({"access_token":"a-1"})"));
  EXPECT_TRUE(grant_.Take().ok());
  EXPECT_LE(clock_.Now(), cut_until + minutes(1));
}

TEST_F(DeviceGrantTest, AsksAtOnceAfterSleepingThroughIntervals) {
  GetCodes();
  Poll();
  clock_.Suspend(minutes(3));
  EXPECT_TRUE(std::holds_alternative<OAuthFlow::Send>(Poll()));
  Answer(Refusal(kPending));
  clock_.Suspend(minutes(10));
  EXPECT_TRUE(std::holds_alternative<OAuthFlow::Done>(Poll()));
  EXPECT_EQ(Outcome().reason(), Reason::kSignInExpired);
}

TEST_F(DeviceGrantTest, R15_KeepsARetryAfterThatIsLongerThanItsWait) {
  GetCodes();
  UntilNextPoll();
  Answer(clone_auth::Answer(429, "", {{"Retry-After", "100"}}));
  EXPECT_EQ(UntilNextPoll(), seconds(100));
  Answer(clone_auth::Answer(503, "", {{"Retry-After", "1"}}));
  EXPECT_EQ(UntilNextPoll(), seconds(24));
  Answer(clone_auth::Answer(503, "", {{"Retry-After", "1000000000000"}}));
  EXPECT_EQ(UntilNextPoll(), minutes(5));
  Answer(clone_auth::Answer(503, "", {{"Retry-After", "soon"}}));
  EXPECT_EQ(UntilNextPoll(), seconds(60));
}

TEST_F(DeviceGrantTest, O12_AnIntervalThatMakesNoSenseIsFiveSeconds) {
  for (const auto& [interval, wait] :
       {std::pair{"", seconds(6)},
        {R"(,"interval":0)", seconds(6)},
        {R"(,"interval":-1)", seconds(6)},
        {R"(,"interval":null)", seconds(6)},
        {R"(,"interval":"7")", seconds(6)},
        {R"(,"interval":2.5)", seconds(6)},
        {R"(,"interval":1)", seconds(1)},
        {R"(,"interval":60)", seconds(72)},
        {R"(,"interval":1000000000)", seconds(360)}}) {
    grant_ = *DeviceGrant::Create(*OAuthClient::Create(ClientOptions()), "");
    GetCodes(Codes(interval));
    EXPECT_EQ(std::chrono::duration_cast<seconds>(UntilNextPoll()), wait)
        << interval;
  }
}

TEST_F(DeviceGrantTest, O12_CodesThatCannotBeUsedAreRefused) {
  const auto reason_of = [&](const std::string& body) {
    grant_ = *DeviceGrant::Create(*OAuthClient::Create(ClientOptions()), "");
    GetCodes(body);
    EXPECT_TRUE(std::holds_alternative<OAuthFlow::Done>(Poll()));
    EXPECT_EQ(grant_.prompt(), nullptr);
    return Outcome().reason();
  };
  const auto codes = [](const std::string& user_code, const std::string& uri,
                        const std::string& expires_in) {
    return R"({"device_code":"d","user_code":)" + user_code +
           R"(,"verification_uri":)" + uri + R"(,"expires_in":)" + expires_in +
           "}";
  };
  const std::string uri = "\"https://login.example/\"";
  for (const char* lifetime : {"0", "-1", "null", "\"600\"", "1e99", "1.5"}) {
    EXPECT_EQ(reason_of(codes("\"A\"", uri, lifetime)),
              Reason::kAnswerMalformed)
        << lifetime;
  }
  for (const char* code :
       {"\"\"", "7", "\"A\\u001b[2J\"", "\"A\\nB\"", "\"A\\u0000\"",
        "\"A\\u007f\"", "\"A\\u009bB\"", "\"\\u0410BC\"", "\"A\\u202eB\""}) {
    EXPECT_EQ(reason_of(codes(code, uri, "600")), Reason::kAnswerMalformed)
        << code;
  }
  EXPECT_EQ(reason_of(codes("\"" + std::string(65, 'A') + "\"", uri, "600")),
            Reason::kAnswerMalformed);
  for (const auto& [place, reason] :
       {std::pair{"\"http://login.example/\"", Reason::kInsecureUrl},
        {"\"http://127.0.0.1/\"", Reason::kInsecureUrl},
        {"\"javascript:alert(1)\"", Reason::kUrlMalformed},
        {"\"file:///etc/passwd\"", Reason::kUrlMalformed},
        {"\"https://a b/\"", Reason::kUrlMalformed},
        {"\"\"", Reason::kUrlMalformed},
        {"null", Reason::kUrlMalformed}}) {
    EXPECT_EQ(reason_of(codes("\"A\"", place, "600")), reason) << place;
  }
  EXPECT_EQ(reason_of(Codes(R"(,"verification_uri_complete":"data:,x")")),
            Reason::kUrlMalformed);
}

TEST_F(DeviceGrantTest, R13_WhatIsNoAnswerToADeviceIsRefused) {
  for (const auto& [answer, reason] :
       {std::pair{clone_auth::Answer(200, "<html>"), Reason::kAnswerMalformed},
        {clone_auth::Answer(200, "{}"), Reason::kAnswerMalformed},
        {clone_auth::Answer(404), Reason::kRequestRefused},
        {clone_auth::Answer(503), Reason::kOverloaded},
        {Refusal("invalid_scope"), Reason::kScopeRefused},
        {Refusal("unauthorized_client", 200), Reason::kClientRefused},
        {Result<HttpResponse>(Status(Reason::kTlsFailed)),
         Reason::kTlsFailed}}) {
    grant_ = *DeviceGrant::Create(*OAuthClient::Create(ClientOptions()), "");
    Poll();
    Answer(answer);
    EXPECT_EQ(Outcome().reason(), reason);
  }
}

TEST_F(DeviceGrantTest, TakesTheNameThatSomeServersWriteForTheUri) {
  GetCodes(R"({"device_code":"d","user_code":"A B","expires_in":60,)"
           R"("verification_url":"https://login.example/x"})");
  ASSERT_NE(grant_.prompt(), nullptr);
  EXPECT_EQ(grant_.prompt()->verification_uri, "https://login.example/x");
  EXPECT_EQ(grant_.prompt()->verification_uri_complete, "");
  EXPECT_EQ(grant_.prompt()->user_code, "A B");
}

TEST_F(DeviceGrantTest, OnceItIsAbandonedALateAnswerMeansNothing) {
  GetCodes();
  UntilNextPoll();
  grant_.Abandon(Status(Reason::kCancelled));
  Answer(clone_auth::Answer(200, R"({"access_token":"a-1"})"));
  EXPECT_TRUE(std::holds_alternative<OAuthFlow::Done>(Poll()));
  EXPECT_EQ(Outcome().reason(), Reason::kCancelled);
}

TEST(DeviceGrantCreate, TakesAServerThatOffersIt) {
  OAuthClientOptions options = ClientOptions();
  options.server.device_authorization_endpoint.clear();
  EXPECT_EQ(
      DeviceGrant::Create(*OAuthClient::Create(options), "").status().reason(),
      Reason::kGrantUnsupported);
}

}  // namespace
}  // namespace clone_auth

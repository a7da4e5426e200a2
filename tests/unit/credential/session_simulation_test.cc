// Days of outages, lost answers, refused tokens and clocks that are set,
// played through in milliseconds and the same each time.

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "clone/json.h"
#include "clone/testing/fake_transport.h"
#include "clone/token_inspection.h"
#include "clone/token_session.h"
#include "gtest/gtest.h"
#include "unit/credential/session_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the support is made for these tests
using std::chrono::hours;

constexpr hours kDay{24};

/// Chance that is the same for one seed.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  bool Hits(int in_thousand) { return Below(1000) < in_thousand; }
  int Below(int limit) {
    return static_cast<int>(engine_() % static_cast<std::uint64_t>(limit));
  }
  seconds Seconds(int limit) { return seconds(Below(limit)); }

 private:
  std::mt19937_64 engine_;
};

/// A server with single-use refresh tokens: it gives a successor again to
/// whoever repeats the attempt, and ends the family on any other reuse.
class RotatingServer {
 public:
  explicit RotatingServer(seconds lifetime) : lifetime_(lifetime) {}

  std::string Refresh() const { return "refresh-" + std::to_string(current_); }
  std::string Access(WallTime now) {
    ++issued_;
    return AccessToken(now, lifetime_, issued_);
  }

  HttpResponse Handle(const HttpRequest& request, WallTime now) {
    const auto body = JsonValue::Parse(request.body);
    const std::string presented = *body->FindString("refresh");
    const std::string key = *request.headers.Find("Idempotency-Key");
    const bool is_repeat = presented == previous_ && key == previous_key_;
    if (ended_ || (presented != Refresh() && !is_repeat)) {
      ended_ = true;
      return Answer(401, R"({"code":"refresh_reused"})");
    }
    if (!is_repeat) {
      previous_ = presented;
      previous_key_ = key;
      ++current_;
    }
    return Answer(200, TokenBody(Access(now), Refresh()));
  }

  bool ended() const { return ended_; }

 private:
  const seconds lifetime_;
  int current_ = 0;
  std::uint64_t issued_ = 0;
  std::string previous_;
  std::string previous_key_;
  bool ended_ = false;
};

/// What goes wrong in one exchange, if anything.
std::optional<Result<HttpResponse>> Trouble(Dice& dice, bool is_down) {
  if (is_down) {
    switch (dice.Below(4)) {
      case 0:
        return Status(Reason::kUnreachable);
      case 1:
        return Answer(503, "", {{"Retry-After", "20"}});
      case 2:
        return Answer(429, "", {{"Retry-After", "100000"}});
      default:
        return Answer(502, "<html>");
    }
  }
  return std::nullopt;
}

WallTime ExpiryOf(const CredentialHeader& header) {
  const auto token = InspectToken(header.value.substr(7));
  return *token->expires_at;
}

SessionTokens FirstTokens(RotatingServer& server, WallTime now) {
  SessionTokens tokens;
  tokens.access = Secret::CopyOf(server.Access(now));
  tokens.refresh = Secret::CopyOf(server.Refresh());
  return tokens;
}

std::unique_ptr<TokenSession> Open(SessionTokens tokens, WallTime now,
                                   RandomSource& random) {
  TokenSessionOptions options;
  options.base_url = kBaseUrl;
  options.session_name = "simulated";
  auto session = TokenSession::Create(options, std::move(tokens), now, random);
  EXPECT_TRUE(session.ok());
  return std::move(session).value();
}

/// One session on a clock that is set again and again; true time is kept
/// apart, and the server goes by that.
class SessionDay {
 public:
  explicit SessionDay(std::uint64_t seed)
      : dice_(seed),
        random_(seed),
        session_(Open(FirstTokens(server_, true_now_), local(), random_)) {}

  void Run() {
    const WallTime end = true_now_ + kDay;
    while (true_now_ < end && !::testing::Test::HasFailure()) Step();
    EXPECT_FALSE(server_.ended()) << "a refresh token was used twice";
    EXPECT_GE(attempts_, 20);
    EXPECT_LE(attempts_, 40 + 2 * disturbances_ + 2 * minutes_down_);
  }

 private:
  WallTime local() const { return true_now_ + offset_; }

  void Step() {
    const seconds passed = seconds(1) + dice_.Seconds(5);
    true_now_ += passed;
    Disturb();
    CheckHeader();
    if (pending_ && true_now_ >= answer_at_) Deliver();
    const auto step = session_->Poll(local());
    if (const auto* send = std::get_if<TokenSession::Send>(&step)) {
      ASSERT_FALSE(pending_) << "two requests in flight";
      ++attempts_;
      pending_ = *send;
      answer_at_ = true_now_ + dice_.Seconds(30);
    }
    ASSERT_FALSE(std::holds_alternative<TokenSession::Ended>(step))
        << std::get<TokenSession::Ended>(step).why.ToString();
  }

  void Disturb() {
    if (true_now_ >= down_until_ && dice_.Hits(1)) {
      const int length = 1 + dice_.Below(90);
      down_until_ = true_now_ + minutes(length);
      minutes_down_ += length;
    }
    if (dice_.Hits(1)) {
      ++disturbances_;
      offset_ += minutes(dice_.Below(600) - 300);
      ++steps_;
    }
    if (dice_.Hits(1)) {
      ++disturbances_;
      session_->Invalidate(session_->generation(), local());
    }
  }

  void CheckHeader() {
    const auto header = session_->HeaderFor("GET", kMeUrl, local());
    if (header.ok()) {
      // A clock that is set back hides at most the time since the last look.
      const seconds hidden = seconds(6) * steps_;
      ASSERT_LT(true_now_, ExpiryOf(*header) + hidden);
      return;
    }
    ASSERT_EQ(header.status().reason(), Reason::kTokenExpired);
  }

  void Deliver() {
    const TokenSession::Send send = *std::exchange(pending_, std::nullopt);
    Result<HttpResponse> outcome = Status(Reason::kConnectionLost);
    if (auto trouble = Trouble(dice_, true_now_ < down_until_)) {
      outcome = *std::move(trouble);
    } else {
      HttpResponse answer = server_.Handle(send.request, true_now_);
      const bool is_lost = dice_.Hits(100);
      if (is_lost) {
        ++disturbances_;
      } else {
        outcome = std::move(answer);
        steps_ = 0;
      }
    }
    session_->Complete(send.attempt, outcome, local());
  }

  Dice dice_;
  FakeRandom random_;
  RotatingServer server_{kHour};
  WallTime true_now_ = FakeClock().Now();
  WallTime::duration offset_{0};
  std::unique_ptr<TokenSession> session_;
  std::optional<TokenSession::Send> pending_;
  WallTime answer_at_{};
  WallTime down_until_{};
  int attempts_ = 0;
  int disturbances_ = 0;
  int minutes_down_ = 0;
  int steps_ = 0;
};

TEST(SessionSimulation, SurvivesDaysOfTroubleWithoutAStormOrAnExpiredToken) {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    SCOPED_TRACE(seed);
    SessionDay(seed).Run();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace clone_auth

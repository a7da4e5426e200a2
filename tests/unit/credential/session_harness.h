#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "clone/token_session.h"
#include "gtest/gtest.h"
#include "support/scheme.h"
#include "support/tokens.h"

namespace clone_auth::testing {

inline constexpr char kBaseUrl[] = "https://api.example";
inline constexpr char kMeUrl[] = "https://api.example/api/auth/me/";
inline constexpr std::chrono::hours kHour{1};
using std::chrono::minutes;
using std::chrono::seconds;

inline HttpResponse Answer(int status, std::string body = "",
                           HttpHeaders headers = {}) {
  return HttpResponse{status, std::move(headers), std::move(body)};
}

inline std::string TokenBody(const std::string& access,
                             const std::string& refresh = "") {
  return R"({"access":")" + access + "\"" +
         (refresh.empty() ? "" : R"(,"refresh":")" + refresh + "\"") + "}";
}

/// A session with tokens of an hour and what its tests ask again and again.
class SessionHarness {
 public:
  explicit SessionHarness(std::chrono::seconds lifetime = kHour,
                          const std::string& name = "session-1")
      : lifetime_(lifetime), start_(clock_.Now()) {
    TokenSessionOptions options;
    options.base_url = kBaseUrl;
    options.session_name = name;
    options.scheme = TestScheme();
    SessionTokens tokens;
    tokens.access = Secret::CopyOf(NextAccess());
    tokens.refresh = Secret::CopyOf("refresh-0");
    auto session =
        TokenSession::Create(options, std::move(tokens), clock_.Now(), random_);
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    session_ = std::move(session).value();
  }

  TokenSession& session() { return *session_; }
  FakeClock& clock() { return clock_; }
  FakeRandom& random() { return random_; }
  WallTime start() const { return start_; }
  WallTime now() const { return clock_.Now(); }

  std::string NextAccess() {
    return AccessToken(clock_.Now(), lifetime_, ++serial_);
  }

  TokenSession::Step Poll() { return session_->Poll(now()); }

  /// The attempt that Poll wants sent; 0 if it wants none.
  std::uint64_t PollForAttempt() {
    const auto step = Poll();
    const auto* send = std::get_if<TokenSession::Send>(&step);
    if (send == nullptr) return 0;
    last_request = send->request;
    return send->attempt;
  }

  void Complete(std::uint64_t attempt, Result<HttpResponse> outcome) {
    session_->Complete(attempt, outcome, now());
  }

  /// The next attempt comes to this. False if none was due.
  bool Attempt(Result<HttpResponse> outcome) {
    const std::uint64_t attempt = PollForAttempt();
    if (attempt == 0) return false;
    Complete(attempt, std::move(outcome));
    return true;
  }

  bool Succeed(const std::string& refresh = "refresh-next") {
    return Attempt(Answer(200, TokenBody(NextAccess(), refresh)));
  }

  /// Lets time pass up to the next attempt, in steps of a second; how long.
  std::chrono::seconds UntilAttemptIsDue(
      std::chrono::seconds limit = std::chrono::hours(2)) {
    for (std::chrono::seconds waited{0}; waited <= limit; ++waited) {
      const auto step = Poll();
      if (const auto* send = std::get_if<TokenSession::Send>(&step)) {
        last_request = send->request;
        pending = send->attempt;
        return waited;
      }
      clock_.Advance(std::chrono::seconds(1));
    }
    ADD_FAILURE() << "no attempt in time";
    return limit;
  }

  bool HasHeader() const {
    return session_->HeaderFor("GET", kMeUrl, now()).ok();
  }
  Reason HeaderReason() const {
    return session_->HeaderFor("GET", kMeUrl, now()).status().reason();
  }
  SessionHealth health() const { return session_->health(now()); }

  HttpRequest last_request;
  std::uint64_t pending = 0;

 private:
  FakeClock clock_;
  FakeRandom random_;
  std::chrono::seconds lifetime_;
  WallTime start_;
  std::uint64_t serial_ = 0;
  std::unique_ptr<TokenSession> session_;
};

}  // namespace clone_auth::testing

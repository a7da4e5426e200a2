// Our own client against each fault: a session of an hour's tokens, driven as a
// program drives it. Whatever the server does, no session is lost by it.

#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "clone/credential_source.h"
#include "clone/testing/fake_transport.h"
#include "clone/token_session.h"
#include "gtest/gtest.h"
#include "unit/testing/server_harness.h"

namespace clone_auth::testing {
namespace {

constexpr char kApi[] = "https://auth.example";
constexpr char kMe[] = "https://auth.example/api/auth/me/";

class Client {
 public:
  explicit Client(AdversarialAuthServerOptions options = {})
      : h_(std::move(options)),
        transport_(std::make_shared<FakeTransport>(
            [this](const HttpRequest& request) { return h_.Send(request); })) {
    const FreshTokens fresh = h_.NewSession();
    SessionTokens tokens;
    tokens.access = Secret::CopyOf(fresh.access);
    tokens.refresh = Secret::CopyOf(fresh.refresh);
    TokenSessionOptions session_options;
    session_options.base_url = kApi;
    session_options.session_name = "session-1";
    auto session = TokenSession::Create(session_options, std::move(tokens),
                                        h_.clock().Now(), h_.random());
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    source_ = SessionCredentialSource::Create(std::move(session).value(),
                                              transport_, &h_.clock());
  }

  ServerHarness& h() { return h_; }
  AdversarialAuthServer& server() { return h_.server(); }
  TokenSession& session() { return source_->session(); }
  SessionCredentialSource& source() { return *source_; }
  SessionHealth health() { return session().health(h_.clock().Now()); }
  std::string refresh_token() {
    return std::string(session().tokens().refresh.Reveal());
  }
  bool HasHeader() { return source_->HeaderFor("GET", kMe).ok(); }

  /// A request every ten seconds, until one more exchange was sent.
  bool UseUntilExchange(minutes limit = minutes(90)) {
    const auto before = transport_->count();
    for (seconds used{0}; used < limit; used += seconds(10)) {
      h_.clock().Advance(seconds(10));
      HasHeader();
      if (transport_->count() > before) return true;
    }
    return false;
  }

 private:
  ServerHarness h_;
  std::shared_ptr<FakeTransport> transport_;
  std::unique_ptr<SessionCredentialSource> source_;
};

struct FaultCase {
  const char* fault;
  SessionHealth health;
  Reason error;
};

// The health after the exchange that the fault befell. kEnded stands where the
// server said for good that it is over, or gave the token of somebody else.
const std::vector<FaultCase> kCases = {
    {"slow_down", SessionHealth::kFresh, Reason::kNone},
    {"skewed_date", SessionHealth::kFresh, Reason::kNone},
    {"skewed_date=-7200", SessionHealth::kFresh, Reason::kNone},
    {"same_token", SessionHealth::kAging, Reason::kNone},
    {"html_502", SessionHealth::kDegraded, Reason::kServerError},
    {"stall", SessionHealth::kDegraded, Reason::kTimeout},
    {"cut", SessionHealth::kDegraded, Reason::kConnectionLost},
    {"lost_answer", SessionHealth::kDegraded, Reason::kConnectionLost},
    {"redirect_307", SessionHealth::kDegraded, Reason::kRedirectRefused},
    {"retry_after", SessionHealth::kDegraded, Reason::kOverloaded},
    {"rate_limited_429", SessionHealth::kDegraded, Reason::kRateLimited},
    {"unavailable_503", SessionHealth::kDegraded, Reason::kOverloaded},
    {"invalid_grant_once", SessionHealth::kEnded, Reason::kRefreshInvalid},
    {"no_refresh_token", SessionHealth::kFresh, Reason::kNone},
    {"empty_200", SessionHealth::kDegraded, Reason::kAnswerMalformed},
    {"foreign_subject", SessionHealth::kEnded, Reason::kTokenClaim},
    {"huge_body", SessionHealth::kDegraded, Reason::kAnswerMalformed},
    {"garbage_json", SessionHealth::kDegraded, Reason::kAnswerMalformed},
    {"expires_in_zero", SessionHealth::kDegraded, Reason::kAnswerMalformed},
};

TEST(SessionAgainstFaults, HasARowForEachFault) {
  for (const FaultInfo& row : FaultTable()) {
    bool is_named = false;
    for (const FaultCase& c : kCases) {
      is_named = is_named || ParseFault(c.fault)->kind == row.kind;
    }
    EXPECT_TRUE(is_named) << row.name;
  }
}

TEST(SessionAgainstFaults, ShowsItsHealthAndRecovers) {
  for (const FaultCase& c : kCases) {
    Client client;
    ASSERT_TRUE(client.server().Add(c.fault).ok()) << c.fault;
    ASSERT_TRUE(client.UseUntilExchange()) << c.fault;
    EXPECT_EQ(client.health(), c.health) << c.fault;
    EXPECT_EQ(client.session().last_error().reason(), c.error) << c.fault;
    EXPECT_EQ(client.HasHeader(), c.health != SessionHealth::kEnded) << c.fault;
    if (c.health != SessionHealth::kEnded) {
      ASSERT_TRUE(client.UseUntilExchange()) << c.fault;
      EXPECT_EQ(client.health(), SessionHealth::kFresh) << c.fault;
    }
    // What the client holds is still worth a session at the server.
    client.h().clock().Advance(seconds(1));
    EXPECT_FALSE(client.h().Next(client.refresh_token()).empty()) << c.fault;
    EXPECT_EQ(client.server().counts().families_lost, 0u) << c.fault;
    EXPECT_EQ(client.server().counts().redirects_followed, 0u) << c.fault;
  }
}

TEST(SessionAgainstFaults, NeedsTheIdempotencyKeyForAnswersThatAreLost) {
  AdversarialAuthServerOptions options;
  options.honours_idempotency = false;
  Client client(options);
  ASSERT_TRUE(client.server().Add("lost_answer").ok());
  ASSERT_TRUE(client.UseUntilExchange());
  EXPECT_EQ(client.health(), SessionHealth::kDegraded);
  ASSERT_TRUE(client.UseUntilExchange());
  EXPECT_EQ(client.health(), SessionHealth::kEnded);
  EXPECT_EQ(client.session().last_error().reason(), Reason::kRefreshReused);
  EXPECT_EQ(client.server().counts().families_lost, 1u);
}

TEST(SessionAgainstFaults, OutlivesAnHourOfEachThatPasses) {
  for (const FaultCase& c : kCases) {
    if (c.health != SessionHealth::kDegraded) continue;
    Client client;
    ASSERT_TRUE(client.server().Add(std::string(c.fault) + ":1000000").ok());
    while (client.health() != SessionHealth::kExpired) {
      ASSERT_TRUE(client.UseUntilExchange()) << c.fault;
    }
    EXPECT_FALSE(client.HasHeader()) << c.fault;
    client.server().ClearFaults();
    ASSERT_TRUE(client.UseUntilExchange()) << c.fault;
    EXPECT_EQ(client.health(), SessionHealth::kFresh) << c.fault;
    EXPECT_EQ(client.server().counts().families_lost, 0u) << c.fault;
    EXPECT_LE(client.server().counts().exchanges, 60u) << c.fault;
  }
}

TEST(SessionAgainstFaults, LosesNoSessionToAMonthOfThemInAnyOrder) {
  std::vector<const FaultCase*> passing;
  for (const FaultCase& c : kCases) {
    if (c.health != SessionHealth::kEnded) passing.push_back(&c);
  }
  for (const std::uint64_t seed : {1u, 2u, 3u, 4u}) {
    Client client;
    std::mt19937_64 engine(seed);
    for (int i = 0; i < 400; ++i) {
      const FaultCase& c = *passing[engine() % passing.size()];
      ASSERT_TRUE(client.server().Add(c.fault).ok());
      ASSERT_TRUE(client.UseUntilExchange(minutes(180))) << "seed " << seed;
      ASSERT_NE(client.health(), SessionHealth::kEnded) << c.fault;
    }
    client.server().ClearFaults();
    ASSERT_TRUE(client.UseUntilExchange(minutes(180)));
    EXPECT_EQ(client.health(), SessionHealth::kFresh) << "seed " << seed;
    EXPECT_EQ(client.server().counts().families_lost, 0u) << "seed " << seed;
  }
}

TEST(AdversarialServerThreads, GiveManyPostsOfOneTokenOneSuccessor) {
  ServerHarness h;
  const std::string refresh = h.NewSession().refresh;
  std::vector<std::string> successors(8);
  std::vector<std::thread> threads;
  for (std::string& successor : successors) {
    threads.emplace_back([&] { successor = h.Next(refresh); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& successor : successors) {
    EXPECT_EQ(successor, successors.front());
  }
  EXPECT_FALSE(successors.front().empty());
  EXPECT_EQ(h.server().counts().rotations, 1u);
  EXPECT_EQ(h.server().counts().repeats, 7u);
  EXPECT_EQ(h.server().counts().families_lost, 0u);
}

}  // namespace
}  // namespace clone_auth::testing

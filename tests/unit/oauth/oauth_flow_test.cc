// Flows driven to their end against a server that keeps the rules, and breaks
// them where it is told to.

#include "clone/oauth_flow.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "clone/device_grant.h"
#include "clone/discovery.h"
#include "clone/testing/adversarial_auth_server.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "clone/testing/fake_transport.h"
#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

class OAuthFlowTest : public ::testing::Test {
 protected:
  OAuthFlowTest()
      : server_(*testing::AdversarialAuthServer::Create({}, random_)),
        transport_([this](const HttpRequest& request) {
          return server_->Handle(request, ServerNow());
        }) {
    options_.transport = &transport_;
    options_.clock = &clock_;
  }

  /// By a clock that nobody sets.
  WallTime ServerNow() const { return kStart + clock_.SinceBoot(); }

  OAuthClient Client() {
    DiscoveryOptions where;
    where.issuer = "https://auth.example";
    OAuthClientOptions client;
    client.server = Discover(where, options_)->server;
    client.client_id = "cli";
    return *OAuthClient::Create(client);
  }

  /// Runs a device grant; `look` is called after each wait.
  Result<TokenAnswer> SignIn(const std::function<bool(DeviceGrant&)>& look) {
    DeviceGrant grant = *DeviceGrant::Create(Client(), "");
    options_.wait = [&](nanoseconds duration) {
      EXPECT_LE(duration, seconds(1));
      clock_.Advance(duration);
      return look(grant);
    };
    RunFlow(grant, options_);
    return grant.Take();
  }

  /// A person answers after a minute.
  std::function<bool(DeviceGrant&)> Person(bool agreed) {
    const auto at = clock_.SinceBoot() + minutes(1);
    return [this, agreed, at, is_done = false](DeviceGrant& grant) mutable {
      if (clock_.SinceBoot() < at || std::exchange(is_done, true)) return true;
      const std::string& code = grant.prompt()->user_code;
      EXPECT_TRUE(server_->AnswerDevice(code, agreed, ServerNow()).ok());
      return true;
    };
  }

  testing::FakeClock clock_;
  testing::FakeRandom random_;
  std::unique_ptr<testing::AdversarialAuthServer> server_;
  testing::FakeTransport transport_;
  FlowDriverOptions options_;
};

TEST_F(OAuthFlowTest, APersonWhoAgreesIsSignedIn) {
  const auto tokens = SignIn(Person(true));
  ASSERT_TRUE(tokens.ok()) << tokens.status().ToString();
  EXPECT_FALSE(tokens->tokens.access.empty());
  EXPECT_FALSE(tokens->tokens.refresh.empty());
}

TEST_F(OAuthFlowTest, APersonWhoDeniesIsNot) {
  EXPECT_EQ(SignIn(Person(false)).status().reason(), Reason::kSignInDenied);
}

TEST_F(OAuthFlowTest, APersonWhoNeverAnswersIsNot) {
  EXPECT_EQ(SignIn([](DeviceGrant&) { return true; }).status().reason(),
            Reason::kSignInExpired);
}

TEST_F(OAuthFlowTest, WhoGivesUpWaitingIsTold) {
  EXPECT_EQ(SignIn([](DeviceGrant&) { return false; }).status().reason(),
            Reason::kCancelled);
}

TEST_F(OAuthFlowTest, O11_ServersThatAreSlowFailOrLoseAnswersAreSurvived) {
  for (const char* fault :
       {"slow_down:2", "html_502:3", "unavailable_503:2", "rate_limited_429",
        "stall:2", "cut", "lost_answer:2", "garbage_json:3", "empty_200",
        "redirect_307"}) {
    server_->ClearFaults();
    ASSERT_TRUE(server_->Add(fault).ok()) << fault;
    const auto tokens = SignIn(Person(true));
    EXPECT_TRUE(tokens.ok()) << fault << ": " << tokens.status().ToString();
    EXPECT_EQ(server_->pending_faults(), 0u) << fault;
  }
}

TEST_F(OAuthFlowTest, AClockThatIsSetEndsNoSignIn) {
  for (const auto step : {hours(5), -hours(5)}) {
    auto person = Person(true);
    bool is_set = false;
    const auto tokens = SignIn([&](DeviceGrant& grant) {
      if (!std::exchange(is_set, true)) clock_.Step(step);
      return person(grant);
    });
    EXPECT_TRUE(tokens.ok()) << tokens.status().ToString();
  }
}

// The server's clock goes at four fifths of ours.
TEST_F(OAuthFlowTest, AClockThatRunsAFifthFastIsNoReasonToSlowDown) {
  int slowed = 0;
  testing::FakeTransport slower([&](const HttpRequest& request) {
    auto outcome =
        server_->Handle(request, kStart + clock_.SinceBoot() * 10 / 12);
    slowed +=
        outcome.ok() && outcome->body.find("slow_down") != std::string::npos;
    return outcome;
  });
  options_.transport = &slower;
  EXPECT_EQ(SignIn([](DeviceGrant&) { return true; }).status().reason(),
            Reason::kSignInExpired);
  EXPECT_EQ(slowed, 0);
  EXPECT_GT(slower.count(), 50u);
}

TEST_F(OAuthFlowTest, ReadsTheClockThatCountsSleep) {
  bool has_slept = false;
  const auto outcome = SignIn([&](DeviceGrant&) {
    if (!std::exchange(has_slept, true)) clock_.Suspend(minutes(20));
    return true;
  });
  EXPECT_EQ(outcome.status().reason(), Reason::kSignInExpired);
  EXPECT_EQ(server_->counts().exchanges, 0u);
}

TEST_F(OAuthFlowTest, WithoutACallToWaitItSleepsByTheClock) {
  DeviceGrant grant = *DeviceGrant::Create(Client(), "");
  options_.wait = nullptr;
  const WallTime began = clock_.Now();
  RunFlow(grant, options_);
  EXPECT_EQ(clock_.Now() - began, minutes(10));
  EXPECT_EQ(grant.Take().status().reason(), Reason::kSignInExpired);
}

}  // namespace
}  // namespace clone_auth

#include "clone/device_sign_in.h"

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "clone/discovery.h"
#include "clone/testing/adversarial_auth_server.h"
#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "clone/testing/fake_transport.h"
#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

class DeviceSignInTest : public ::testing::Test {
 protected:
  DeviceSignInTest()
      : server_(*testing::AdversarialAuthServer::Create({}, random_)),
        transport_([this](const HttpRequest& request) {
          return server_->Handle(request, ServerNow());
        }) {
    options_.driver.transport = &transport_;
    options_.driver.clock = &clock_;
    options_.show = [this](const DevicePrompt& prompt) {
      ++shown_;
      EXPECT_TRUE(
          server_->AnswerDevice(prompt.user_code, agrees_, ServerNow()).ok());
    };
  }

  WallTime ServerNow() const { return kStart + clock_.SinceBoot(); }

  Result<TokenAnswer> SignIn() {
    DiscoveryOptions where;
    where.issuer = "https://auth.example";
    const auto found = Discover(std::move(where), options_.driver);
    EXPECT_TRUE(found.ok()) << found.status().ToString();
    OAuthClientOptions client;
    client.server = found->server;
    client.client_id = "cli";
    return SignInWithDevice(*OAuthClient::Create(client), "", options_);
  }

  testing::FakeClock clock_;
  testing::FakeRandom random_;
  std::unique_ptr<testing::AdversarialAuthServer> server_;
  testing::FakeTransport transport_;
  DeviceSignInOptions options_;
  bool agrees_ = true;
  int shown_ = 0;
};

TEST_F(DeviceSignInTest, ShowsTheCodeOnceAndBringsTokens) {
  const auto answer = SignIn();
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_FALSE(answer->tokens.access.empty());
  EXPECT_EQ(shown_, 1);
}

TEST_F(DeviceSignInTest, WhoDeniesIsNotSignedIn) {
  agrees_ = false;
  EXPECT_EQ(SignIn().status().reason(), Reason::kSignInDenied);
}

TEST_F(DeviceSignInTest, TheCodeIsShownBeforeAnythingIsWaitedFor) {
  options_.driver.wait = [this](std::chrono::nanoseconds time) {
    EXPECT_EQ(shown_, 1);
    clock_.Advance(time);
    return true;
  };
  EXPECT_TRUE(SignIn().ok());
}

TEST_F(DeviceSignInTest, WhoGivesUpWaitingIsTold) {
  options_.driver.wait = [](std::chrono::nanoseconds) { return false; };
  EXPECT_EQ(SignIn().status().reason(), Reason::kCancelled);
}

TEST_F(DeviceSignInTest, NobodyIsSignedInWithACodeThatNobodySees) {
  options_.show = nullptr;
  EXPECT_EQ(SignIn().status().reason(), Reason::kInvalidArgument);
}

TEST_F(DeviceSignInTest, DiscoveryTellsWhatIsWrongWithWhereToLook) {
  EXPECT_EQ(Discover({}, options_.driver).status().reason(),
            Reason::kInvalidArgument);
  DiscoveryOptions where;
  where.issuer = "https://auth.example/nobody";
  EXPECT_EQ(Discover(where, options_.driver).status().reason(),
            Reason::kNotFound);
}

}  // namespace
}  // namespace clone_auth

// A sign-in from start to end, over a real socket and a transport of tests.

#include "clone/browser_sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "clone/testing/fake_transport.h"
#include "unit/oauth/auth_server.h"
#include "unit/oauth/visitor.h"

namespace clone_auth {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;
using testing::ClientOf;
using testing::FakeClock;
using testing::FakeRandom;
using testing::FakeTransport;
using ::testing::HasSubstr;
using testing::ParameterOf;
using testing::PlainTokens;
using testing::ServerKey;
using testing::ServerMetadata;
using testing::Visitor;

// Three minutes pass whenever somebody looks, so nothing is waited for.
class RushingClock final : public Clock {
 public:
  WallTime Now() const override {
    return FromUnixSeconds(seconds(1'767'225'600)) +
           std::chrono::duration_cast<WallTime::duration>(SinceBoot());
  }
  nanoseconds SinceBoot() const override { return passed_ += seconds(180); }
  void SleepFor(nanoseconds /*duration*/) const override {}

 private:
  mutable nanoseconds passed_{0};
};

class BrowserSignInTest : public ::testing::Test {
 protected:
  // The browser is back before anybody listens, and its request waits.
  void ComeBack(const std::string& url, const std::string& parameters) {
    visitor_.emplace(ParameterOf(url, "redirect_uri"));
    visitor_->Request("GET", "/callback?" + parameters +
                                 "&state=" + ParameterOf(url, "state"));
  }

  BrowserSignInOptions Options() {
    BrowserSignInOptions options;
    options.driver.transport = &transport_;
    options.driver.clock = &clock_;
    options.random = &random_;
    options.open = [this](const std::string& url) {
      ComeBack(url, "code=c");
      return Status();
    };
    return options;
  }

  Result<SignIn> SignInTo(AuthServerMetadata server,
                          const BrowserSignInOptions& options,
                          const std::string& scope = "read") {
    AuthorizationCodeOptions request;
    request.scope = scope;
    return SignInWithBrowser(ClientOf(std::move(server)), request, options);
  }
  Result<SignIn> SignInTo(const BrowserSignInOptions& options) {
    return SignInTo(ServerMetadata(), options);
  }

  FakeTransport transport_{[](const HttpRequest&) { return PlainTokens(); }};
  FakeClock clock_;
  FakeRandom random_;
  std::optional<Visitor> visitor_;
};

TEST_F(BrowserSignInTest, TheBrowserComesBackAndThePersonIsSignedIn) {
  const auto result = SignInTo(Options());
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(result->answer.tokens.access.Reveal(), "granted");
  EXPECT_THAT(visitor_->ReadAll(), HasSubstr("You can close this window"));
  EXPECT_EQ(transport_.count(), 1u);
}

TEST_F(BrowserSignInTest, WithOpenidItIsToldWhoSignedIn) {
  const ServerKey key;
  BrowserSignInOptions options = Options();
  options.open = [&](const std::string& url) {
    transport_.Push(key.Tokens(clock_.Now(), ParameterOf(url, "nonce")));
    // The keys cannot be had at first: that is waited for without a browser.
    transport_.Push(Result<HttpResponse>(Status(Reason::kUnreachable)));
    transport_.Push(key.Keys());
    ComeBack(url, "code=c");
    return Status();
  };
  const auto result = SignInTo(ServerMetadata(), options, "openid");
  ASSERT_TRUE(result.ok()) << result.status().ToString();
  EXPECT_EQ(result->id_token->subject(), "user-1");
}

TEST_F(BrowserSignInTest, ADenialEndsItAndThePageSaysSo) {
  BrowserSignInOptions options = Options();
  options.open = [this](const std::string& url) {
    ComeBack(url, "error=access_denied");
    return Status();
  };
  EXPECT_EQ(SignInTo(options).status().reason(), Reason::kSignInDenied);
  EXPECT_THAT(visitor_->ReadAll(), HasSubstr("The sign-in failed"));
  EXPECT_EQ(transport_.count(), 0u);
}

TEST_F(BrowserSignInTest, WithoutBrowserThePersonMayOpenTheUrlThatIsShown) {
  BrowserSignInOptions options = Options();
  options.show = [this](const std::string& url) { ComeBack(url, "code=c"); };
  options.open = [](const std::string&) { return Status(Reason::kNotFound); };
  EXPECT_TRUE(SignInTo(options).ok());
}

TEST_F(BrowserSignInTest, O05_AnEndpointThatNoBrowserIsStartedWithIsRefused) {
  for (const char* path : {"$(x)", "`x`", "'x'", ";x", "(x)"}) {
    AuthServerMetadata server = ServerMetadata();
    server.authorization_endpoint = "https://auth.example/" + std::string(path);
    BrowserSignInOptions options = Options();
    options.open = nullptr;
    EXPECT_EQ(SignInTo(server, options).status().reason(),
              Reason::kUrlMalformed)
        << path;
  }
}

TEST_F(BrowserSignInTest, WhoeverGivesUpIsNotKeptWaiting) {
  BrowserSignInOptions options = Options();
  options.open = [](const std::string&) { return Status(); };
  std::vector<nanoseconds> waits;
  options.driver.wait = [&](nanoseconds time) {
    waits.push_back(time);
    return false;
  };
  EXPECT_EQ(SignInTo(options).status().reason(), Reason::kCancelled);
  EXPECT_THAT(waits, ::testing::ElementsAre(nanoseconds(0)));
}

TEST_F(BrowserSignInTest, ABrowserThatNeverComesBackIsNotWaitedForForEver) {
  const RushingClock clock;
  BrowserSignInOptions options = Options();
  options.driver.clock = &clock;
  options.open = [](const std::string&) { return Status(); };
  EXPECT_EQ(SignInTo(options).status().reason(), Reason::kSignInExpired);
}

}  // namespace
}  // namespace clone_auth

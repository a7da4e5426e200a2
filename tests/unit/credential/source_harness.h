#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "clone/credential_source.h"
#include "clone/testing/fake_transport.h"
#include "gtest/gtest.h"
#include "unit/credential/session_harness.h"

namespace clone_auth::testing {

/// A rotating server that answers every refresh, and a source that asks it.
class SessionSource : public ::testing::Test {
 protected:
  SessionSource() {
    transport_ = std::make_shared<FakeTransport>(
        [this](const HttpRequest& request) { return Refreshed(request); });
  }

  Result<HttpResponse> Refreshed(const HttpRequest&) {
    const int serial = ++served_;
    return Answer(200, TokenBody(Access(serial), Refresh(serial)));
  }

  std::string Access(int serial, const std::string& subject = "user-1") const {
    return AccessToken(clock_.Now(), kHour, static_cast<std::uint64_t>(serial),
                       subject);
  }
  static std::string Refresh(int serial) {
    return "refresh-" + std::to_string(serial);
  }
  SessionTokens Tokens(int serial,
                       const std::string& subject = "user-1") const {
    SessionTokens tokens;
    tokens.access = Secret::CopyOf(Access(serial, subject));
    tokens.refresh = Secret::CopyOf(Refresh(serial));
    return tokens;
  }
  StoredSession Stored(int serial,
                       const std::string& subject = "user-1") const {
    return {kBaseUrl, Tokens(serial, subject)};
  }

  std::unique_ptr<SessionCredentialSource> Open(
      SessionTokens tokens, std::shared_ptr<TokenStore> store = nullptr) {
    TokenSessionOptions options;
    options.base_url = kBaseUrl;
    options.scheme = TestScheme();
    auto session =
        TokenSession::Create(options, std::move(tokens), clock_.Now(), random_);
    EXPECT_TRUE(session.ok()) << session.status().ToString();
    return SessionCredentialSource::Create(
        std::move(session).value(), transport_, &clock_, std::move(store));
  }
  std::unique_ptr<SessionCredentialSource> Open() { return Open(Tokens(0)); }

  static Result<CredentialHeader> Ask(SessionCredentialSource& source) {
    return source.HeaderFor("GET", kMeUrl);
  }

  FakeClock clock_;
  FakeRandom random_;
  std::atomic<int> served_{0};
  std::shared_ptr<FakeTransport> transport_;
};

}  // namespace clone_auth::testing

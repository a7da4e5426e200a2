// People sign in at oidc-provider, or do not.

#include <optional>
#include <string>
#include <utility>

#include "clone/browser_sign_in.h"
#include "gmock/gmock.h"
#include "peers/oidc/peer.h"

namespace clone_auth {
namespace {

using ::testing::HasSubstr;
using testing::OidcPeer;
using testing::OidcTest;
using testing::Process;
using testing::UserCommand;

class OidcSignIn : public OidcTest {
 protected:
  /// Has the person of user.py do this with their browser.
  Result<SignIn> WithBrowser(const std::string& act,
                             AuthorizationCodeOptions request = {}) {
    OidcPeer peer(*transport);
    std::optional<Process> person;
    BrowserSignInOptions options;
    options.driver.transport = transport.get();
    options.open = [&](const std::string& url) {
      person.emplace(UserCommand(act, url));
      return Status();
    };
    request.scope = "openid offline_access";
    auto signed_in =
        SignInWithBrowser(peer.Client("native"), std::move(request), options);
    EXPECT_EQ(person->Wait(), 0);
    return signed_in;
  }

  /// Has the person do this with the code of a device.
  Result<TokenAnswer> WithDevice(void (OidcPeer::*act)(const DevicePrompt&)) {
    OidcPeer peer(*transport);
    auto grant = *DeviceGrant::Create(peer.Client("native"), "openid");
    FlowDriverOptions driver;
    driver.transport = transport.get();
    driver.wait = [&, is_done = false](auto time) mutable {
      if (grant.prompt() != nullptr && !std::exchange(is_done, true)) {
        (peer.*act)(*grant.prompt());
      }
      SystemClock().SleepFor(time);
      return true;
    };
    RunFlow(grant, driver);
    return grant.Take();
  }
};

TEST_F(OidcSignIn, WhoConsentsInTheBrowserIsKnown) {
  const auto signed_in = WithBrowser("sign-in");
  ASSERT_TRUE(signed_in.ok()) << signed_in.status().ToString();
  ASSERT_TRUE(signed_in->id_token.has_value());
  EXPECT_EQ(signed_in->id_token->subject(), "alice");
  EXPECT_FALSE(signed_in->answer.tokens.refresh.empty());
}

TEST_F(OidcSignIn, WhoDoesNotConsentInTheBrowserIsNotSignedIn) {
  EXPECT_EQ(WithBrowser("deny").status().reason(), Reason::kSignInDenied);
}

TEST_F(OidcSignIn, WhoMayNotBeAskedInTheBrowserIsNotSignedIn) {
  AuthorizationCodeOptions request;
  request.prompt = "none";
  const Status status = WithBrowser("sign-in", std::move(request)).status();
  EXPECT_EQ(status.reason(), Reason::kSignInDenied);
  EXPECT_THAT(status.message(), HasSubstr("login_required"));
}

TEST_F(OidcSignIn, WhoConsentsForADeviceHasItsTokens) {
  const auto answer = WithDevice(&OidcPeer::Approve);
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  EXPECT_FALSE(answer->tokens.access.empty());
  EXPECT_FALSE(answer->id_token.empty());
}

TEST_F(OidcSignIn, WhoDoesNotConsentForADeviceHasNone) {
  EXPECT_EQ(WithDevice(&OidcPeer::Deny).status().reason(),
            Reason::kSignInDenied);
}

}  // namespace
}  // namespace clone_auth

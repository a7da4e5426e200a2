#include "clone/client_assertion.h"

#include <chrono>
#include <string>

#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

class ClientAssertionTest : public ::testing::Test {
 protected:
  std::string Make() const {
    auto assertion = MakeClientAssertion(client_, key_, kStart);
    EXPECT_TRUE(assertion.ok()) << assertion.status().ToString();
    return std::string(assertion->Reveal());
  }

  // As the server that the assertion is for checks it, at `when`.
  Result<VerifiedJwt> Verify(const std::string& assertion, WallTime when,
                             const std::string& audience) const {
    JwtPolicy policy;
    policy.issuers = {"tool 1"};
    policy.audiences = {audience};
    policy.algorithms = {JwtAlgorithm::kEs256};
    policy.types = {"JWT"};
    policy.clock_skew = seconds(0);
    const testing::FakeClock clock(when);
    return JwtVerifier::Create(policy, *JwkSet::Of({&key_}), &clock)
        ->Verify(assertion);
  }

  const OAuthClient client_ = *OAuthClient::Create(ClientOptions());
  const JwtSigningKey key_ = *JwtSigningKey::Generate(JwtAlgorithm::kEs256);
};

TEST_F(ClientAssertionTest, SaysWhoTheClientIsToItsServerAlone) {
  const auto jwt = Verify(Make(), kStart, "https://login.example");
  ASSERT_TRUE(jwt.ok()) << jwt.status().ToString();
  EXPECT_EQ(jwt->subject(), "tool 1");
  EXPECT_EQ(jwt->issued_at(), kStart);
  EXPECT_EQ(Verify(Make(), kStart, "https://evil.example").status().reason(),
            Reason::kTokenAudience);
}

TEST_F(ClientAssertionTest, IsGoodForAMinuteAndOneRequest) {
  const std::string assertion = Make();
  const std::string server = "https://login.example";
  EXPECT_TRUE(Verify(assertion, kStart + seconds(59), server).ok());
  EXPECT_EQ(Verify(assertion, kStart + seconds(60), server).status().reason(),
            Reason::kTokenExpired);
  EXPECT_NE(Verify(assertion, kStart, server)->jwt_id(),
            Verify(Make(), kStart, server)->jwt_id());
}

TEST_F(ClientAssertionTest, GoesInTheFormOfARequestForTokens) {
  const std::string assertion = Make();
  const HttpRequest request =
      client_.TokenRequest({{"grant_type", "client_credentials"},
                            {"client_assertion_type", kClientAssertionType},
                            {"client_assertion", assertion}});
  EXPECT_EQ(request.body,
            "grant_type=client_credentials&client_assertion_type="
            "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
            "&client_assertion=" +
                assertion + "&client_id=tool%201");
}

}  // namespace
}  // namespace clone_auth

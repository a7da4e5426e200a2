// The device grant (RFC 8628) of the server.

#include <string>

#include "gtest/gtest.h"
#include "unit/testing/server_harness.h"

namespace clone_auth::testing {
namespace {

class DeviceGrant : public ::testing::Test {
 protected:
  void Begin() {
    begun_ = h_.Send(h_.Form("/device_authorization", "client_id=cli"));
    device_code_ = h_.Member(begun_, "device_code");
    user_code_ = h_.Member(begun_, "user_code");
  }
  Result<HttpResponse> Poll() {
    return h_.Send(h_.Form(
        "/token",
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"
        "&client_id=cli&device_code=" +
            device_code_));
  }
  std::string Error() { return h_.Member(Poll(), "error"); }
  bool Answer(bool agreed) {
    return h_.server().AnswerDevice(user_code_, agreed, h_.clock().Now()).ok();
  }
  void Wait(seconds time = seconds(5)) { h_.clock().Advance(time); }

  ServerHarness h_;
  Result<HttpResponse> begun_ = HttpResponse();
  std::string device_code_;
  std::string user_code_;
};

TEST_F(DeviceGrant, GivesTokensOnceAfterThePersonAgreed) {
  Begin();
  EXPECT_EQ(begun_->status, 200);
  EXPECT_EQ(user_code_.size(), 9u);
  EXPECT_EQ(h_.Member(begun_, "verification_uri_complete"),
            "https://auth.example/device?user_code=" + user_code_);
  EXPECT_EQ(h_.Number(begun_, "expires_in"), 600);
  EXPECT_EQ(h_.Number(begun_, "interval"), 5);
  EXPECT_EQ(Error(), "authorization_pending");
  ASSERT_TRUE(Answer(true));
  EXPECT_FALSE(Answer(false)) << "it is answered";
  Wait();
  const auto tokens = Poll();
  EXPECT_EQ(tokens->status, 200);
  EXPECT_FALSE(h_.Next(h_.Member(tokens, "refresh_token")).empty());
  const auto me = h_.Get("/api/auth/me", h_.Member(tokens, "access_token"));
  EXPECT_EQ(h_.Member(me, "id"), "user-1");
  Wait();
  EXPECT_EQ(Error(), "invalid_grant");
}

TEST_F(DeviceGrant, TellsWhoPollsTooFastToSlowDownByFiveSeconds) {
  Begin();
  EXPECT_EQ(Error(), "authorization_pending");
  Wait(seconds(4));
  EXPECT_EQ(Error(), "slow_down");
  Wait(seconds(9));
  EXPECT_EQ(Error(), "slow_down");
  Wait(seconds(15));
  EXPECT_EQ(Error(), "authorization_pending");
}

TEST_F(DeviceGrant, TellsThatThePersonRefused) {
  Begin();
  ASSERT_TRUE(Answer(false));
  EXPECT_EQ(Error(), "access_denied");
}

TEST_F(DeviceGrant, TellsThatTheCodeExpired) {
  Begin();
  Wait(seconds(600));
  EXPECT_EQ(Error(), "expired_token");
  EXPECT_FALSE(Answer(true));
}

TEST_F(DeviceGrant, MeetsSlowDownWhereTheFaultIsPlanned) {
  Begin();
  ASSERT_TRUE(h_.server().Add("slow_down:2").ok());
  const std::string session = h_.NewSession().refresh;
  EXPECT_FALSE(h_.Next(session).empty()) << "no refresh is told so";
  EXPECT_EQ(Error(), "slow_down");
  EXPECT_EQ(Error(), "slow_down");
  EXPECT_EQ(h_.server().pending_faults(), 0u);
  EXPECT_EQ(Error(), "authorization_pending");
}

TEST_F(DeviceGrant, KnowsNoOtherGrants) {
  const auto password = h_.Send(h_.Form("/token", "grant_type=password"));
  EXPECT_EQ(h_.Member(password, "error"), "unsupported_grant_type");
  const auto none = h_.Send(h_.Form("/token", ""));
  EXPECT_EQ(h_.Member(none, "error"), "invalid_request");
  const auto twice =
      h_.Send(h_.Form("/token", "grant_type=refresh_token&grant_type=a"));
  EXPECT_EQ(h_.Member(twice, "error"), "invalid_request");
}

}  // namespace
}  // namespace clone_auth::testing

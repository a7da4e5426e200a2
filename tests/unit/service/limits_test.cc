#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

HttpRequest LoginFrom(const std::string& address, std::string_view email,
                      std::string_view password) {
  HttpRequest request =
      MakeRequest("POST", "/api/auth/login/", Credentials(email, password));
  request.peer_address = address;
  return request;
}

TEST(Limits, AllowTenWrongPasswordsForAnAccount) {
  ServiceHarness harness;
  harness.Signup();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(harness
                  .Send(LoginFrom("192.0.2." + std::to_string(i + 1), kEmail,
                                  "wrong"))
                  .status(),
              401);
  }
  harness.clock().Advance(seconds(15));
  const Answer refused =
      harness.Send(LoginFrom("192.0.2.99", "ANN@example.test", kPassword));
  EXPECT_EQ(refused.status(), 429);
  EXPECT_EQ(refused.Header("Retry-After"), "585");
  EXPECT_EQ(refused.Text("detail"),
            "Request was throttled. Expected available in 585 seconds.");
  EXPECT_EQ(refused.Text("code"), "rate_limited");
  harness.clock().Advance(seconds(585));
  EXPECT_EQ(harness.Login().status(), 200);
}

TEST(Limits, AllowAHundredWrongPasswordsFromAnAddress) {
  ServiceHarness harness;
  harness.Signup();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(
        harness
            .Send(LoginFrom("192.0.2.1",
                            "u" + std::to_string(i) + "@example.test", "wrong"))
            .status(),
        401);
  }
  EXPECT_EQ(harness.Send(LoginFrom("192.0.2.1", kEmail, kPassword)).status(),
            429);
  EXPECT_EQ(harness.Send(LoginFrom("192.0.2.2", kEmail, kPassword)).status(),
            200);
}

TEST(Limits, TreatUnknownAccountsLikeKnownOnes) {
  ServiceHarness harness;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(harness.Login("nobody@example.test", "wrong").status(), 401);
  }
  EXPECT_EQ(harness.Login("nobody@example.test", "wrong").status(), 429);
}

TEST(Limits, CountNeitherSuccessesNorMalformedBodies) {
  ServiceHarness harness;
  harness.Signup();
  for (int i = 0; i < 15; ++i) {
    EXPECT_EQ(harness.Login().status(), 200);
    EXPECT_EQ(harness.Post("/api/auth/login/", "{}").status(), 400);
    EXPECT_EQ(harness.Post("/api/auth/login/", "{").status(), 400);
  }
  EXPECT_EQ(harness.Login().status(), 200);
}

TEST(Limits, AllowSixtyAnonymousWritesAnHour) {
  ServiceHarness harness;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(
        harness.Post("/api/auth/waitlist/", R"({"email":"a@b.test"})").status(),
        201);
    EXPECT_EQ(
        harness.Post("/api/auth/invite/validate/", R"({"code":"x"})").status(),
        200);
    EXPECT_EQ(harness.Post("/api/auth/waitlist/", "{}").status(), 400);
    harness.Signup();
  }
  EXPECT_EQ(harness.Signup("bob@example.test").status(), 429);
  EXPECT_EQ(
      harness.Post("/api/auth/waitlist/", R"({"email":"c@b.test"})").status(),
      429);
  EXPECT_EQ(
      harness.Post("/api/auth/invite/validate/", R"({"code":"x"})").status(),
      429);
  harness.clock().Advance(minutes(60));
  EXPECT_EQ(harness.Signup("bob@example.test").status(), 201);
}

TEST(Limits, AllowAHundredBadRefreshTokens) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(harness.Refresh("nonsense").status(), 401);
    EXPECT_EQ(harness.Logout("nonsense").status(), 401);
  }
  EXPECT_EQ(harness.Refresh(user.refresh).status(), 429);
  EXPECT_EQ(harness.Logout(user.refresh).status(), 429);
  harness.clock().Advance(minutes(10));
  EXPECT_EQ(harness.Refresh(user.refresh).status(), 200);
}

TEST(Limits, CanBeSwitchedOff) {
  ServiceOptions options = TestOptions(nullptr);
  options.limits = {0, 0, 0, 0};
  ServiceHarness harness(options);
  for (int i = 0; i < 101; ++i) {
    EXPECT_EQ(harness.Login(kEmail, "wrong").status(), 401);
    EXPECT_EQ(harness.Refresh("nonsense").status(), 401);
  }
}

TEST(Limits, BelieveForwardedAddressesOfTrustedProxiesAlone) {
  ServiceOptions options = TestOptions(nullptr);
  options.limits.passwords_per_account = 0;
  options.limits.passwords_per_address = 1;
  options.trusted_proxies = {"10.0.0.0/8"};
  ServiceHarness harness(options);
  const auto login = [&](const std::string& peer, const std::string& via) {
    HttpRequest request = LoginFrom(peer, kEmail, "wrong");
    request.headers.Add("X-Forwarded-For", via);
    return harness.Send(request).status();
  };
  EXPECT_EQ(login("192.0.2.1", "198.51.100.1"), 401);
  EXPECT_EQ(login("192.0.2.1", "198.51.100.2"), 429);
  EXPECT_EQ(login("10.1.2.3", "198.51.100.1"), 401);
  EXPECT_EQ(login("10.1.2.4", "203.0.113.9, 198.51.100.1"), 429);
  EXPECT_EQ(login("10.1.2.3", "198.51.100.2"), 401);
}

}  // namespace
}  // namespace clone_auth::testing

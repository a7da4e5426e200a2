#include <atomic>
#include <thread>

#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

TEST(SetPassword, EndsEverySessionAndKeepsKeys) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string key =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  const Secret next = Secret::CopyOf("another row of words");
  ASSERT_TRUE(harness.service()
                  .operations()
                  .SetPassword("ANN@example.test", next)
                  .ok());
  EXPECT_EQ(harness.Me(Bearer(user.access)).Text("code"), "token_revoked");
  EXPECT_EQ(harness.Refresh(user.refresh).Text("code"), "session_ended");
  EXPECT_EQ(harness.Me(KeyHeader(key)).status(), 200);
  EXPECT_EQ(harness.Login().status(), 401);
  const Answer login = harness.Login(kEmail, next.Reveal());
  EXPECT_EQ(harness.Me(Bearer(login.Text("access"))).status(), 200);
}

TEST(SetPassword, TouchesNobodyElse) {
  ServiceHarness harness;
  harness.NewUser();
  const SignedInUser other = harness.NewUser("bob@example.test");
  ASSERT_TRUE(harness.service()
                  .operations()
                  .SetPassword(kEmail, Secret::CopyOf("another row of words"))
                  .ok());
  EXPECT_EQ(harness.Me(Bearer(other.access)).status(), 200);
}

TEST(SetPassword, SaysWhatIsWrong) {
  ServiceHarness harness;
  harness.Signup();
  EXPECT_EQ(harness.service()
                .operations()
                .SetPassword("bob@example.test", Secret::CopyOf(kPassword))
                .reason(),
            Reason::kNotFound);
  EXPECT_EQ(harness.service()
                .operations()
                .SetPassword(kEmail, Secret::CopyOf("short"))
                .reason(),
            Reason::kValidationFailed);
  EXPECT_EQ(harness.Login().status(), 200);
}

TEST(SetAccountEnabled, EndsEveryAccessAtOnce) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string key =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  ASSERT_TRUE(
      harness.service().operations().SetAccountEnabled(kEmail, false).ok());
  for (const Answer& answer :
       {harness.Me(Bearer(user.access)), harness.Me(KeyHeader(key))}) {
    EXPECT_EQ(answer.status(), 401);
    EXPECT_EQ(answer.Text("code"), "account_disabled");
    EXPECT_EQ(answer.Text("detail"), "User is inactive");
  }
  EXPECT_EQ(harness.Refresh(user.refresh).status(), 401);
  EXPECT_EQ(harness.Login().status(), 401);
}

TEST(SetAccountEnabled, BringsKeysBackAndNoSession) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string key =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  ASSERT_TRUE(
      harness.service().operations().SetAccountEnabled(kEmail, false).ok());
  ASSERT_TRUE(
      harness.service().operations().SetAccountEnabled(kEmail, true).ok());
  EXPECT_EQ(harness.Me(KeyHeader(key)).status(), 200);
  EXPECT_EQ(harness.Me(Bearer(user.access)).Text("code"), "token_revoked");
  EXPECT_EQ(harness.Refresh(user.refresh).Text("code"), "session_ended");
  EXPECT_EQ(harness.Login().status(), 200);
  EXPECT_EQ(harness.service()
                .operations()
                .SetAccountEnabled("x@y.test", true)
                .reason(),
            Reason::kNotFound);
}

TEST(Revocation, IsSeenByEveryRequestThatStartsAfterIt) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer issued =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access));
  const HttpHeaders key = KeyHeader(issued.Text("key"));
  const HttpHeaders token = Bearer(user.access);
  std::atomic<bool> key_revoked{false};
  std::atomic<bool> session_ended{false};
  std::atomic<int> wrongly_let_in{0};
  std::atomic<int> asked{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      bool last = false;
      while (!last) {
        last = session_ended;
        const bool no_key = key_revoked;
        if (harness.Me(key).status() == 200 && no_key) ++wrongly_let_in;
        if (harness.Me(token).status() == 200 && last) ++wrongly_let_in;
        ++asked;
      }
    });
  }
  while (asked < 20) std::this_thread::yield();
  EXPECT_EQ(harness.Delete("/api/auth/keys/" + issued.Text("id") + "/", token)
                .status(),
            204);
  key_revoked = true;
  EXPECT_EQ(harness.Logout(user.refresh).status(), 200);
  session_ended = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrongly_let_in, 0);
}

TEST(Invite, IsNeededWhereTheServiceAsksForOne) {
  ServiceOptions options = TestOptions(nullptr);
  options.invite_only = true;
  ServiceHarness harness(options);
  EXPECT_EQ(harness.Signup().http.body,
            R"({"invite_code":["This field is required."]})");
  const auto code = harness.service().operations().CreateInvite(2);
  ASSERT_TRUE(code.ok());
  const auto signup = [&](const std::string& email, const std::string& invite) {
    return harness.Post("/api/auth/signup/",
                        R"({"email":")" + email + R"(","password":")" +
                            kPassword + R"(","invite_code":")" + invite +
                            R"("})");
  };
  const auto valid = [&](const std::string& invite) {
    return harness
        .Post("/api/auth/invite/validate/", R"({"code":")" + invite + R"("})")
        .http.body;
  };
  EXPECT_EQ(valid(*code), R"({"valid":true})");
  EXPECT_EQ(valid("made-up"), R"({"valid":false})");
  EXPECT_EQ(signup("a@example.test", "made-up").http.body,
            R"({"invite_code":["This invite code is not valid."]})");
  EXPECT_EQ(signup("a@example.test", *code).status(), 201);
  // A signup that fails does not spend a use.
  EXPECT_EQ(signup("a@example.test", *code).status(), 400);
  EXPECT_EQ(signup("b@example.test", *code).status(), 201);
  EXPECT_EQ(valid(*code), R"({"valid":false})");
  EXPECT_EQ(signup("c@example.test", *code).status(), 400);
  EXPECT_EQ(harness.service().operations().CreateInvite(0).status().reason(),
            Reason::kInvalidArgument);
}

TEST(Invite, HidesWhoHasAnAccountFromWhoHasNoInvite) {
  ServiceHarness harness;
  harness.Signup();
  harness.options().invite_only = true;
  harness.Restart();
  const std::string body =
      R"({"email":"ann@example.test","password":"four words in a row",)"
      R"("invite_code":"made-up"})";
  EXPECT_EQ(harness.Post("/api/auth/signup/", body).http.body,
            R"({"invite_code":["This invite code is not valid."]})");
}

TEST(Waitlist, AnswersTheSameForAKnownAddress) {
  ServiceHarness harness;
  harness.Signup();
  const std::string body = R"({"email":"Ann@example.test"})";
  const Answer first = harness.Post("/api/auth/waitlist/", body);
  const Answer again = harness.Post("/api/auth/waitlist/", body);
  EXPECT_EQ(first.status(), 201);
  EXPECT_EQ(first.http.body, R"({"email":"ann@example.test"})");
  EXPECT_EQ(again.status(), 201);
  EXPECT_EQ(again.http.body, first.http.body);
}

}  // namespace
}  // namespace clone_auth::testing

#include <atomic>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

HttpHeaders Attempt(const std::string& name) {
  return {{"Idempotency-Key", name}};
}

void ExpectRefused(const Answer& answer, const char* code) {
  EXPECT_EQ(answer.status(), 401) << answer.http.body;
  EXPECT_EQ(answer.Text("code"), code);
  EXPECT_EQ(answer.Header("WWW-Authenticate"), R"(Bearer realm="api")");
}

TEST(Refresh, GivesANewPairThatWorks) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer refreshed = harness.Refresh(user.refresh);
  EXPECT_EQ(refreshed.status(), 200);
  EXPECT_EQ(refreshed.body.AsObject()->size(), 2U);
  EXPECT_NE(refreshed.Text("refresh"), user.refresh);
  EXPECT_NE(refreshed.Text("access"), user.access);
  EXPECT_EQ(harness.Me(Bearer(refreshed.Text("access"))).status(), 200);
  EXPECT_EQ(harness.Refresh(refreshed.Text("refresh")).status(), 200);
}

TEST(Refresh, LeavesTheOldAccessTokenToItsOwnEnd) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.Refresh(user.refresh);
  EXPECT_EQ(harness.Me(Bearer(user.access)).status(), 200);
}

TEST(Refresh, GivesTheSameSuccessorToAnybodyWithinTenSeconds) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer first = harness.Refresh(user.refresh);
  harness.clock().Advance(seconds(10));
  const Answer second = harness.Refresh(user.refresh);
  EXPECT_EQ(second.status(), 200);
  EXPECT_EQ(second.Text("refresh"), first.Text("refresh"));
  EXPECT_NE(second.Text("access"), first.Text("access"));
}

TEST(Refresh, EndsTheSessionWhenASpentTokenComesAfterTenSeconds) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer first = harness.Refresh(user.refresh);
  harness.clock().Advance(milliseconds(10'001));
  const Answer reused = harness.Refresh(user.refresh);
  ExpectRefused(reused, "refresh_reused");
  EXPECT_EQ(reused.Text("detail"), "Token is blacklisted");
  ExpectRefused(harness.Refresh(first.Text("refresh")), "session_ended");
  EXPECT_EQ(harness.Me(Bearer(first.Text("access"))).Text("code"),
            "token_revoked");
  EXPECT_EQ(harness.Me(Bearer(user.access)).Text("code"), "token_revoked");
}

TEST(Refresh, GivesTheSameSuccessorLateToTheFirstAttemptAlone) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer first = harness.Refresh(user.refresh, Attempt("one"));
  harness.clock().Advance(hours(5));
  const Answer again = harness.Refresh(user.refresh, Attempt("one"));
  EXPECT_EQ(again.status(), 200);
  EXPECT_EQ(again.Text("refresh"), first.Text("refresh"));
  ExpectRefused(harness.Refresh(user.refresh, Attempt("two")),
                "refresh_reused");
}

TEST(Refresh, DoesNotTakeOverTheFirstAttemptsKey) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.Refresh(user.refresh, Attempt("one"));
  EXPECT_EQ(harness.Refresh(user.refresh, Attempt("two")).status(), 200);
  harness.clock().Advance(seconds(11));
  ExpectRefused(harness.Refresh(user.refresh, Attempt("two")),
                "refresh_reused");
}

TEST(Refresh, WithoutAKeyAtFirstTakesNoneLater) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.Refresh(user.refresh);
  harness.clock().Advance(seconds(11));
  ExpectRefused(harness.Refresh(user.refresh, Attempt("one")),
                "refresh_reused");
}

TEST(Refresh, EndsTheSessionOnceTheSuccessorWasUsed) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer second = harness.Refresh(user.refresh, Attempt("one"));
  const Answer third = harness.Refresh(second.Text("refresh"));
  EXPECT_EQ(third.status(), 200);
  // Neither the ten seconds nor the attempt's key help any more.
  ExpectRefused(harness.Refresh(user.refresh, Attempt("one")),
                "refresh_reused");
  ExpectRefused(harness.Refresh(third.Text("refresh")), "session_ended");
}

TEST(Refresh, EndsOnlyTheSessionWhoseTokenWasReused) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer other = harness.Login();
  harness.Refresh(user.refresh);
  harness.clock().Advance(seconds(11));
  ExpectRefused(harness.Refresh(user.refresh), "refresh_reused");
  EXPECT_EQ(harness.Me(Bearer(other.Text("access"))).status(), 200);
  EXPECT_EQ(harness.Refresh(other.Text("refresh")).status(), 200);
}

TEST(Refresh, EndsThirtyDaysAfterTheSignInWhateverWasRefreshed) {
  ServiceHarness harness;
  SignedInUser user = harness.NewUser();
  for (int day = 0; day < 29; ++day) {
    harness.clock().Advance(hours(24));
    user.refresh = harness.Refresh(user.refresh).Text("refresh");
  }
  harness.clock().Advance(hours(24) - seconds(1));
  const Answer last = harness.Refresh(user.refresh);
  EXPECT_EQ(last.status(), 200);
  harness.clock().Advance(seconds(1));
  const Answer late = harness.Refresh(last.Text("refresh"));
  ExpectRefused(late, "refresh_expired");
  EXPECT_EQ(late.Text("detail"), "Token is invalid or expired");
}

TEST(Refresh, GivesNoAccessTokenThatOutlivesTheSession) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.clock().Advance(hours(24 * 30) - seconds(5));
  const Answer last = harness.Refresh(user.refresh);
  EXPECT_EQ(harness.Me(Bearer(last.Text("access"))).status(), 200);
  harness.clock().Advance(seconds(5) + harness.options().clock_skew);
  EXPECT_EQ(harness.Me(Bearer(last.Text("access"))).Text("code"),
            "token_expired");
}

TEST(Refresh, RefusesWhatItDidNotMake) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  std::string altered = user.refresh;
  altered[20] = altered[20] == 'a' ? 'b' : 'a';
  ServiceHarness elsewhere;
  for (const std::string& token :
       {std::string("nonsense"), altered, user.refresh + "A",
        user.refresh.substr(0, user.refresh.size() - 1),
        elsewhere.NewUser().refresh, std::string("rt_"),
        std::string(100'000, 'a')}) {
    const Answer answer = harness.Refresh(token);
    ExpectRefused(answer, "refresh_invalid");
    EXPECT_EQ(answer.Text("detail"), "Token is invalid or expired");
    ExpectRefused(harness.Logout(token), "refresh_invalid");
  }
  EXPECT_EQ(harness.Refresh(user.refresh).status(), 200);
}

TEST(Refresh, SaysThatAnAccessTokenIsTheWrongOne) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  for (const Answer& answer :
       {harness.Refresh(user.access), harness.Logout(user.access)}) {
    ExpectRefused(answer, "token_type");
    EXPECT_EQ(answer.Text("detail"), "Token has wrong type");
  }
}

TEST(Refresh, GivesParallelPostsOfOneTokenTheOneSuccessor) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  constexpr std::size_t kThreads = 8;
  std::vector<Answer> answers(kThreads);
  std::atomic<int> waiting{kThreads};
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      --waiting;
      while (waiting > 0) std::this_thread::yield();
      answers[i] = harness.Refresh(user.refresh);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> successors;
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.status(), 200);
    successors.insert(answer.Text("refresh"));
  }
  EXPECT_EQ(successors.size(), 1U);
  EXPECT_EQ(harness.Refresh(*successors.begin()).status(), 200);
}

TEST(Logout, EndsTheSessionOnceAndForAll) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer out = harness.Logout(user.refresh);
  EXPECT_EQ(out.status(), 200);
  EXPECT_EQ(out.http.body, "{}");
  const Answer again = harness.Logout(user.refresh);
  ExpectRefused(again, "session_ended");
  EXPECT_EQ(again.Text("detail"), "Token is blacklisted");
  ExpectRefused(harness.Refresh(user.refresh), "session_ended");
  EXPECT_EQ(harness.Me(Bearer(user.access)).Text("code"), "token_revoked");
}

TEST(Logout, TakesAnOlderTokenOfTheSession) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer next = harness.Refresh(user.refresh);
  EXPECT_EQ(harness.Logout(user.refresh).status(), 200);
  EXPECT_EQ(harness.Me(Bearer(next.Text("access"))).status(), 401);
}

TEST(Logout, LeavesOtherSessionsAndKeysAlone) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer other = harness.Login();
  const std::string key =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  harness.Logout(user.refresh);
  EXPECT_EQ(harness.Me(Bearer(other.Text("access"))).status(), 200);
  EXPECT_EQ(harness.Me(KeyHeader(key)).status(), 200);
}

TEST(Logout, RefusesAnExpiredToken) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.clock().Advance(hours(24 * 30));
  ExpectRefused(harness.Logout(user.refresh), "refresh_expired");
}

}  // namespace
}  // namespace clone_auth::testing

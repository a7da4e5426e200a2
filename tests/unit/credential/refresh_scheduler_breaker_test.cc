// What an issuer in trouble is spared, and how it comes back.

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "unit/credential/scheduler_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the harness is made for these tests

TEST(RefreshSchedulerBreaker, FiveFailuresInARowOpenTheBreaker) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  for (int i = 0; i < 4; ++i) host.Fail(host.AwaitStart());
  host.Succeed(host.AwaitStart());
  for (int i = 0; i < 4; ++i) host.Fail(host.AwaitStart());
  EXPECT_FALSE(host->Report(kA)->is_broken);
  host.Fail(host.AwaitStart());
  EXPECT_TRUE(host->Report(kA)->is_broken);
  EXPECT_TRUE(host.IsQuiet());
}

TEST(RefreshSchedulerBreaker, ARefusalForGoodIsNoFailureOfTheIssuer) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  for (int i = 0; i < 20; ++i) {
    host.Fail(host.AwaitStart(), seconds(1), RefreshOutcome::kEnded);
  }
  EXPECT_FALSE(host->Report(kA)->is_broken);
}

TEST(RefreshSchedulerBreaker, ABrokenIssuerGetsOneTrialAtATime) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  host.Break();
  const WallTime retry_at = host->Report(kA)->retry_at;
  EXPECT_GE(retry_at, host.now() + seconds(1));
  const SessionHandle trial = host.AwaitStart();
  EXPECT_EQ(host.now(), retry_at);
  host.Pass(minutes(9));
  EXPECT_TRUE(host.IsQuiet());
  host.Fail(trial);
  EXPECT_TRUE(host.IsQuiet());
}

TEST(RefreshSchedulerBreaker, ATrialThatSucceedsLetsTheOthersStartSlowly) {
  SchedulerHost host;
  host.AddDue(20'000, kA, seconds(0));
  Serve(host, seconds(10), milliseconds(50));
  ASSERT_EQ(host->Report(kA)->window, 64);
  host.Break();
  host.Succeed(host.AwaitStart());
  EXPECT_FALSE(host->Report(kA)->is_broken);
  EXPECT_EQ(host.StartAll().size(), 8u);
}

TEST(RefreshSchedulerBreaker, TheWaitOfABrokenIssuerGrowsToALimit) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  host.Break();
  std::vector<WallTime::duration> waits;
  for (int i = 0; i < 12; ++i) {
    waits.push_back(host->Report(kA)->retry_at - host.now());
    const SessionHandle trial = host.AwaitStart();
    host.Fail(trial);
  }
  for (std::size_t i = 1; i < 6; ++i) EXPECT_GT(waits[i], waits[i - 1]);
  EXPECT_GE(waits[0], seconds(1));
  EXPECT_LE(waits[0], milliseconds(1'500));
  for (std::size_t i = 8; i < waits.size(); ++i) {
    EXPECT_GE(waits[i], seconds(64));
    EXPECT_LE(waits[i], seconds(120));
  }
}

std::vector<WallTime> TrialsOf(const std::string& host_name,
                               const std::string& issuer) {
  RefreshSchedulerOptions options;
  options.host_name = host_name;
  SchedulerHost host(options);
  host.AddDue(100, issuer, seconds(0));
  host.Break(issuer);
  std::vector<WallTime> trials;
  for (int i = 0; i < 8; ++i) {
    host.Fail(host.AwaitStart());
    trials.push_back(host.now());
  }
  return trials;
}

TEST(RefreshSchedulerBreaker,
     TheJitterIsTheSameInEveryRunAndOtherForOtherHosts) {
  EXPECT_EQ(TrialsOf("one", kA), TrialsOf("one", kA));
  EXPECT_NE(TrialsOf("one", kA), TrialsOf("two", kA));
  EXPECT_NE(TrialsOf("one", kA), TrialsOf("one", kB));
}

TEST(RefreshSchedulerBreaker, ABrokenIssuerIsLeftAloneForAsLongAsItAsks) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  for (int i = 0; i < 5; ++i) {
    host.Fail(host.AwaitStart(), seconds(1), RefreshOutcome::kOverloaded,
              seconds(i == 2 ? 200 : 10));
  }
  EXPECT_GE(host->Report(kA)->retry_at, host.now() + seconds(200));
  SchedulerHost greedy;
  greedy.AddDue(100, kA, seconds(0));
  for (int i = 0; i < 5; ++i) {
    greedy.Fail(greedy.AwaitStart(), seconds(1), RefreshOutcome::kOverloaded,
                seconds(1'000'000'000));
  }
  EXPECT_LE(greedy->Report(kA)->retry_at, greedy.now() + minutes(5));
}

// Somebody who is limited must not stop everybody else.
TEST(RefreshSchedulerBreaker, OneSessionsRetryAfterDoesNotHoldUpTheIssuer) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  host.Fail(host.AwaitStart(), minutes(5), RefreshOutcome::kOverloaded,
            minutes(5));
  EXPECT_NE(host.AwaitStart(), SessionHandle());
  EXPECT_LT(host.now(), kEpoch + seconds(1));
}

TEST(RefreshSchedulerBreaker, ABrokenIssuerDoesNotHoldUpAnother) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  host.Break(kA);
  host.AddDue(1, kB, seconds(0));
  EXPECT_NE(host.Started(), SessionHandle());
  EXPECT_FALSE(host->Report("https://unknown.example"));
}

// Attempts that were under way when it broke tell nothing new when they fail,
// and that it works again when they succeed.
TEST(RefreshSchedulerBreaker, StragglersDoNotProlongTheWaitButMayEndIt) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  const auto under_way = host.StartAll();
  ASSERT_EQ(under_way.size(), 8u);
  for (std::size_t i = 0; i < 5; ++i) host.Fail(under_way[i]);
  const WallTime retry_at = host->Report(kA)->retry_at;
  host.Fail(under_way[5]);
  host.Fail(under_way[6]);
  EXPECT_EQ(host->Report(kA)->retry_at, retry_at);
  host.Succeed(under_way[7]);
  EXPECT_FALSE(host->Report(kA)->is_broken);
}

}  // namespace
}  // namespace clone_auth

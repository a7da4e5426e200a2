// How many attempts there are at once and in a second. What an issuer in
// trouble is spared is in refresh_scheduler_breaker_test.cc.

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "unit/credential/scheduler_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the harness is made for these tests

std::size_t MostInASecond(const std::vector<WallTime>& starts) {
  std::size_t most = 0, first = 0;
  for (std::size_t last = 0; last < starts.size(); ++last) {
    while (starts[last] - starts[first] >= seconds(1)) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

TEST(RefreshSchedulerLoad, NoMoreThanTheWindowAreUnderWayAtOneIssuer) {
  RefreshSchedulerOptions options;
  options.in_flight_per_issuer = 5;
  SchedulerHost host(options);
  host.AddDue(100, kA, seconds(0));
  EXPECT_EQ(host.StartAll().size(), 5u);
  host.Pass(minutes(1));
  EXPECT_EQ(host.StartAll().size(), 0u);
  EXPECT_EQ(host->in_flight(), 5);
}

TEST(RefreshSchedulerLoad, NoMoreThanTheCapAreUnderWayInAll) {
  RefreshSchedulerOptions options;
  options.in_flight = 10;
  SchedulerHost host(options);
  for (int issuer = 0; issuer < 10; ++issuer) {
    host.AddDue(4, "https://" + std::to_string(issuer) + ".example",
                seconds(0));
  }
  EXPECT_EQ(host.StartAll().size(), 10u);
  EXPECT_EQ(host.Wait(), WallTime::max()) << "only an end makes room";
}

TEST(RefreshSchedulerLoad, AnIssuerThatHangsLeavesRoomForOthers) {
  SchedulerHost host;
  host.AddDue(500, kA, seconds(0));
  for (int i = 0; i < 10; ++i) host.StartAll(), host.Pass(seconds(1));
  host.AddDue(50, kB, seconds(0));
  EXPECT_EQ(host.StartAll().size(), 8u);
}

TEST(RefreshSchedulerLoad, IssuersTakeTurns) {
  RefreshSchedulerOptions options;
  options.in_flight = 1;
  SchedulerHost host(options);
  host.AddDue(20, kA, seconds(0));
  host.AddDue(20, kB, seconds(0));
  std::map<std::string, int> starts;
  for (int i = 0; i < 20; ++i) {
    const SessionHandle next = host.AwaitStart();
    ++starts[next.index < 20 ? kA : kB];
    host.Pass(milliseconds(50));
    host.Succeed(next);
  }
  EXPECT_EQ(starts[kA], 10);
}

TEST(RefreshSchedulerLoad, TheWindowGrowsToTheCapWithGoodAnswers) {
  SchedulerHost host;
  host.AddDue(5'000, kA, seconds(0));
  EXPECT_EQ(host->Report(kA)->window, 8);
  Serve(host, seconds(10), milliseconds(50));
  EXPECT_EQ(host->Report(kA)->window, 64);
}

TEST(RefreshSchedulerLoad, TheWindowOfAnIssuerWithLittleToDoDoesNotGrow) {
  SchedulerHost host;
  for (int i = 0; i < 1'000; ++i) {
    host.Add(KeyOf(i), seconds(i), seconds(i));
  }
  Serve(host, seconds(1'000), milliseconds(50));
  EXPECT_EQ(host->Report(kA)->window, 8);
}

TEST(RefreshSchedulerLoad, AnOverloadHalvesTheWindowOnceForAllUnderWay) {
  SchedulerHost host;
  host.AddDue(100, kA, seconds(0));
  const auto under_way = host.StartAll();
  ASSERT_EQ(under_way.size(), 8u);
  host.Pass(seconds(1));
  for (const std::size_t i : {0u, 1u, 2u}) {
    const RefreshAttempt attempt{RefreshOutcome::kOverloaded, seconds(1)};
    host->Finished(under_way[i], attempt, {host.now() + seconds(9), host.now()},
                   host.now());
  }
  EXPECT_EQ(host->Report(kA)->window, 4);
}

TEST(RefreshSchedulerLoad, TheWindowIsNeverLessThanOne) {
  RefreshSchedulerOptions options;
  options.in_flight_per_issuer = 3;
  SchedulerHost host(options);
  host.AddDue(100, kA, seconds(0));
  for (int i = 0; i < 4; ++i) host.Fail(host.AwaitStart());
  EXPECT_FALSE(host->Report(kA)->is_broken);
  EXPECT_EQ(host->Report(kA)->window, 1);
  EXPECT_NE(host.AwaitStart(), SessionHandle());
}

TEST(RefreshSchedulerLoad, AnswersThatSlowDownShrinkTheWindow) {
  SchedulerHost host;
  host.AddDue(20'000, kA, seconds(0));
  Serve(host, seconds(10), milliseconds(50));
  ASSERT_EQ(host->Report(kA)->window, 64);
  Serve(host, seconds(3), milliseconds(400));
  EXPECT_LE(host->Report(kA)->window, 32);
}

TEST(RefreshSchedulerLoad, NoMoreThanTheRateStartInAnySecond) {
  for (const int rate : {1, 7, 2'000}) {
    RefreshSchedulerOptions options;
    options.starts_per_second = rate;
    SchedulerHost host(options);
    host.AddDue(25'000, kA, seconds(0));
    const auto starts = Serve(host, seconds(10), milliseconds(1));
    const auto most = static_cast<std::size_t>(rate);
    EXPECT_LE(MostInASecond(starts), most);
    EXPECT_GE(starts.size(), most * 9) << "nor much less";
  }
}

// All of them have long to live, so there is time to part.
TEST(RefreshSchedulerLoad, WhatIsNotUrgentStartsAtTwiceTheMeanRate) {
  SchedulerHost host;
  for (int i = 0; i < 60'000; ++i) host.Add(KeyOf(i), minutes(45), hours(1));
  host.Pass(minutes(45));
  const auto starts = Serve(host, seconds(60), milliseconds(50));
  const double mean = 60'000 / (45 * 60.0);
  EXPECT_NEAR(static_cast<double>(starts.size()), 2 * 60 * mean, 20);
}

TEST(RefreshSchedulerLoad, WhatIsAboutToExpireStartsAtTheFullRate) {
  SchedulerHost host;
  for (int i = 0; i < 60'000; ++i) host.Add(KeyOf(i), minutes(45), hours(1));
  host.Pass(minutes(58));
  const auto starts = Serve(host, seconds(20), milliseconds(10));
  EXPECT_GE(starts.size(), 20'000u);
}

// One that has expired must not make a whole herd run.
TEST(RefreshSchedulerLoad, WhatHasExpiredNeitherWaitsForACalmHerdNorDrivesIt) {
  SchedulerHost host;
  for (int i = 0; i < 60'000; ++i) host.Add(KeyOf(i), minutes(45), hours(1));
  host.Pass(minutes(45));
  const SessionHandle late = host.Add(KeyOf(60'000), minutes(-9), minutes(-1));
  host->Reschedule(late, {host.now(), host.now() - minutes(1)}, host.now());
  const auto starts = host.StartAll();
  EXPECT_NE(std::find(starts.begin(), starts.end(), late), starts.end());
  EXPECT_LE(starts.size(), 8u);
  for (const SessionHandle start : starts) host.Succeed(start);
  EXPECT_LE(Serve(host, seconds(10), milliseconds(50)).size(), 460u);
}

TEST(RefreshSchedulerLoad, ABacklogAfterAnOutageDrainsAtTheFullRate) {
  SchedulerHost host;
  for (int i = 0; i < 20'000; ++i) host.Add(KeyOf(i), minutes(45), hours(1));
  host.Pass(minutes(45));
  host.Break();
  host.Succeed(host.AwaitStart());
  EXPECT_GE(Serve(host, seconds(20), milliseconds(20)).size(), 19'000u);
  EXPECT_EQ(host->Report(kA)->backlog, 0u);
  // But what becomes due after that is at ease again.
  for (int i = 0; i < 20'000; ++i) {
    host->Reschedule(*host->Find(KeyOf(i)), {host.now(), host.now() + hours(1)},
                     host.now());
  }
  EXPECT_LE(Serve(host, seconds(10), milliseconds(20)).size(), 205u);
}

// As those of tokens that never expire, whose like nobody refreshes together.
TEST(RefreshSchedulerLoad, OneTokenWithoutEndDoesNotChangeThePace) {
  SchedulerHost host;
  for (int i = 0; i < 60'000; ++i) host.Add(KeyOf(i), minutes(45), hours(1));
  auto endless =
      host->Add(KeyOf(-1), {host.now(), WallTime::max()}, host.now());
  ASSERT_TRUE(endless.ok());
  host.Pass(minutes(45));
  const auto starts = Serve(host, seconds(60), milliseconds(50));
  EXPECT_LE(starts.size(), 2'700u);
  EXPECT_GE(starts.size(), 1'300u);
}

TEST(RefreshSchedulerLoad, TheTimeAtWhichWaitingBecomesUrgentIsAWakeUp) {
  RefreshSchedulerOptions options;
  options.starts_per_second = 1;
  SchedulerHost host(options);
  // At ease one starts in 45 minutes, but for the limit of what is slow.
  const SessionHandle first = host.Add(KeyOf(1), minutes(45), hours(1));
  const SessionHandle second = host.Add(KeyOf(2), minutes(45), hours(1));
  host.Pass(minutes(45));
  ASSERT_EQ(host.Started(), first);
  EXPECT_EQ(host.Wait(), host.now() + seconds(1) + std::chrono::nanoseconds(1));
  EXPECT_EQ(host.AwaitStart(), second);
}

TEST(RefreshSchedulerLoad, AHerdThatWakesTogetherDoesNotStartTogether) {
  SchedulerHost host;
  for (int i = 0; i < 20'000; ++i) {
    host.Add(KeyOf(i), minutes(40) + milliseconds(i * 30), hours(1));
  }
  host.Pass(hours(9));  // asleep
  const auto first = host.StartAll();
  EXPECT_EQ(first.size(), 8u);
  host.Pass(milliseconds(20));
  for (const SessionHandle session : first) host.Succeed(session);
  const auto starts = Serve(host, seconds(20), milliseconds(20));
  EXPECT_LE(MostInASecond(starts), 2'000u);
  EXPECT_GE(starts.size(), 19'000u) << "but does not take for ever";
}

// A call does a bounded number of steps; until all that is due is in order
// nothing starts.
TEST(RefreshSchedulerLoad, ALargeBacklogIsPutInOrderInSlices) {
  SchedulerHost host;
  SessionHandle first;
  for (int i = 0; i < 10'000; ++i) {
    const SessionHandle handle =
        host.Add(KeyOf(i), minutes(40) + seconds(i % 7), hours(5) - seconds(i));
    first = handle;
  }
  host.Pass(minutes(60));
  int slices = 0;
  auto step = host->Next(host.now());
  while (const auto* wait = std::get_if<RefreshScheduler::WaitUntil>(&step)) {
    ASSERT_EQ(wait->until, host.now());
    ++slices;
    step = host->Next(host.now());
  }
  EXPECT_GE(slices, 10'000 / 256);
  EXPECT_EQ(std::get<RefreshScheduler::Start>(step).session, first);
}

}  // namespace
}  // namespace clone_auth

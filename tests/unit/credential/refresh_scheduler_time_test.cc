// When the scheduler wants to be asked again, whatever becomes of the clock.

#include <chrono>

#include "clone/refresh_scheduler.h"
#include "gtest/gtest.h"
#include "unit/credential/scheduler_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the harness is made for these tests

TEST(RefreshSchedulerTime, WakesExactlyWhenTheNextSessionIsDue) {
  SchedulerHost host;
  host.Add(KeyOf(1), minutes(45), hours(1));
  host.Add(KeyOf(2), minutes(41), hours(1));
  const WallTime due = host.now() + minutes(41);
  EXPECT_EQ(host.Wait(), due);
  host.Pass(minutes(41) - std::chrono::nanoseconds(1));
  EXPECT_EQ(host.Wait(), due);
  host.Pass(std::chrono::nanoseconds(1));
  EXPECT_EQ(host.Started(), *host->Find(KeyOf(2)));
}

TEST(RefreshSchedulerTime, NothingWakesAnybodyWhereNothingIsInUse) {
  SchedulerHost host;
  EXPECT_EQ(host.Wait(), WallTime::max());
  host.AddIdle(KeyOf(1), minutes(45), hours(1));
  EXPECT_EQ(host.Wait(), WallTime::max());
  host.Pass(hours(24));
  EXPECT_EQ(host.Wait(), WallTime::max());
}

TEST(RefreshSchedulerTime, R26_TimesInThePastNeverMakeAttemptsFollowAtOnce) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), seconds(0), seconds(1));
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(host.Started(), handle);
    host->Touch(handle, host.now());
    host.Succeed(handle, seconds(-100), seconds(-50));
    ASSERT_EQ(host.Wait(), host.now() + seconds(1));
    host.Pass(seconds(1));
  }
}

// 2^31 seconds after 1970 is in 2038, 2^32 in 2106; in milliseconds 2^31 is
// less than 25 days.
TEST(RefreshSchedulerTime, TimesFarAwayDoNotOverflow) {
  SchedulerHost host;
  const SessionHandle month = host.Add(KeyOf(1), hours(24 * 45), hours(1'200));
  EXPECT_EQ(host.Wait(), kEpoch + hours(24 * 45));
  const WallTime in_2107 = FromUnixSeconds(seconds(4'323'000'000));
  host->Reschedule(month, {in_2107, in_2107 + hours(1)}, kEpoch);
  EXPECT_EQ(host.Wait(), in_2107);
  host.Pass(in_2107 - kEpoch);
  EXPECT_EQ(host.Started(), month);
  host->Finished(month, {RefreshOutcome::kSucceeded, hours(2'000'000)},
                 {WallTime::max(), WallTime::max()}, host.now());
  host->Touch(month, host.now());
  EXPECT_EQ(host.Wait(), WallTime::max());
  host->Reschedule(month, {WallTime::min(), WallTime::max()}, host.now());
  EXPECT_EQ(host.AwaitStart(), month);
}

TEST(RefreshSchedulerTime, R26_WhatIsDueStaysAsFarAwayWhereTheClockIsSetBack) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), minutes(45), hours(1));
  host.Pass(minutes(5));
  EXPECT_EQ(host.Wait(), kEpoch + minutes(45));
  host.Pass(hours(-100));
  const WallTime due = host.now() + minutes(40);
  EXPECT_EQ(host.Wait(), due);
  host.Pass(minutes(40));
  EXPECT_EQ(host.Started(), handle);
  host.Succeed(handle);
  host->Touch(handle, host.now());
  EXPECT_EQ(host.Wait(), host.now() + minutes(45));
}

TEST(RefreshSchedulerTime, R26_ClocksSetFarAheadAndBackDoNoHarm) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), minutes(45), hours(1));
  for (int i = 0; i < 5; ++i) {
    (void)host->Next(WallTime::max());
    (void)host->Next(WallTime::min());
    (void)host->Next(kEpoch);
  }
  EXPECT_TRUE(host->Touch(handle, kEpoch));
  EXPECT_TRUE(host->Remove(handle));
}

}  // namespace
}  // namespace clone_auth

// Which session is next; when is in refresh_scheduler_time_test.cc, how many at
// once in refresh_scheduler_load_test.cc.

#include "clone/refresh_scheduler.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <unordered_set>
#include <vector>

#include "clone/testing/fake_random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/credential/scheduler_harness.h"

namespace clone_auth {
namespace {

using namespace testing;  // NOLINT: the harness is made for these tests

using ::testing::ElementsAre;

Reason ReasonFor(const RefreshSchedulerOptions& options) {
  return RefreshScheduler::Create(options).status().reason();
}

TEST(RefreshScheduler, OptionsOutOfRangeAreRefused) {
  for (const int wrong : {0, -1, 257}) {
    RefreshSchedulerOptions of_one, of_all;
    of_one.in_flight_per_issuer = wrong;
    of_all.in_flight = wrong;
    EXPECT_EQ(ReasonFor(of_one), Reason::kInvalidArgument) << wrong;
    EXPECT_EQ(ReasonFor(of_all), Reason::kInvalidArgument) << wrong;
  }
  for (const int wrong : {0, -1, 100'001}) {
    RefreshSchedulerOptions options;
    options.starts_per_second = wrong;
    EXPECT_EQ(ReasonFor(options), Reason::kInvalidArgument) << wrong;
  }
}

TEST(RefreshScheduler, KeysWithoutIssuerOrSubjectOrTooLongAreRefused) {
  SchedulerHost host;
  const std::string long_part(2'049, 'x');
  SessionKey no_issuer = KeyOf(1), no_subject = KeyOf(1), too_long = KeyOf(1);
  no_issuer.issuer.clear();
  no_subject.subject.clear();
  too_long.tenant = long_part;
  for (const SessionKey& key : {no_issuer, no_subject, too_long}) {
    EXPECT_EQ(host->Add(key, {}, kEpoch).status().reason(),
              Reason::kInvalidArgument);
    EXPECT_FALSE(host->Find(key));
  }
  EXPECT_EQ(host->size(), 0u);
}

// Tokens of two users that share a URL, or whose keys read the same when they
// are run together, are never taken for each other.
TEST(RefreshScheduler, SessionsThatDifferInAnyPartOfTheKeyAreDifferent) {
  const SessionKey base{"i", "r", "t", "s", "c"};
  std::vector<SessionKey> keys(6, base);
  keys[1].issuer = "j";
  keys[2].resource = "s";
  keys[3].tenant = "u";
  keys[4].subject = "t";
  keys[5].client = "d";
  keys.push_back({"i", "rt", "", "s", "c"});
  keys.push_back({"i", "", "rt", "s", "c"});
  keys.push_back({"i", "r", "ts", "c", ""});
  SchedulerHost host;
  std::unordered_set<SessionKey, SessionKeyHash> seen;
  for (const SessionKey& key : keys) {
    EXPECT_FALSE(host->Find(key));
    const SessionHandle handle = host.AddIdle(key, minutes(1), minutes(2));
    EXPECT_EQ(host->Find(key), handle);
    EXPECT_TRUE(seen.insert(key).second);
  }
  EXPECT_EQ(host->size(), keys.size());
}

TEST(RefreshScheduler, OneKeyHasOneSession) {
  SchedulerHost host;
  const SessionHandle first = host.AddIdle(KeyOf(1), minutes(1), minutes(2));
  EXPECT_EQ(host->Add(KeyOf(1), {}, kEpoch).status().reason(),
            Reason::kAlreadyExists);
  EXPECT_EQ(host->Find(KeyOf(1)), first);
  EXPECT_EQ(host->size(), 1u);
}

TEST(RefreshScheduler, AHandleIsNeverValidAgain) {
  SchedulerHost host;
  const SessionHandle old = host.Add(KeyOf(1), minutes(1), minutes(2));
  EXPECT_TRUE(host->Remove(old));
  const SessionHandle other = host.Add(KeyOf(2), minutes(1), minutes(2));
  EXPECT_EQ(other.index, old.index) << "indices are dense";
  EXPECT_FALSE(host->Touch(old, kEpoch));
  EXPECT_FALSE(host->Demand(old, kEpoch));
  EXPECT_FALSE(host->Reschedule(old, {}, kEpoch));
  EXPECT_FALSE(host.Succeed(old));
  EXPECT_FALSE(host->Remove(old));
  EXPECT_FALSE(host->Touch(SessionHandle(), kEpoch));
  EXPECT_FALSE(host->Touch({1'000'000, 1}, kEpoch));
  EXPECT_FALSE(host->Find(KeyOf(1)));
  EXPECT_EQ(host->Find(KeyOf(2)), other);
}

// Of 150,000 keys a few have the same hash of 32 bits.
TEST(RefreshScheduler, KeysWithTheSameHashAreDifferent) {
  FakeRandom random;
  auto scheduler = RefreshScheduler::Create({}, random);
  ASSERT_TRUE(scheduler.ok());
  for (int i = 0; i < 150'000; ++i) {
    ASSERT_TRUE((*scheduler)->Add(KeyOf(i), {}, kEpoch).ok()) << i;
  }
}

TEST(RefreshScheduler, NeedsRandomBytesForItsTableOfKeys) {
  FakeRandom random;
  random.Fail();
  EXPECT_EQ(RefreshScheduler::Create({}, random).status().reason(),
            Reason::kRandomUnavailable);
}

TEST(RefreshScheduler, ManySessionsAreEachFoundByTheirKey) {
  SchedulerHost host;
  std::vector<SessionHandle> handles;
  for (int i = 0; i < 10'000; ++i) {
    handles.push_back(host.AddIdle(KeyOf(i), minutes(1), minutes(2)));
  }
  for (int i = 0; i < 10'000; i += 3) {
    ASSERT_TRUE(host->Remove(handles[static_cast<std::size_t>(i)]));
  }
  for (int i = 0; i < 10'000; ++i) {
    const auto found = host->Find(KeyOf(i));
    ASSERT_EQ(found.has_value(), i % 3 != 0);
    if (!found) continue;
    ASSERT_EQ(*found, handles[static_cast<std::size_t>(i)]);
  }
}

TEST(RefreshScheduler, ASessionThatIsUsedIsRefreshedAhead) {
  SchedulerHost host;
  const SessionHandle handle = host.AddIdle(KeyOf(1), minutes(45), hours(1));
  host.Pass(minutes(10));
  EXPECT_TRUE(host->Touch(handle, host.now()));
  EXPECT_EQ(host.Wait(), kEpoch + minutes(45));
}

TEST(RefreshScheduler, ASessionUsedAfterItWasDueIsRefreshedThen) {
  SchedulerHost host;
  const SessionHandle handle = host.AddIdle(KeyOf(1), minutes(45), hours(1));
  host.Pass(minutes(50));
  EXPECT_TRUE(host.IsQuiet());
  host->Touch(handle, host.now());
  EXPECT_EQ(host.Started(), handle);
}

TEST(RefreshScheduler, ASessionUnusedSinceItsRefreshIsNotRefreshedAgain) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), minutes(45), hours(1));
  ASSERT_EQ(host.AwaitStart(), handle);
  EXPECT_TRUE(host.Succeed(handle));
  EXPECT_EQ(host.Wait(), WallTime::max());
  host->Touch(handle, host.now());
  EXPECT_EQ(host.Wait(), host.now() + minutes(45));
}

TEST(RefreshScheduler, AUseDuringTheRefreshCountsForTheNext) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), minutes(45), hours(1));
  ASSERT_EQ(host.AwaitStart(), handle);
  host->Touch(handle, host.now());
  host.Succeed(handle);
  EXPECT_EQ(host.Wait(), host.now() + minutes(45));
}

TEST(RefreshScheduler, AFailureDoesNotMakeASessionUnused) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), minutes(45), hours(1));
  ASSERT_EQ(host.AwaitStart(), handle);
  host.Fail(handle, seconds(7));
  EXPECT_EQ(host.Wait(), host.now() + seconds(7));
}

TEST(RefreshScheduler, WhatSomebodyWaitsForStartsAtOnceAndFirst) {
  RefreshSchedulerOptions options;
  options.in_flight = 1;
  SchedulerHost host(options);
  host.AddDue(20);
  const SessionHandle idle = host.AddIdle(KeyOf(100), minutes(45), hours(1));
  const SessionHandle used = host.Add(KeyOf(101), minutes(45), hours(1));
  const SessionHandle first = host.Started();
  host->Demand(used, host.now());
  host.Pass(milliseconds(1));
  host->Demand(idle, host.now());
  host->Demand(used, host.now());  // it keeps its place
  host.Succeed(first);
  EXPECT_EQ(host.Started(), used);
  host.Succeed(used);
  EXPECT_EQ(host.Started(), idle);
}

TEST(RefreshScheduler, AUseOfAnExpiredTokenIsADemand) {
  RefreshSchedulerOptions options;
  options.in_flight = 1;
  SchedulerHost host(options);
  const SessionHandle expired = host.AddIdle(KeyOf(100), minutes(45), hours(1));
  host.Pass(hours(2));
  host.AddDue(20);
  host->Touch(expired, host.now());
  EXPECT_EQ(host.Started(), expired);
}

TEST(RefreshScheduler, ADemandDoesNotCutShortAWaitAfterAFailure) {
  RefreshSchedulerOptions options;
  options.in_flight = 1;
  SchedulerHost host(options);
  const SessionHandle handle = host.Add(KeyOf(100), seconds(0), minutes(9));
  ASSERT_EQ(host.Started(), handle);
  host.Fail(handle, seconds(30));
  host->Demand(handle, host.now());
  EXPECT_EQ(host.Wait(), host.now() + seconds(30));
  // But then it goes first.
  host.Pass(seconds(30));
  host.AddDue(20);
  EXPECT_EQ(host.Started(), handle);
}

TEST(RefreshScheduler, ADemandDuringTheRefreshIsServedByIt) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), seconds(0), minutes(9));
  ASSERT_EQ(host.Started(), handle);
  EXPECT_TRUE(host->Demand(handle, host.now()));
  EXPECT_TRUE(host.IsQuiet());
  host.Succeed(handle);
  EXPECT_TRUE(host.IsQuiet());
}

// Whoever waits goes on waiting, so the session is first again.
TEST(RefreshScheduler, ADemandOutlivesAFailure) {
  for (const bool is_asked_before : {true, false}) {
    RefreshSchedulerOptions options;
    options.in_flight = 1;
    SchedulerHost host(options);
    const SessionHandle handle = host.Add(KeyOf(100), seconds(0), minutes(9));
    if (is_asked_before) host->Demand(handle, host.now());
    ASSERT_EQ(host.Started(), handle);
    if (!is_asked_before) host->Demand(handle, host.now());
    host.Fail(handle, seconds(5));
    host.Pass(seconds(5));
    host.AddDue(20, kA, minutes(8));
    EXPECT_EQ(host.Started(), handle);
    // But not once it was served.
    host.Succeed(handle, seconds(5), minutes(9));
    host->Touch(handle, host.now());
    host.Pass(seconds(5));
    EXPECT_NE(host.Started(), handle);
  }
}

TEST(RefreshScheduler, ABacklogIsInTheOrderOfRemainingLifeThenOfLastUse) {
  SchedulerHost host;
  const SessionHandle later = host.Add(KeyOf(1), minutes(40), minutes(59));
  const SessionHandle sooner = host.Add(KeyOf(2), minutes(41), minutes(57));
  const SessionHandle used = host.Add(KeyOf(3), minutes(42), minutes(58));
  const SessionHandle unused = host.Add(KeyOf(4), minutes(43), minutes(58));
  host.Pass(minutes(30));
  host->Touch(used, host.now());
  host.Pass(minutes(20));
  std::vector<SessionHandle> order;
  while (order.size() < 4) order.push_back(host.AwaitStart());
  EXPECT_THAT(order, ElementsAre(sooner, used, unused, later));
}

TEST(RefreshScheduler, WhatCanStillBeSavedGoesBeforeWhatHasExpired) {
  SchedulerHost host;
  const SessionHandle expired = host.Add(KeyOf(1), minutes(40), minutes(49));
  const SessionHandle saved = host.Add(KeyOf(2), minutes(41), minutes(59));
  const SessionHandle waiting = host.Add(KeyOf(3), minutes(41), minutes(49));
  host.Pass(minutes(50));
  host->Touch(waiting, host.now());
  EXPECT_THAT(host.StartAll(), ElementsAre(waiting, saved, expired));
}

TEST(RefreshScheduler, WhatExpiresInTheBacklogMakesWayThere) {
  RefreshSchedulerOptions options;
  options.in_flight = 1;
  SchedulerHost host(options);
  const SessionHandle first = host.Add(KeyOf(0), seconds(0), minutes(1));
  const SessionHandle expires = host.Add(KeyOf(1), seconds(0), minutes(2));
  const SessionHandle saved = host.Add(KeyOf(2), seconds(0), minutes(9));
  ASSERT_EQ(host.Started(), first);
  host.Pass(minutes(5));
  host.Succeed(first);
  EXPECT_EQ(host.Started(), saved);
  host.Succeed(saved);
  EXPECT_EQ(host.AwaitStart(), expires);
}

TEST(RefreshScheduler, OtherTimesReplaceTheOldOnes) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), minutes(45), hours(1));
  host->Reschedule(handle, {kEpoch + minutes(90), kEpoch + hours(2)}, kEpoch);
  EXPECT_EQ(host.Wait(), kEpoch + minutes(90));
  // Also out of the backlog.
  host.Pass(minutes(91));
  SchedulerHost busy;
  const SessionHandle due = busy.Add(KeyOf(1), seconds(0), minutes(10));
  const SessionHandle ready = busy.Add(KeyOf(2), seconds(0), minutes(11));
  ASSERT_EQ(busy.Started(), due);
  busy->Reschedule(ready, {busy.now() + hours(1), busy.now() + hours(2)},
                   busy.now());
  EXPECT_EQ(busy.Wait(), busy.now() + hours(1));
  // Not during an attempt, which brings its own.
  EXPECT_TRUE(busy->Reschedule(due, {}, busy.now()));
  EXPECT_EQ(busy.Wait(), busy.now() + hours(1));
}

TEST(RefreshScheduler, OtherTimesDoNotMakeASessionUsed) {
  SchedulerHost host;
  const SessionHandle handle = host.AddIdle(KeyOf(1), minutes(45), hours(1));
  host->Reschedule(handle, {kEpoch, kEpoch + hours(2)}, kEpoch);
  EXPECT_EQ(host.Wait(), WallTime::max());
}

TEST(RefreshScheduler, ARemovedSessionIsNotStarted) {
  SchedulerHost host;
  const SessionHandle waiting = host.Add(KeyOf(1), minutes(45), hours(1));
  const SessionHandle due = host.Add(KeyOf(2), seconds(0), minutes(9));
  const SessionHandle started = host.Add(KeyOf(3), seconds(0), minutes(8));
  ASSERT_EQ(host.Started(), started);
  EXPECT_TRUE(host->Remove(waiting));
  EXPECT_TRUE(host->Remove(due));
  EXPECT_EQ(host.Wait(), WallTime::max());
  EXPECT_EQ(host->size(), 1u);
}

TEST(RefreshScheduler, TheAttemptOfARemovedSessionCountsUntilItEnds) {
  RefreshSchedulerOptions options;
  options.in_flight = 1;
  SchedulerHost host(options);
  const auto handles = host.AddDue(2);
  const SessionHandle gone = host.Started();
  EXPECT_TRUE(host->Remove(gone));
  EXPECT_FALSE(host->Remove(gone));
  EXPECT_FALSE(host->Touch(gone, host.now()));
  EXPECT_EQ(host->size(), 1u);
  // The user may sign in again meanwhile.
  const SessionHandle again = host.Add(KeyOf(0), hours(1), hours(2));
  EXPECT_NE(again.index, gone.index);
  EXPECT_TRUE(host.IsQuiet());
  EXPECT_TRUE(host.Succeed(gone));
  EXPECT_FALSE(host.Succeed(gone));
  EXPECT_EQ(host.AwaitStart(), handles[1]);
}

TEST(RefreshScheduler, ASessionThatHasEndedIsNoMore) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), seconds(0), minutes(9));
  ASSERT_EQ(host.Started(), handle);
  EXPECT_TRUE(host.Fail(handle, seconds(1), RefreshOutcome::kEnded));
  EXPECT_EQ(host->size(), 0u);
  EXPECT_EQ(host->in_flight(), 0);
  EXPECT_FALSE(host->Find(KeyOf(1)));
  EXPECT_FALSE(host->Demand(handle, host.now()));
}

TEST(RefreshScheduler, AnAttemptEndsOnce) {
  SchedulerHost host;
  const SessionHandle handle = host.Add(KeyOf(1), minutes(1), minutes(9));
  EXPECT_FALSE(host.Succeed(handle)) << "none was under way";
  host.Pass(minutes(1));
  ASSERT_EQ(host.Started(), handle);
  EXPECT_TRUE(host.Succeed(handle));
  EXPECT_FALSE(host.Succeed(handle));
  EXPECT_EQ(host->in_flight(), 0);
}

}  // namespace
}  // namespace clone_auth

// What a host of many sessions must not do to its issuer. docs/scale.md tells
// of the same runs.

#include "simulation/storm.h"

#include <algorithm>
#include <numeric>

#include "gtest/gtest.h"

namespace clone_auth::simulation {
namespace {

// By then each session has been refreshed once.
constexpr seconds kSecondCycle = minutes(61);

const Storm kOutage = OutageStorm();
const seconds kOutageEnd = kOutage.outage_at + kOutage.outage_length;

const StormResult& AfterRestart() {
  static const StormResult& result = *new StormResult(RunScheduler({}));
  return result;
}

const StormResult& InOutage() {
  static const StormResult& result = *new StormResult(RunScheduler(kOutage));
  return result;
}

double PeakToMean(const StormResult& result, seconds begin, seconds end) {
  return Peak(result, begin, end) / MeanRate(result);
}

TEST(StormAfterARestart, ThePeakIsTwoAndAHalfMeansFromTheSecondCycleOn) {
  EXPECT_LE(PeakToMean(AfterRestart(), kSecondCycle, hours(12)), 2.5);
}

TEST(StormAfterARestart, TheFirstPeakIsWithinTheCap) {
  EXPECT_LE(AfterRestart().most_in_any_second, 400u);
  EXPECT_LE(AfterRestart().most_in_flight, 64);
}

TEST(StormAfterARestart, NoTokenExpiresBeforeItsRefresh) {
  EXPECT_EQ(AfterRestart().late, 0u);
  EXPECT_GE(AfterRestart().refreshes, 200'000u * 14);
}

TEST(StormAfterARestart, AFixedTimerPeaksTheSameInEveryCycle) {
  const StormResult fixed = RunFixedTimer({});
  EXPECT_GE(PeakToMean(fixed, hours(0), hours(1)), 40);
  EXPECT_GE(PeakToMean(fixed, hours(10), hours(12)), 40);
}

TEST(StormInAnOutage, AttemptsNeverExceedTheCaps) {
  EXPECT_LE(InOutage().most_in_any_second, 400u);
  EXPECT_LE(InOutage().most_in_flight, 64);
}

TEST(StormInAnOutage, TheIssuerIsLeftAlone) {
  const auto& attempts = InOutage().attempts;
  const auto begin = attempts.begin();
  // The first seconds are those until the first time-out.
  const auto during =
      std::accumulate(begin + (kOutage.outage_at + seconds(15)).count(),
                      begin + kOutageEnd.count(), 0u);
  EXPECT_GE(during, 5u) << "but not given up";
  EXPECT_LE(during, 40u);
}

TEST(StormInAnOutage, ItsEndIsNoticedWithinTwoMinutes) {
  EXPECT_GE(InOutage().recovered_at, kOutageEnd);
  EXPECT_LE(InOutage().recovered_at, kOutageEnd + minutes(2));
}

TEST(StormInAnOutage, TheBacklogDrainsInTheOrderOfRemainingLife) {
  const auto& saved = InOutage().saved;
  EXPECT_GE(saved.size(), 50'000u);
  EXPECT_TRUE(std::is_sorted(saved.begin(), saved.end()));
}

TEST(StormInAnOutage, TheBacklogDrainsAtTheFullRate) {
  const StormResult& result = InOutage();
  const auto took = result.drained_at - result.recovered_at;
  // At 400 a second, of which those that become due meanwhile take 70 or 80.
  EXPECT_GE(result.backlog, 80'000u);
  EXPECT_LE(took, milliseconds(result.backlog * 1'000 / 300));
}

TEST(StormInAnOutage, WhatWasRefreshedTogetherPartsAgain) {
  const auto calm =
      std::chrono::ceil<seconds>(InOutage().drained_at) + minutes(2);
  EXPECT_LE(PeakToMean(InOutage(), calm, hours(12)), 2.5);
}

TEST(StormInAnOutage, FixedRetriesAreFortyTimesAsManyAsTheCap) {
  EXPECT_GE(Peak(RunFixedTimer(kOutage), kOutage.outage_at, kOutageEnd),
            16'000u);
}

}  // namespace
}  // namespace clone_auth::simulation

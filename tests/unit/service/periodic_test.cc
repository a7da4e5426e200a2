#include "service/periodic.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace clone_auth::service {
namespace {

using std::chrono::milliseconds;
using testing::FakeClock;

/// Until another thread has done its part; the test's time limit ends it.
template <typename Done>
void WaitUntil(Done done) {
  while (!done()) std::this_thread::yield();
}

TEST(Periodic, RunsWheneverTheIntervalHasPassed) {
  FakeClock clock;
  std::atomic<int> runs{0};
  const Periodic periodic(&clock, milliseconds(4), [&] { ++runs; });
  for (int n = 1; n <= 3; ++n) {
    EXPECT_EQ(runs, n - 1);
    clock.Advance(milliseconds(4));
    WaitUntil([&] { return runs.load() == n; });
  }
}

TEST(Periodic, DoesNotCatchUpOnWhatItMissed) {
  FakeClock clock;
  std::atomic<int> runs{0};
  const Periodic periodic(&clock, milliseconds(4), [&] { ++runs; });
  clock.Advance(milliseconds(400));
  WaitUntil([&] { return runs.load() == 1; });
  clock.Advance(milliseconds(4));
  WaitUntil([&] { return runs.load() >= 2; });
  EXPECT_EQ(runs, 2);
}

TEST(Periodic, EndsAtOnceAndWithoutAnotherRun) {
  FakeClock clock;
  std::atomic<int> runs{0};
  {
    const Periodic periodic(&clock, std::chrono::hours(1), [&] { ++runs; });
  }
  EXPECT_EQ(runs, 0);
}

}  // namespace
}  // namespace clone_auth::service

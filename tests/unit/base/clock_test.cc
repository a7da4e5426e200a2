#include "clone/clock.h"

#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST(SystemClock, ShowsTheTimeOfTheMachine) {
  const auto before = std::chrono::system_clock::now() - milliseconds(50);
  const WallTime now = SystemClock().Now();
  EXPECT_GE(now, before);
  EXPECT_LE(now, std::chrono::system_clock::now());
}

TEST(SystemClock, SleepingTakesAtLeastAsLongAsAsked) {
  const nanoseconds begin = SystemClock().SinceBoot();
  SystemClock().SleepFor(milliseconds(2));
  EXPECT_GE(SystemClock().SinceBoot() - begin, milliseconds(2));
  SystemClock().SleepFor(nanoseconds(-1));
}

TEST(UnixSeconds, AreRoundedDown) {
  const WallTime epoch{};
  EXPECT_EQ(ToUnixSeconds(epoch + milliseconds(1999)), seconds(1));
  EXPECT_EQ(ToUnixSeconds(epoch - milliseconds(1)), seconds(-1));
  EXPECT_EQ(ToUnixSeconds(FromUnixSeconds(seconds(1'767'225'600))),
            seconds(1'767'225'600));
}

TEST(UnixSeconds, BeyondWhatATimeHoldsBecomeTheNearestThatItDoes) {
  constexpr seconds kLast{9'223'372'036};
  EXPECT_EQ(ToUnixSeconds(FromUnixSeconds(seconds::max())), kLast);
  EXPECT_EQ(ToUnixSeconds(FromUnixSeconds(kLast + seconds(1))), kLast);
  EXPECT_EQ(ToUnixSeconds(FromUnixSeconds(kLast)), kLast);
  EXPECT_EQ(ToUnixSeconds(FromUnixSeconds(seconds::min())), -kLast);
}

TEST(FakeClock, MovesOnlyWhenTold) {
  const testing::FakeClock clock;
  const WallTime begin = clock.Now();
  EXPECT_EQ(clock.Now(), begin);
  clock.SleepFor(seconds(3));
  EXPECT_EQ(clock.Now() - begin, seconds(3));
  clock.Step(seconds(-10));
  EXPECT_EQ(clock.Now() - begin, seconds(-7));
  EXPECT_EQ(clock.SinceBoot(), seconds(3));
}

}  // namespace
}  // namespace clone_auth

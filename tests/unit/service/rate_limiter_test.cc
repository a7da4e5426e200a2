#include "service/rate_limiter.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "clone/testing/fake_clock.h"
#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using service::RateLimiter;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Limiter : public ::testing::Test {
 protected:
  std::unique_ptr<RateLimiter> Make(int attempts, std::size_t names = 1000) {
    auto made =
        RateLimiter::Create(attempts, seconds(60), &clock_, random_, names);
    EXPECT_TRUE(made.ok());
    return *std::move(made);
  }
  FakeClock clock_;
  FakeRandom random_;
};

TEST_F(Limiter, AllowsSoManyInAWindowThatStartsWithTheFirst) {
  const auto limiter = Make(3);
  EXPECT_FALSE(limiter->Take("a"));
  clock_.Advance(seconds(30));
  EXPECT_FALSE(limiter->Take("a"));
  EXPECT_FALSE(limiter->Blocked("a"));
  EXPECT_FALSE(limiter->Take("a"));
  EXPECT_EQ(limiter->Take("a"), seconds(30));
  EXPECT_EQ(limiter->Blocked("a"), seconds(30));
  clock_.Advance(milliseconds(29'001));
  EXPECT_EQ(limiter->Blocked("a"), seconds(1));
  clock_.Advance(milliseconds(999));
  EXPECT_FALSE(limiter->Blocked("a"));
  EXPECT_FALSE(limiter->Take("a"));
}

TEST_F(Limiter, CountsNamesApart) {
  const auto limiter = Make(1);
  EXPECT_FALSE(limiter->Take("a"));
  EXPECT_FALSE(limiter->Take("b"));
  EXPECT_FALSE(limiter->Take(""));
  EXPECT_TRUE(limiter->Take("a"));
}

TEST_F(Limiter, IsNotMovedByTheWallClock) {
  const auto limiter = Make(1);
  EXPECT_FALSE(limiter->Take("a"));
  clock_.Step(std::chrono::hours(1000));
  EXPECT_TRUE(limiter->Take("a"));
}

TEST_F(Limiter, ForgetsTheOldestOfTooMany) {
  const auto limiter = Make(1, 100);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(limiter->Take(std::to_string(i)));
  }
  EXPECT_TRUE(limiter->Blocked("0"));
  EXPECT_FALSE(limiter->Take("one more"));
  EXPECT_FALSE(limiter->Blocked("0"));
  EXPECT_TRUE(limiter->Blocked("1"));
  EXPECT_TRUE(limiter->Blocked("one more"));
}

TEST_F(Limiter, AllowsEverythingWhereItIsOff) {
  const auto limiter = Make(0);
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(limiter->Take("a"));
  EXPECT_FALSE(limiter->Blocked("a"));
}

TEST_F(Limiter, AllowsNoneTooManyToManyThreads) {
  const auto limiter = Make(100);
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) {
        if (!limiter->Take("a")) ++allowed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 100);
}

TEST_F(Limiter, NeedsRandomBytes) {
  random_.Fail();
  EXPECT_EQ(
      RateLimiter::Create(1, seconds(1), &clock_, random_).status().reason(),
      Reason::kRandomUnavailable);
}

}  // namespace
}  // namespace clone_auth::testing

#include "service/worker_pool.h"

#include <atomic>
#include <future>

#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using service::WorkerPool;

TEST(WorkerPool, RunsEachTaskOnceAndFinishesBeforeItGoes) {
  std::atomic<int> ran{0};
  {
    WorkerPool pool(3, 1000);
    for (int i = 0; i < 1000; ++i) {
      EXPECT_TRUE(pool.Submit([&ran] { ++ran; }));
    }
  }
  EXPECT_EQ(ran, 1000);
}

TEST(WorkerPool, RunsWhatItsTasksSubmitWhileItFinishes) {
  std::promise<void> gate;
  std::atomic<bool> ran{false};
  WorkerPool pool(1, 2);
  ASSERT_TRUE(pool.Submit([&] {
    gate.get_future().wait();
    EXPECT_TRUE(pool.Submit([&ran] { ran = true; }));
  }));
  gate.set_value();
  pool.Finish();
  EXPECT_TRUE(ran);
}

TEST(WorkerPool, RefusesWhatDoesNotFit) {
  std::promise<void> started;
  std::promise<void> gate;
  std::atomic<int> ran{0};
  {
    WorkerPool pool(1, 2);
    ASSERT_TRUE(pool.Submit([&] {
      started.set_value();
      gate.get_future().wait();
    }));
    started.get_future().wait();
    EXPECT_TRUE(pool.Submit([&ran] { ++ran; }));
    EXPECT_TRUE(pool.Submit([&ran] { ++ran; }));
    EXPECT_FALSE(pool.Submit([&ran] { ran += 100; }));
    gate.set_value();
  }
  EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace clone_auth::testing

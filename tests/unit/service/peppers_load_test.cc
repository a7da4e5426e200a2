// What requests see while the rows of many keys move to another pepper.
// CLONE_AUTH_ROTATED_KEYS is how many (5,000).

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/peppers_fixture.h"

namespace clone_auth::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

int KeysToRotate() {
  const char* count = std::getenv("CLONE_AUTH_ROTATED_KEYS");
  return count != nullptr ? std::atoi(count) : 5'000;
}

TEST_F(PeppersTest, K27_LoseNoRequestUnderLoad) {
  const int count = KeysToRotate();
  AddKeys(count);
  const std::string keys = harness_.database() + ".keys";
  const std::string old = harness_.folder().File("old.keys");
  fs::copy(keys, old);
  harness_.Restart();

  std::atomic<bool> done{false};
  std::atomic<int> asked{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> clients;
  for (unsigned client = 0; client < 2; ++client) {
    clients.emplace_back([&, client] {
      std::minstd_rand chance(client + 1);
      while (!done) {
        const int n = static_cast<int>(chance() % static_cast<unsigned>(count));
        refused += !Verifies(harness_.service(), KeyNumber(n));
        ++asked;
      }
    });
  }
  EXPECT_TRUE(operations().RotatePepper().ok());
  Finish(harness_.service());
  done = true;
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(refused, 0) << "of " << asked;
  EXPECT_GT(asked, 0);

  EXPECT_THAT(PepperIds(), ElementsAre(2));
  harness_.Restart();
  EXPECT_EQ(operations().Statistics().altered_keys, 0U);
  EXPECT_EQ(CountGood(harness_.service(), count), count);

  // What somebody has who took the old pepper before, and the table after.
  harness_.Stop();
  fs::copy(old, keys, fs::copy_options::overwrite_existing);
  harness_.Restart();
  EXPECT_EQ(operations().Statistics().altered_keys,
            static_cast<std::size_t>(count));
  EXPECT_EQ(CountGood(harness_.service(), count), 0);
}

}  // namespace
}  // namespace clone_auth::testing

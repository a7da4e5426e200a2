#include "clone/sqlite_api_key_feed.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clone/api_key_cache.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using std::chrono::milliseconds;

ApiKeyRecord RecordOf(std::uint8_t n) {
  ApiKeyRecord record;
  record.id.bytes[0] = n;
  record.digest[0] = n;
  return record;
}

std::unique_ptr<SqliteApiKeyStore> Open(const std::string& path) {
  std::vector<Pepper> peppers;
  peppers.push_back({1, Secret::CopyOf(std::string(32, 'p'))});
  auto sealer = ApiKeySealer::Create(std::move(peppers));
  return MakeSqliteApiKeyStore(
             path, std::make_shared<const ApiKeySealer>(*std::move(sealer)))
      .value();
}

class SqliteApiKeyFeedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    here_ = Open(folder_.File("keys.db"));
    ASSERT_TRUE(here_->Insert({RecordOf(1), RecordOf(2)}).ok());
    cache_ = CachedApiKeyStore::Create(here_.get(), &clock_).value();
    feed_ =
        std::make_unique<SqliteApiKeyFeed>(here_.get(), &clock_, cache_.get());
    ASSERT_TRUE(feed_->Poll().ok());
  }

  /// What the cache says of key `n`.
  std::string Ask(std::uint8_t n) const {
    const auto found = cache_->Find(RecordOf(n).digest);
    EXPECT_TRUE(found.ok());
    if (!found->has_value()) return "unknown";
    return (*found)->revoked_at.has_value() ? "revoked" : "good";
  }

  TemporaryFolder folder_;
  FakeClock clock_;
  std::unique_ptr<SqliteApiKeyStore> here_;
  std::unique_ptr<CachedApiKeyStore> cache_;
  std::unique_ptr<SqliteApiKeyFeed> feed_;
};

TEST_F(SqliteApiKeyFeedTest, KeepsRecordsFreshWhileNothingChanges) {
  ASSERT_EQ(Ask(1), "good");
  const auto elsewhere = Open(folder_.File("keys.db"));
  for (int i = 0; i < 20; ++i) {
    clock_.Advance(milliseconds(250));
    ASSERT_TRUE(feed_->Poll().ok());
    EXPECT_EQ(Ask(1), "good");
  }
  // A change that was not told yet shows that it was answered from memory.
  ASSERT_TRUE(elsewhere->Revoke(RecordOf(1).id, clock_.Now()).ok());
  EXPECT_EQ(Ask(1), "good");
}

TEST_F(SqliteApiKeyFeedTest, TellsOfWhatAnotherConnectionChanged) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_EQ(Ask(3), "unknown");
  const auto elsewhere = Open(folder_.File("keys.db"));
  ASSERT_TRUE(elsewhere->Revoke(RecordOf(1).id, clock_.Now()).ok());
  ASSERT_TRUE(elsewhere->Insert({RecordOf(3)}).ok());
  ASSERT_TRUE(feed_->Poll().ok());
  EXPECT_EQ(Ask(1), "revoked");
  EXPECT_EQ(Ask(2), "good");
  EXPECT_EQ(Ask(3), "good");
}

/// Another process that revokes key 1 when it is told to. It is begun before
/// the file is opened here, since SQLite does not outlive a fork.
class OtherProcess {
 public:
  explicit OtherProcess(const std::string& path) {
    EXPECT_EQ(pipe(pipe_), 0);
    child_ = fork();
    if (child_ != 0) return;
    char told = 0;
    if (read(pipe_[0], &told, 1) != 1) _exit(2);
    _exit(Open(path)->Revoke(RecordOf(1).id, WallTime()).ok() ? 0 : 1);
  }

  /// True once it has revoked the key and ended.
  bool Revokes() {
    int status = 1;
    return write(pipe_[1], "r", 1) == 1 &&
           waitpid(child_, &status, 0) == child_ && status == 0;
  }

 private:
  int pipe_[2];
  pid_t child_ = -1;
};

class FeedOfTwoProcesses : public SqliteApiKeyFeedTest {
 protected:
  void SetUp() override {
    other_ = std::make_unique<OtherProcess>(folder_.File("keys.db"));
    SqliteApiKeyFeedTest::SetUp();
  }
  std::unique_ptr<OtherProcess> other_;
};

TEST_F(FeedOfTwoProcesses, K20_WhatTheOtherOneRevokedIsSeenAtTheNextPoll) {
  ASSERT_EQ(Ask(1), "good");
  ASSERT_TRUE(other_->Revokes());
  EXPECT_EQ(Ask(1), "good");
  ASSERT_TRUE(feed_->Poll().ok());
  EXPECT_EQ(Ask(1), "revoked");
}

TEST_F(SqliteApiKeyFeedTest, WithoutPollsAChangeIsSeenWithinASecond) {
  ASSERT_EQ(Ask(1), "good");
  const auto elsewhere = Open(folder_.File("keys.db"));
  ASSERT_TRUE(elsewhere->Revoke(RecordOf(1).id, clock_.Now()).ok());
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Ask(1), "revoked");
}

}  // namespace
}  // namespace clone_auth::testing

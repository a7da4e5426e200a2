#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using ::testing::HasSubstr;

mode_t ModeOf(const std::string& path) {
  struct stat state;
  EXPECT_EQ(stat(path.c_str(), &state), 0) << path;
  return state.st_mode & 0777;
}

std::set<std::string> NamesBeside(const std::string& file) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(
           std::filesystem::path(file).parent_path())) {
    names.insert(entry.path().filename().string());
  }
  return names;
}

void Spoil(const std::string& file) { std::ofstream(file) << "something"; }

TEST(Backup, IsTwoPrivateFilesAndNothingElse) {
  const mode_t before = umask(0);
  ServiceHarness harness;
  harness.Signup();
  TemporaryFolder elsewhere;
  const std::string file = elsewhere.File("copy");
  ASSERT_TRUE(harness.service().operations().Backup(file).ok());
  EXPECT_EQ(NamesBeside(file), (std::set<std::string>{"copy", "copy.keys"}));
  EXPECT_EQ(ModeOf(file), 0600U);
  EXPECT_EQ(ModeOf(file + ".keys"), 0600U);
  umask(before);
}

TEST(Backup, NeverReplacesAFile) {
  ServiceHarness harness;
  harness.Signup();
  for (const char* suffix : {"", ".keys"}) {
    TemporaryFolder elsewhere;
    const std::string file = elsewhere.File("copy");
    Spoil(file + suffix);
    const Status status = harness.service().operations().Backup(file);
    EXPECT_EQ(status.reason(), Reason::kAlreadyExists);
    EXPECT_THAT(std::string(status.message()), HasSubstr(file + suffix));
    EXPECT_EQ(NamesBeside(file).size(), 1U);
  }
  EXPECT_EQ(harness.service().operations().Backup(harness.database()).reason(),
            Reason::kAlreadyExists);
}

TEST(Backup, SweepsTheDraftsOfOneThatWasCutShort) {
  ServiceHarness harness;
  harness.Signup();
  TemporaryFolder elsewhere;
  const std::string file = elsewhere.File("copy");
  for (const char* suffix : {".draft", ".draft-wal", ".keys.draft"}) {
    Spoil(file + suffix);
  }
  ASSERT_TRUE(harness.service().operations().Backup(file).ok());
  EXPECT_EQ(NamesBeside(file), (std::set<std::string>{"copy", "copy.keys"}));
}

TEST(Backup, ToWhereNothingCanBeWrittenSaysSoAndLeavesNothing) {
  ServiceHarness harness;
  const std::string file = harness.folder().File("none/copy");
  const Status status = harness.service().operations().Backup(file);
  EXPECT_EQ(status.reason(), Reason::kStoreUnavailable);
  EXPECT_THAT(std::string(status.message()), HasSubstr(file));
}

/// Threads that issue keys and revoke every other one, until told to stop.
class Crowd {
 public:
  Crowd(ServiceHarness& harness, std::string token)
      : harness_(harness), token_(std::move(token)) {
    for (int i = 0; i < 3; ++i) {
      threads_.emplace_back([this] { Work(); });
    }
  }
  void WaitFor(std::size_t revoked) {
    while (Revoked().size() < revoked) std::this_thread::yield();
  }
  void Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }
  std::set<std::string> Issued() {
    const std::lock_guard lock(mutex_);
    return issued_;
  }
  std::set<std::string> Revoked() {
    const std::lock_guard lock(mutex_);
    return revoked_;
  }

 private:
  void Work() {
    for (bool revoke = false; !stop_; revoke = !revoke) {
      const Answer issued =
          harness_.IssueKey(R"({"label":"a"})", Bearer(token_));
      ASSERT_EQ(issued.status(), 201) << issued.http.body;
      {
        const std::lock_guard lock(mutex_);
        issued_.insert(issued.Text("key"));
      }
      if (!revoke) continue;
      const Answer gone = harness_.Delete(
          "/api/auth/keys/" + issued.Text("id") + "/", Bearer(token_));
      ASSERT_EQ(gone.status(), 204) << gone.http.body;
      const std::lock_guard lock(mutex_);
      revoked_.insert(issued.Text("key"));
    }
  }

  ServiceHarness& harness_;
  std::string token_;
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::set<std::string> issued_;
  std::set<std::string> revoked_;
  std::vector<std::thread> threads_;
};

TEST(BackupUnderLoad, RestoresWhatWasIssuedAndNothingThatWasRevoked) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string file = harness.folder().File("copy");
  Crowd crowd(harness, user.access);
  crowd.WaitFor(10);
  const std::set<std::string> issued_before = crowd.Issued();
  ASSERT_TRUE(harness.service().operations().Backup(file).ok());
  crowd.WaitFor(crowd.Revoked().size() + 10);
  crowd.Stop();
  harness.Stop();

  const auto restored =
      IdentityService::RestoreSqlite(harness.database(), file);
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_GE(restored->replayed, 10U);
  harness.Restart();
  const std::set<std::string> revoked = crowd.Revoked();
  for (const std::string& key : crowd.Issued()) {
    const int status = harness.Me(KeyHeader(key)).status();
    if (revoked.count(key) != 0) {
      EXPECT_EQ(status, 401);
    } else if (issued_before.count(key) != 0) {
      EXPECT_EQ(status, 200);
    }
  }
}

}  // namespace
}  // namespace clone_auth::testing

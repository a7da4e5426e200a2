#include "clone/session_log.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "unit/credential/session_log_fixture.h"

namespace clone_auth::testing {
namespace {

using std::chrono::milliseconds;

TEST_F(SessionLogTest, GivesBackWhatWasSavedAlsoWhenOpenedAgain) {
  StoredSession session = Session("refresh-1");
  session.tokens.expires_in = std::chrono::seconds(3600);
  session.tokens.idempotency_key = "key-1";
  auto log = Open();
  ASSERT_TRUE(log->StoreFor("a")->Save(session).ok());
  for (int round = 0; round < 2; ++round) {
    const auto loaded = log->StoreFor("a")->Load();
    ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
    ASSERT_TRUE(loaded->has_value());
    EXPECT_EQ((*loaded)->base_url, "https://api.example");
    EXPECT_EQ((*loaded)->tokens.access.Reveal(), "access of refresh-1");
    EXPECT_EQ((*loaded)->tokens.refresh.Reveal(), "refresh-1");
    EXPECT_EQ((*loaded)->tokens.received_at, clock_.Now());
    EXPECT_EQ((*loaded)->tokens.expires_in, std::chrono::seconds(3600));
    EXPECT_EQ((*loaded)->tokens.idempotency_key, "key-1");
    log.reset();
    log = Open();
  }
  EXPECT_TRUE(log->warning().ok());
}

TEST_F(SessionLogTest, HoldsNothingAtFirstAndAfterClear) {
  auto log = Open();
  const auto store = log->StoreFor("a");
  EXPECT_FALSE(store->Load()->has_value());
  ASSERT_TRUE(store->Clear().ok());
  ASSERT_TRUE(store->Save(Session("refresh-1")).ok());
  ASSERT_TRUE(store->Clear().ok());
  EXPECT_FALSE(store->Load()->has_value());
  EXPECT_EQ(log->size(), 0u);
  ASSERT_TRUE(Save(*log, "b", "refresh-2").ok());
  const Tokens kept = {{"b", "refresh-2"}};
  EXPECT_EQ(All(*log), kept);
}

TEST_F(SessionLogTest, KeepsTheLastOfWhatWasSavedUnderAKey) {
  {
    const auto log = Open();
    for (int i = 0; i < 10; ++i) {
      ASSERT_TRUE(Save(*log, "a", "a-" + std::to_string(i)).ok());
      ASSERT_TRUE(Save(*log, "b", "b-" + std::to_string(i)).ok());
    }
    ASSERT_TRUE(log->StoreFor("b")->Clear().ok());
    ASSERT_TRUE(Save(*log, "c", "c-0").ok());
    ASSERT_TRUE(log->StoreFor("c")->Clear().ok());
    ASSERT_TRUE(Save(*log, "c", "c-1").ok());
  }
  const Tokens last = {{"a", "a-9"}, {"c", "c-1"}};
  EXPECT_EQ(All(*Open()), last);
}

TEST_F(SessionLogTest, MakesFilesAndFoldersForItsOwnerAlone) {
  const mode_t before = umask(0);
  const std::string path = folder_ / "a/b/sessions.log";
  const auto log = SessionLog::Create(path, {}, clock_);
  umask(before);
  ASSERT_TRUE(log.ok()) << log.status().ToString();
  EXPECT_EQ(ModeOf(path), 0600u);
  EXPECT_EQ(ModeOf(path + ".lock"), 0600u);
  EXPECT_EQ(ModeOf(folder_ / "a/b"), 0700u);
  ASSERT_TRUE((*log)->Compact().ok());
  EXPECT_EQ(ModeOf(path), 0600u);
}

TEST_F(SessionLogTest, HasOneOwnerAtATime) {
  auto log = Open();
  const Status second = TryOpen().status();
  EXPECT_EQ(second.reason(), Reason::kStoreUnavailable);
  EXPECT_NE(second.message().find("one owner"), std::string::npos)
      << second.message();
  ASSERT_TRUE(log->Compact().ok());
  EXPECT_FALSE(TryOpen().ok()) << "also when the file is another";
  const auto store = log->StoreFor("a");
  log.reset();
  EXPECT_FALSE(TryOpen().ok()) << "a store is left";
}

TEST_F(SessionLogTest, IsFreeAgainWhenTheProcessThatHadItOpenIsKilled) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto log = TryOpen();
    const char is_open = log.ok() ? 'y' : 'n';
    if (write(pipe_ends[1], &is_open, 1) != 1) _exit(1);
    for (;;) pause();
  }
  char is_open = 0;
  ASSERT_EQ(read(pipe_ends[0], &is_open, 1), 1);
  EXPECT_EQ(is_open, 'y');
  EXPECT_EQ(TryOpen().status().reason(), Reason::kStoreUnavailable);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  EXPECT_TRUE(TryOpen().ok());
}

TEST_F(SessionLogTest, LetsOneHolderOfASessionInAtATime) {
  const auto log = Open();
  const auto store = log->StoreFor("a");
  auto lock = store->Acquire(milliseconds(0));
  ASSERT_TRUE(lock.ok());
  for (const milliseconds patience : {milliseconds(0), milliseconds(1)}) {
    EXPECT_EQ(log->StoreFor("a")->Acquire(patience).status().reason(),
              Reason::kTimeout);
  }
  EXPECT_TRUE(log->StoreFor("b")->Acquire(milliseconds(0)).ok());
  EXPECT_TRUE((*lock)->Save(Session("refresh-1")).ok());
  EXPECT_EQ(Refresh(*log, "a"), "refresh-1") << "loading waits for nobody";
  lock->reset();
  EXPECT_TRUE(store->Acquire(milliseconds(0)).ok());
}

TEST_F(SessionLogTest, HandsALockToWhoeverWaitsForIt) {
  const auto log = Open();
  auto lock = log->StoreFor("a")->Acquire(milliseconds(0));
  std::vector<std::thread> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([&] {
      EXPECT_TRUE(log->StoreFor("a")->Acquire(milliseconds::max()).ok());
    });
  }
  std::thread([held = std::move(lock).value()] {}).join();
  for (std::thread& other : others) other.join();
}

TEST_F(SessionLogTest, RefusesKeysAndSessionsBeyondItsLimits) {
  const auto log = Open();
  for (const std::string& key : {std::string(), std::string(1025, 'k')}) {
    EXPECT_EQ(Save(*log, key, "r").reason(), Reason::kInvalidArgument);
    EXPECT_EQ(log->StoreFor(key)->Load().status().reason(),
              Reason::kInvalidArgument);
  }
  const std::string longest(1024, '\0');
  ASSERT_TRUE(Save(*log, longest, std::string(30'000, 'r')).ok());
  EXPECT_EQ(Save(*log, longest, std::string(70'000, 'r')).reason(),
            Reason::kTooLarge);
  EXPECT_EQ(Refresh(*log, longest), std::string(30'000, 'r'));
}

TEST_F(SessionLogTest, RefusesAFileThatOthersMayReadOrWrite) {
  Open();
  for (const mode_t mode : {0640u, 0604u, 0620u, 0602u, 0644u, 0666u}) {
    chmod(path().c_str(), mode);
    EXPECT_EQ(TryOpen().status().reason(), Reason::kFileInsecure);
  }
  chmod(path().c_str(), 0600);
  chmod(folder_.path().c_str(), 0770);
  EXPECT_EQ(TryOpen().status().reason(), Reason::kFileInsecure);
  chmod(folder_.path().c_str(), 0700);
}

TEST_F(SessionLogTest, RefusesWhatIsNoRegularFileOfOneName) {
  Open();
  std::filesystem::rename(path(), folder_ / "elsewhere");
  const std::string content = ReadFile(folder_ / "elsewhere");

  std::filesystem::create_symlink(folder_ / "elsewhere", path());
  EXPECT_EQ(TryOpen().status().reason(), Reason::kFileInsecure);
  std::filesystem::remove(path());

  std::filesystem::create_hard_link(folder_ / "elsewhere", path());
  EXPECT_EQ(TryOpen().status().reason(), Reason::kFileInsecure);
  std::filesystem::remove(path());

  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(TryOpen().status().reason(), Reason::kFileInsecure);
  std::filesystem::remove(path());

  std::filesystem::create_directory(path());
  EXPECT_EQ(TryOpen().status().reason(), Reason::kFileInsecure);
  std::filesystem::remove(path());

  std::filesystem::create_symlink(folder_ / "elsewhere", path() + ".tmp");
  EXPECT_TRUE(TryOpen().ok());
  EXPECT_EQ(ReadFile(folder_ / "elsewhere"), content) << "no link is followed";
}

TEST_F(SessionLogTest, RefusesALockFileThatIsALink) {
  WriteFile(folder_ / "elsewhere", "");
  std::filesystem::create_symlink(folder_ / "elsewhere", path() + ".lock");
  EXPECT_EQ(TryOpen().status().reason(), Reason::kFileInsecure);
}

TEST_F(SessionLogTest, RefusesWhatIsNoLogAndLeavesItAlone) {
  for (const std::string& text :
       {std::string("precious\n"), std::string("{\"version\":1}"),
        std::string(100, '\0'), std::string(100'000, 'x')}) {
    WriteFile(path(), text);
    EXPECT_EQ(TryOpen().status().reason(), Reason::kConfigMalformed);
    EXPECT_EQ(ReadFile(path()), text);
    EXPECT_FALSE(Exists(aside()));
  }
}

TEST_F(SessionLogTest, StopsSavingWhenTheFileIsNoLongerTheOneOfThatName) {
  const auto log = Open();
  ASSERT_TRUE(Save(*log, "a", "refresh-1").ok());
  std::filesystem::rename(path(), folder_ / "moved");
  EXPECT_EQ(Save(*log, "a", "refresh-2").reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(log->Compact().reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(Refresh(*log, "a"), "refresh-1");
  std::filesystem::rename(folder_ / "moved", path());
  EXPECT_FALSE(Save(*log, "a", "refresh-2").ok()) << "until it is opened again";
}

TEST_F(SessionLogTest, IsWrittenAnewWhereMostOfItIsOfNoUse) {
  SessionLogOptions options;
  options.compact_after = 3'000;
  const auto log = Open(options);
  ASSERT_TRUE(Save(*log, "large", std::string(10'000, 'r')).ok());
  const auto live = log->file_size();
  std::uint64_t largest = 0;
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(Save(*log, "a", "refresh").ok());
    largest = std::max(largest, log->file_size());
  }
  EXPECT_GT(largest, 2 * live) << "not while more than half is of use";
  EXPECT_LT(largest, 2 * live + 1'000);
  ASSERT_TRUE(log->StoreFor("large")->Clear().ok());
  EXPECT_LT(log->file_size(), 1'000u);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(Save(*log, "a", "refresh").ok());
    EXPECT_LT(log->file_size(), 4'000u) << "nor below the least";
  }
  EXPECT_EQ(std::filesystem::file_size(path()), log->file_size());
}

TEST_F(SessionLogTest, HoldsTenThousandSessions) {
  constexpr int kMany = 10'000;
  const auto key = [](int i) { return "user-" + std::to_string(i); };
  {
    const auto log = Open();
    for (int i = 0; i < kMany; ++i) {
      ASSERT_TRUE(Save(*log, key(i), "first-" + std::to_string(i)).ok());
    }
    for (int i = 0; i < kMany; i += 2) {
      ASSERT_TRUE(Save(*log, key(i), "second-" + std::to_string(i)).ok());
    }
    for (int i = 0; i < kMany; i += 5) {
      ASSERT_TRUE(log->StoreFor(key(i))->Clear().ok());
    }
    ASSERT_TRUE(log->Compact().ok());
  }
  const auto log = Open();
  EXPECT_EQ(log->size(), 8'000u);
  for (int i = 0; i < kMany; ++i) {
    const std::string expected =
        i % 5 == 0 ? ""
                   : (i % 2 == 0 ? "second-" : "first-") + std::to_string(i);
    ASSERT_EQ(Refresh(*log, key(i)), expected);
  }
}

TEST_F(SessionLogTest, TellsNoSecretInAnyMessage) {
  ASSERT_TRUE(Save(*Open(), "a", "canary-secret").ok());
  std::string content = ReadFile(path());
  content[content.find("canary") + 1] = 'A';
  WriteFile(path(), content);
  const auto log = Open();
  const std::string text = log->warning().ToString();
  EXPECT_NE(text.find("sessions.log.damaged-1"), std::string::npos) << text;
  EXPECT_EQ(text.find("secret"), std::string::npos) << text;
}

}  // namespace
}  // namespace clone_auth::testing

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>

#include "unit/credential/session_log_fixture.h"

namespace clone_auth::testing {
namespace {

class SessionLogDisk : public SessionLogTest {
 protected:
  // Two sessions that somebody can ask for, and some that nobody can.
  void Fill() {
    const auto log = Open();
    for (const char* refresh : {"a-0", "a-1"}) {
      ASSERT_TRUE(Save(*log, "a", refresh).ok());
      ASSERT_TRUE(Save(*log, "b", std::string(200, 'b')).ok());
      ASSERT_TRUE(Save(*log, "c", "c-1").ok());
    }
    ASSERT_TRUE(log->StoreFor("c")->Clear().ok());
  }
  const Tokens filled_ = {{"a", "a-1"}, {"b", std::string(200, 'b')}};
};

TEST_F(SessionLogDisk, FullAnywhereLeavesTheOldSessionAndWorksWithRoomAgain) {
  Fill();
  for (long room = 0;; ++room) {
    const auto log = Open();
    const auto size = std::filesystem::file_size(path());
    disk_.SetRoom(room);
    const Status saved = Save(*log, "a", "a-2");
    disk_.SetRoomAgain();
    if (saved.ok()) break;
    EXPECT_EQ(saved.reason(), Reason::kStoreUnavailable);
    EXPECT_NE(saved.message().find("No space"), std::string::npos)
        << saved.message();
    EXPECT_EQ(std::filesystem::file_size(path()), size) << room;
    ASSERT_EQ(All(*log), filled_) << room;
    ASSERT_TRUE(Save(*log, "a", "a-1").ok()) << room;
    ASSERT_EQ(All(*log), filled_) << room;
    ASSERT_LT(room, 1000);
  }
  EXPECT_EQ(Refresh(*Open(), "a"), "a-2");
}

TEST_F(SessionLogDisk, FullWhileCompactingLeavesTheLogAsItWas) {
  Fill();
  const std::string before = ReadFile(path());
  for (long room = 0;; ++room) {
    const auto log = Open();
    disk_.SetRoom(room);
    const Status compacted = log->Compact();
    disk_.SetRoomAgain();
    EXPECT_EQ(All(*log), filled_);
    EXPECT_FALSE(Exists(path() + ".tmp"));
    if (compacted.ok()) break;
    EXPECT_EQ(compacted.reason(), Reason::kStoreUnavailable);
    EXPECT_EQ(ReadFile(path()), before) << room;
    ASSERT_LT(room, 1000);
  }
  EXPECT_LT(ReadFile(path()).size(), before.size());
  EXPECT_EQ(All(*Open()), filled_);
}

TEST_F(SessionLogDisk, FullWhenADamagedLogIsOpenedLeavesThatForLater) {
  Fill();
  std::string damaged = ReadFile(path());
  Flip(damaged, damaged.size() - 3);
  WriteFile(path(), damaged);
  for (long room = 0;; ++room) {
    disk_.SetRoom(room);
    const auto log = TryOpen();
    disk_.SetRoomAgain();
    if (log.ok()) break;
    EXPECT_EQ(log.status().reason(), Reason::kStoreUnavailable);
    EXPECT_EQ(ReadFile(path()), damaged);
    EXPECT_FALSE(Exists(aside()));
    ASSERT_LT(room, 1000);
  }
  EXPECT_EQ(ReadFile(aside()), damaged);
}

// The kernel's own limit, in a process that it may be set for.
TEST_F(SessionLogDisk, AtTheLimitForFilesOfThisProcessIsLikeAFullOne) {
  Fill();
  const auto child = [&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const auto log = Open();
    for (rlim_t more = 0;; more += 5) {
      const rlim_t size = log->file_size();
      const rlimit limit = {size + more, RLIM_INFINITY};
      const rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
      setrlimit(RLIMIT_FSIZE, &limit);
      const Status saved = Save(*log, "a", "a-2");
      setrlimit(RLIMIT_FSIZE, &none);
      if (saved.ok()) return Refresh(*log, "a") == "a-2";
      const bool is_as_before = saved.reason() == Reason::kStoreUnavailable &&
                                std::filesystem::file_size(path()) == size &&
                                Refresh(*log, "a") == "a-1" &&
                                Save(*log, "a", "a-1").ok();
      if (!is_as_before) return false;
    }
  };
  const pid_t pid = fork();
  if (pid == 0) _exit(child() ? 0 : 1);
  int status = 0;
  waitpid(pid, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
  EXPECT_EQ(Refresh(*Open(), "a"), "a-2");
}

TEST_F(SessionLogDisk, ThatCouldNotMakeSafeIsNotAskedTwice) {
  Fill();
  auto log = Open();
  disk_.Fail(0, EIO, "fdatasync");
  const Status saved = Save(*log, "a", "a-2");
  ASSERT_TRUE(disk_.HasFailed());
  EXPECT_EQ(saved.reason(), Reason::kStoreUnavailable);
  EXPECT_EQ(All(*log), filled_) << "loading goes on";
  const int syncs = disk_.syncs();
  for (const Status& status :
       {Save(*log, "a", "a-3"), Save(*log, "d", "d-1"),
        log->StoreFor("b")->Clear(), log->StoreFor("nobody")->Clear(),
        log->Compact()}) {
    EXPECT_EQ(status.reason(), Reason::kStoreUnavailable);
    EXPECT_NE(status.message().find("opened again"), std::string::npos);
  }
  EXPECT_EQ(disk_.syncs(), syncs);
  log.reset();
  log = Open();
  const std::string refresh = Refresh(*log, "a");
  EXPECT_TRUE(refresh == "a-1" || refresh == "a-2") << refresh;
  EXPECT_TRUE(Save(*log, "a", "a-4").ok());
}

TEST_F(SessionLogDisk, ThatCannotTakeBackHalfARecordWritesNoOtherBehindIt) {
  Fill();
  auto log = Open();
  disk_.SetRoom(3);
  disk_.Fail(0, EIO, "ftruncate");
  EXPECT_FALSE(Save(*log, "a", "a-2").ok());
  disk_.SetRoomAgain();
  ASSERT_TRUE(disk_.HasFailed());
  disk_.Fail(0, EIO, "ftruncate");
  EXPECT_FALSE(Save(*log, "a", "a-2").ok()) << "it is still there";
  ASSERT_TRUE(disk_.HasFailed());
  EXPECT_TRUE(Save(*log, "a", "a-3").ok()) << "that is no final failure";
  log.reset();
  log = Open();
  EXPECT_TRUE(log->warning().ok());
  EXPECT_EQ(Refresh(*log, "a"), "a-3");
}

// Whatever fails, what was there is there, and what was answered is done.
TEST_F(SessionLogDisk, ThatFailsAtAnyStepCostsNoSession) {
  Fill();
  std::string last = "a-1";
  for (int step = 0;; ++step) {
    auto log = Open();
    ASSERT_NE(log, nullptr) << step;
    disk_.Fail(step, EIO);
    const std::string next = "a-" + std::to_string(step + 2);
    const Status saved = Save(*log, "a", next);
    const Status compacted = log->Compact();
    const bool has_failed = disk_.HasFailed();
    disk_.Fail(-1, 0);
    EXPECT_EQ(Refresh(*log, "a"), saved.ok() ? next : last) << step;
    log.reset();
    log = Open();
    ASSERT_NE(log, nullptr) << step;
    EXPECT_TRUE(log->warning().ok());
    EXPECT_FALSE(Exists(path() + ".tmp"));
    const std::string now = Refresh(*log, "a");
    EXPECT_TRUE(now == next || (!saved.ok() && now == last)) << step << now;
    EXPECT_EQ(Refresh(*log, "b"), std::string(200, 'b'));
    last = now;
    if (!has_failed) {
      EXPECT_TRUE(saved.ok() && compacted.ok());
      EXPECT_GT(step, 6);
      break;
    }
  }
}

TEST_F(SessionLogDisk, ThatFailsAtAnyStepOfOpeningCostsNoSession) {
  Fill();
  std::string damaged = ReadFile(path());
  Flip(damaged, 60);
  for (const std::string& content : {damaged, ReadFile(path()) + "\x80"}) {
    for (int step = 0;; ++step) {
      std::filesystem::remove(aside());
      WriteFile(path(), content);
      disk_.Fail(step, EIO);
      const bool is_open = TryOpen().ok();
      const bool has_failed = disk_.HasFailed();
      disk_.Fail(-1, 0);
      const auto log = Open();
      ASSERT_NE(log, nullptr) << step;
      EXPECT_EQ(All(*log), filled_) << step;
      EXPECT_EQ(ReadFile(aside()), content == damaged ? damaged : "") << step;
      EXPECT_FALSE(Exists(aside(2))) << step;
      if (!has_failed) {
        EXPECT_TRUE(is_open);
        break;
      }
    }
  }
}

TEST_F(SessionLogDisk, OfAProcessThatDiesAtAnyStepHoldsWhatWasAnswered) {
  Fill();
  int answers[2];
  std::string last = "a-1";
  for (int step = 0;; ++step) {
    ASSERT_EQ(pipe(answers), 0);
    const int ended = RunUntilStep(step, [&] {
      const auto log = TryOpen();
      if (!log.ok()) return false;
      for (int i = 0; i < 3; ++i) {
        const std::string next =
            "s" + std::to_string(step) + "." + std::to_string(i);
        if (!Save(**log, "a", next).ok()) return false;
        if (write(answers[1], next.data(), next.size()) < 0) return false;
        if (i == 1 && !(*log)->Compact().ok()) return false;
      }
      return true;
    });
    close(answers[1]);
    char text[64] = {};
    const ssize_t size = read(answers[0], text, sizeof(text) - 1);
    close(answers[0]);
    ASSERT_GE(size, 0);
    const std::string answered(text, static_cast<std::size_t>(size));
    const auto log = Open();
    ASSERT_NE(log, nullptr) << step;
    EXPECT_TRUE(log->warning().ok()) << step << log->warning().ToString();
    EXPECT_FALSE(Exists(path() + ".tmp")) << step;
    EXPECT_EQ(Refresh(*log, "b"), std::string(200, 'b')) << step;
    const std::string now = Refresh(*log, "a");
    // The last that was answered, or the one that was on its way.
    const std::size_t count = static_cast<std::size_t>(
        std::count(answered.begin(), answered.end(), 's'));
    const std::string previous =
        count == 0 ? last : answered.substr(answered.rfind('s'));
    const std::string under_way =
        "s" + std::to_string(step) + "." + std::to_string(count);
    EXPECT_TRUE(now == previous || now == under_way)
        << step << ": " << now << " after " << previous;
    last = now;
    if (ended == 0) break;
    ASSERT_EQ(ended, kCrashed) << step;
  }
}

TEST_F(SessionLogDisk, OfAProcessThatDiesWhileItSetsAsideHoldsBoth) {
  Fill();
  std::string damaged = ReadFile(path());
  Flip(damaged, 60);
  for (int step = 0;; ++step) {
    std::filesystem::remove(aside());
    WriteFile(path(), damaged);
    const int ended = RunUntilStep(step, [&] { return TryOpen().ok(); });
    const auto log = Open();
    ASSERT_NE(log, nullptr) << step;
    EXPECT_EQ(All(*log), filled_) << step;
    EXPECT_EQ(ReadFile(aside()), damaged) << step;
    EXPECT_FALSE(Exists(aside(2))) << step;
    EXPECT_FALSE(Exists(path() + ".tmp")) << step;
    if (ended == 0) break;
    ASSERT_EQ(ended, kCrashed) << step;
  }
}

}  // namespace
}  // namespace clone_auth::testing

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>

#include "clone/token_store.h"
#include "gtest/gtest.h"
#include "support/temporary_folder.h"
#include "unit/credential/disk.h"

namespace clone_auth::testing {
namespace {

class TokenStoreDisk : public ::testing::Test {
 protected:
  TokenStoreDisk() { EXPECT_TRUE(Save("old")); }

  std::string path() const { return folder_ / "credentials.json"; }
  Status Saved(const std::string& refresh) const {
    StoredSession session;
    session.base_url = "https://api.example";
    session.tokens.access = Secret::CopyOf("access");
    session.tokens.refresh = Secret::CopyOf(refresh);
    session.tokens.idempotency_key = "key of " + refresh;
    return MakeFileTokenStore(path())->Save(session);
  }
  bool Save(const std::string& refresh) const { return Saved(refresh).ok(); }
  std::string Refresh() const {
    const auto loaded = MakeFileTokenStore(path())->Load();
    EXPECT_TRUE(loaded.ok()) << loaded.status().ToString();
    if (!loaded.ok() || !loaded->has_value()) return "none";
    const SessionTokens& tokens = (*loaded)->tokens;
    EXPECT_EQ(tokens.idempotency_key,
              "key of " + std::string(tokens.refresh.Reveal()));
    return std::string(tokens.refresh.Reveal());
  }

  TemporaryFolder folder_;
  Disk disk_;
};

TEST_F(TokenStoreDisk, S01_AProcessThatEndsAtAnyStepLeavesTheOldOrTheNew) {
  int ended = kCrashed;
  int step = 0;
  for (; ended == kCrashed; ++step) {
    ASSERT_TRUE(Save("old"));
    ended = RunUntilStep(step, [&] { return Save("new"); });
    const std::string found = Refresh();
    EXPECT_TRUE(found == "old" || found == "new") << found;
    ASSERT_TRUE(Save("next")) << "the lock is free";
    EXPECT_EQ(Refresh(), "next");
    EXPECT_FALSE(std::filesystem::exists(path() + ".tmp"));
    ASSERT_LT(step, 100);
  }
  EXPECT_EQ(ended, 0);
  EXPECT_GE(step, 5) << "write, two syncs, a rename and the end";
}

TEST_F(TokenStoreDisk,
       S04_FullAnywhereLeavesTheOldSessionAndWorksWithRoomAgain) {
  for (long room = 0;; ++room) {
    disk_.SetRoom(room);
    const Status saved = Saved("new");
    disk_.SetRoomAgain();
    if (saved.ok()) break;
    EXPECT_EQ(saved.reason(), Reason::kStoreUnavailable);
    EXPECT_NE(saved.message().find("No space"), saved.message().npos)
        << saved.message();
    ASSERT_EQ(Refresh(), "old") << room;
    ASSERT_LT(room, 2000);
  }
  EXPECT_EQ(Refresh(), "new");
}

TEST_F(TokenStoreDisk, S05_ACallThatFailsAtAnyStepIsReported) {
  for (int step = 0;; ++step) {
    ASSERT_TRUE(Save("old"));
    disk_.Fail(step, EIO);
    const Status saved = Saved("new");
    if (!disk_.HasFailed()) break;
    const std::string found = Refresh();
    EXPECT_TRUE(found == "old" || found == "new") << found;
    // The first is the lock. Only that there is no leftover to remove, which
    // comes next, is nobody's trouble.
    EXPECT_TRUE(step == 1 || !saved.ok()) << step;
    ASSERT_LT(step, 100);
  }
}

TEST_F(TokenStoreDisk, S11_ALockThatFailsIsReportedAndLeavesTheOldSession) {
  for (const int error : {ENOLCK, EOPNOTSUPP, EIO}) {
    disk_.Fail(0, error, "fcntl");
    const Status saved = Saved("new");
    EXPECT_TRUE(disk_.HasFailed());
    EXPECT_EQ(saved.reason(), Reason::kStoreUnavailable);
    EXPECT_NE(saved.message().find("credentials.json.lock"), std::string::npos);
    EXPECT_EQ(Refresh(), "old");
  }
}

TEST_F(TokenStoreDisk, S05_TheFileIsSyncedBeforeItIsRenamedAndItsFolderAfter) {
  for (const char* call : {"fsync", "renameat"}) {
    disk_.Fail(0, EIO, call);
    EXPECT_FALSE(Save("new")) << call;
    EXPECT_EQ(Refresh(), "old") << call;
  }
  disk_.Fail(1, EIO, "fsync");
  EXPECT_FALSE(Save("new"));
  EXPECT_EQ(Refresh(), "new") << "already renamed";
}

}  // namespace
}  // namespace clone_auth::testing

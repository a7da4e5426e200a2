#include "clone/token_store.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "support/temporary_folder.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using testing::FakeClock;
using testing::ModeOf;
using testing::ReadFile;
using testing::TemporaryFolder;
using testing::WriteFile;

StoredSession Session(const std::string& refresh = "refresh-1") {
  StoredSession session;
  session.base_url = "https://api.example";
  session.tokens.access = Secret::CopyOf("access-1");
  session.tokens.refresh = Secret::CopyOf(refresh);
  session.tokens.received_at = FakeClock().Now();
  return session;
}

class FileTokenStore : public ::testing::Test {
 protected:
  std::string path() const { return folder_ / "credentials.json"; }
  std::unique_ptr<TokenStore> Open() const {
    return MakeFileTokenStore(path());
  }

  TemporaryFolder folder_;
};

TEST_F(FileTokenStore, GivesBackWhatWasSaved) {
  ASSERT_TRUE(Open()->Save(Session()).ok());
  const auto loaded = Open()->Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  ASSERT_TRUE(loaded->has_value());
  EXPECT_EQ((*loaded)->base_url, "https://api.example");
  EXPECT_EQ((*loaded)->tokens.access.Reveal(), "access-1");
  EXPECT_EQ((*loaded)->tokens.refresh.Reveal(), "refresh-1");
  EXPECT_EQ((*loaded)->tokens.received_at, FakeClock().Now());
}

TokenSessionOptions GrantOptions() {
  TokenSessionOptions options;
  options.base_url = "https://api.example";
  options.issuer = "https://login.example";
  options.token_endpoint = "https://login.example/token";
  options.client_id = "tool";
  options.resource = "https://api.example/v1";
  return options;
}

TEST_F(FileTokenStore, KeepsWhoGrantedASessionAndWhereItGoesOn) {
  const StoredSession session =
      MakeStoredSession(GrantOptions(), Session().tokens);
  ASSERT_TRUE(Open()->Save(session).ok());
  const auto loaded = Open()->Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status().ToString();
  const TokenSessionOptions options = SessionOptionsOf(**loaded);
  EXPECT_EQ(options.base_url, "https://api.example");
  EXPECT_EQ(options.issuer, "https://login.example");
  EXPECT_EQ(options.token_endpoint, "https://login.example/token");
  EXPECT_EQ(options.client_id, "tool");
  EXPECT_EQ(options.resource, "https://api.example/v1");
}

// It would present the refresh token to the API.
TEST_F(FileTokenStore, AVersionThatKnowsNoIssuersReadsNoSessionOfOne) {
  ASSERT_TRUE(Open()->Save(Session()).ok());
  EXPECT_NE(ReadFile(path()).find(R"("version":1,)"), std::string::npos);
  EXPECT_EQ(ReadFile(path()).find("issuer"), std::string::npos);
  ASSERT_TRUE(
      Open()->Save(MakeStoredSession(GrantOptions(), Session().tokens)).ok());
  EXPECT_NE(ReadFile(path()).find(R"("version":2,)"), std::string::npos);
}

TEST_F(FileTokenStore, HoldsNothingAtFirstAndAfterClear) {
  const auto store = Open();
  EXPECT_FALSE(store->Load()->has_value());
  ASSERT_TRUE(store->Clear().ok());
  ASSERT_TRUE(store->Save(Session()).ok());
  ASSERT_TRUE(store->Clear().ok());
  EXPECT_FALSE(store->Load()->has_value());
  EXPECT_FALSE(
      MakeFileTokenStore(folder_ / "no/such/folder/file")->Load()->has_value());
}

TEST_F(FileTokenStore, S07_MakesFilesAndFoldersForItsOwnerAlone) {
  const mode_t before = umask(0);
  const std::string path = folder_ / "a/b/credentials.json";
  EXPECT_TRUE(MakeFileTokenStore(path)->Save(Session()).ok());
  umask(before);
  EXPECT_EQ(ModeOf(path), 0600u);
  EXPECT_EQ(ModeOf(path + ".lock"), 0600u);
  EXPECT_EQ(ModeOf(folder_ / "a/b"), 0700u);
  EXPECT_EQ(ModeOf(folder_ / "a"), 0700u);
}

TEST_F(FileTokenStore, ReplacesTheFileAsAWholeAndLeavesNothingBeside) {
  const auto store = Open();
  ASSERT_TRUE(store->Save(Session()).ok());
  const std::string first = ReadFile(path());
  std::filesystem::create_hard_link(path(), folder_ / "kept");
  ASSERT_TRUE(store->Save(Session("refresh-2")).ok());
  EXPECT_EQ(ReadFile(folder_ / "kept"), first) << "the old file is untouched";
  EXPECT_EQ(store->Load()->value().tokens.refresh.Reveal(), "refresh-2");
  EXPECT_FALSE(std::filesystem::exists(path() + ".tmp"));
}

TEST_F(FileTokenStore, S01_SweepsWhatAnInterruptedSaveLeftBehind) {
  WriteFile(path() + ".tmp", "half a fi");
  ASSERT_TRUE(Open()->Save(Session()).ok());
  EXPECT_FALSE(std::filesystem::exists(path() + ".tmp"));
  WriteFile(path() + ".tmp", "half a fi");
  ASSERT_TRUE(Open()->Clear().ok());
  EXPECT_FALSE(std::filesystem::exists(path() + ".tmp"));
}

TEST_F(FileTokenStore, S07_RefusesAFileThatOthersMayReadOrWrite) {
  ASSERT_TRUE(Open()->Save(Session()).ok());
  for (const mode_t mode : {0640u, 0604u, 0620u, 0602u, 0644u, 0666u}) {
    chmod(path().c_str(), mode);
    EXPECT_EQ(Open()->Load().status().reason(), Reason::kFileInsecure);
  }
}

TEST_F(FileTokenStore, S08_RefusesWhatIsNoRegularFileOfOneName) {
  WriteFile(folder_ / "elsewhere", "{}");
  std::filesystem::create_symlink(folder_ / "elsewhere", path());
  EXPECT_EQ(Open()->Load().status().reason(), Reason::kFileInsecure);
  std::filesystem::remove(path());

  std::filesystem::create_hard_link(folder_ / "elsewhere", path());
  EXPECT_EQ(Open()->Load().status().reason(), Reason::kFileInsecure);
  std::filesystem::remove(path());

  ASSERT_EQ(mkfifo(path().c_str(), 0600), 0);
  EXPECT_EQ(Open()->Load().status().reason(), Reason::kFileInsecure);
  std::filesystem::remove(path());

  std::filesystem::create_directory(path());
  EXPECT_EQ(Open()->Load().status().reason(), Reason::kFileInsecure);
}

TEST_F(FileTokenStore, S08_ReplacesALinkAndNotWhatItPointsTo) {
  WriteFile(folder_ / "elsewhere", "precious");
  std::filesystem::create_symlink(folder_ / "elsewhere", path());
  ASSERT_TRUE(Open()->Save(Session()).ok());
  EXPECT_EQ(ReadFile(folder_ / "elsewhere"), "precious");
  EXPECT_FALSE(std::filesystem::is_symlink(path()));
}

TEST_F(FileTokenStore, S08_RefusesALockFileThatIsALink) {
  WriteFile(folder_ / "elsewhere", "");
  std::filesystem::create_symlink(folder_ / "elsewhere", path() + ".lock");
  EXPECT_EQ(Open()->Acquire(milliseconds(0)).status().reason(),
            Reason::kFileInsecure);
}

TEST_F(FileTokenStore, S08_RefusesAFolderThatOthersMayWrite) {
  ASSERT_TRUE(Open()->Save(Session()).ok());
  chmod(folder_.path().c_str(), 0770);
  EXPECT_EQ(Open()->Load().status().reason(), Reason::kFileInsecure);
  EXPECT_EQ(Open()->Save(Session()).reason(), Reason::kFileInsecure);
  chmod(folder_.path().c_str(), 01777);
  EXPECT_TRUE(Open()->Load().ok()) << "a sticky folder, such as /tmp";
  chmod(folder_.path().c_str(), 0700);
}

TEST_F(FileTokenStore, S12_RefusesAFileThatWasCutAnywhere) {
  ASSERT_TRUE(Open()->Save(Session()).ok());
  const std::string whole = ReadFile(path());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    WriteFile(path(), whole.substr(0, size));
    const auto loaded = Open()->Load();
    EXPECT_EQ(loaded.status().reason(), Reason::kConfigMalformed) << size;
  }
  EXPECT_TRUE(Open()->Save(Session()).ok()) << "signing in again repairs it";
  EXPECT_TRUE(Open()->Load().ok());
}

TEST_F(FileTokenStore, S12_RefusesFilesOfAnotherVersionFormOrSize) {
  for (const std::string& text :
       {std::string("null"), std::string("[]"), std::string("{}"),
        std::string(R"({"version":3,"base_url":"u","access":"a",)"
                    R"("refresh":"r","received_at":0})"),
        std::string(R"({"version":2,"base_url":"u","access":"a",)"
                    R"("refresh":"r","received_at":0,"issuer":"i"})"),
        std::string(R"({"version":1,"base_url":"u","access":"a",)"
                    R"("refresh":"r"})"),
        std::string(R"({"version":1,"base_url":"u","access":1,)"
                    R"("refresh":"r","received_at":0})"),
        std::string(R"({"version":1,"base_url":"u","access":"a",)"
                    R"("refresh":"r","received_at":-1})"),
        std::string(R"({"version":1,"base_url":"u","access":"a",)"
                    R"("refresh":"r","received_at":9223372037})"),
        std::string(70'000, ' ')}) {
    WriteFile(path(), text);
    EXPECT_EQ(Open()->Load().status().reason(), Reason::kConfigMalformed)
        << text.substr(0, 80);
  }
}

TEST_F(FileTokenStore, S12_SetsAsideWhatIsNoSessionAndOverwritesNothing) {
  for (const std::string& text :
       {std::string("garbage"), std::string(R"({"version":9})"),
        std::string(70'000, 'x')}) {
    WriteFile(path(), text);
    ASSERT_TRUE(Open()->Save(Session()).ok());
    EXPECT_EQ(ReadFile(path() + ".damaged"), text);
    EXPECT_EQ(ModeOf(path() + ".damaged"), 0600u);
    EXPECT_TRUE(Open()->Load()->has_value());
  }
}

TEST_F(FileTokenStore, S12_IsNoSessionWithAnyBitFlippedOrIsReadWithoutHarm) {
  ASSERT_TRUE(Open()->Save(Session()).ok());
  const std::string whole = ReadFile(path());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string text = whole;
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
      WriteFile(path(), text);
      const auto loaded = Open()->Load();
      EXPECT_TRUE(loaded.ok() ||
                  loaded.status().reason() == Reason::kConfigMalformed);
    }
  }
}

// A link that comes and goes in the file's place: what it points to is never
// taken for the session, and never written.
TEST_F(FileTokenStore, S09_FollowsNoLinkThatIsPutThereMeanwhile) {
  const std::string trap = folder_ / "trap";
  WriteFile(trap, R"({"version":1,"base_url":"https://evil.example",)"
                  R"("access":"a","refresh":"r","received_at":0})");
  ASSERT_TRUE(Open()->Save(Session()).ok());
  const std::string before = ReadFile(trap);
  std::atomic<bool> is_over{false};
  std::thread swapper([&] {
    const std::string link = path() + ".link";
    while (!is_over) {
      std::error_code ignored;
      std::filesystem::create_symlink(trap, link, ignored);
      std::filesystem::rename(link, path(), ignored);
    }
  });
  const auto store = Open();
  for (int i = 0; i < 500; ++i) {
    const auto loaded = store->Load();
    if (loaded.ok() && loaded->has_value()) {
      EXPECT_EQ((*loaded)->base_url, "https://api.example");
    }
    if (i % 10 == 0) {
      EXPECT_TRUE(store->Save(Session()).ok());
    }
  }
  is_over = true;
  swapper.join();
  EXPECT_EQ(ReadFile(trap), before);
}

TEST_F(FileTokenStore, KeepsTheOldSessionWhereTheNewOneCannotBeWritten) {
  if (geteuid() == 0) {
    // Permissions do not stop the superuser; a folder in the way does.
    const auto store = Open();
    ASSERT_TRUE(store->Save(Session()).ok());
    std::filesystem::create_directory(path() + ".tmp");
    EXPECT_EQ(store->Save(Session("refresh-2")).reason(),
              Reason::kStoreUnavailable);
    EXPECT_EQ(store->Load()->value().tokens.refresh.Reveal(), "refresh-1");
    return;
  }
  const auto store = Open();
  ASSERT_TRUE(store->Save(Session()).ok());
  chmod(folder_.path().c_str(), 0500);
  EXPECT_EQ(store->Save(Session("refresh-2")).reason(),
            Reason::kStoreUnavailable);
  EXPECT_EQ(store->Load()->value().tokens.refresh.Reveal(), "refresh-1");
  chmod(folder_.path().c_str(), 0700);
}

TEST_F(FileTokenStore, CannotBeMadeBelowAFile) {
  WriteFile(folder_ / "file", "");
  EXPECT_EQ(MakeFileTokenStore(folder_ / "file/x/credentials.json")
                ->Save(Session())
                .reason(),
            Reason::kStoreUnavailable);
}

TEST_F(FileTokenStore, LetsOneHolderInAtATime) {
  const auto a = Open();
  const auto b = Open();
  auto lock = a->Acquire(milliseconds(0));
  ASSERT_TRUE(lock.ok());
  EXPECT_EQ(b->Acquire(milliseconds(0)).status().reason(), Reason::kTimeout);
  EXPECT_EQ(a->Acquire(milliseconds(1)).status().reason(), Reason::kTimeout);
  EXPECT_TRUE((*lock)->Save(Session()).ok()) << "the holder itself may write";
  lock->reset();
  EXPECT_TRUE(b->Acquire(milliseconds(0)).ok());
}

TEST_F(FileTokenStore, NeverDeletesTheLockFile) {
  const auto store = Open();
  { const auto lock = store->Acquire(milliseconds(0)); }
  ASSERT_TRUE(store->Clear().ok());
  EXPECT_TRUE(std::filesystem::exists(path() + ".lock"));
}

TEST_F(FileTokenStore, MakesOtherThreadsWaitForTheHolder) {
  const auto store = Open();
  auto lock = store->Acquire(milliseconds(0));
  ASSERT_TRUE(lock.ok());
  std::thread other([&] { EXPECT_TRUE(store->Clear().ok()); });
  ASSERT_TRUE((*lock)->Save(Session()).ok());
  EXPECT_TRUE(store->Load()->has_value());
  lock->reset();
  other.join();
  EXPECT_FALSE(store->Load()->has_value()) << "the clearing came last";
}

TEST_F(FileTokenStore, S10_IsFreeAgainWhenTheProcessThatHeldItIsKilled) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = Open()->Acquire(milliseconds(0));
    const char held = lock.ok() ? 'y' : 'n';
    if (write(pipe_ends[1], &held, 1) != 1) _exit(1);
    for (;;) pause();
  }
  char held = 0;
  ASSERT_EQ(read(pipe_ends[0], &held, 1), 1);
  EXPECT_EQ(held, 'y');
  EXPECT_EQ(Open()->Acquire(milliseconds(0)).status().reason(),
            Reason::kTimeout);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(pipe_ends[0]);
  close(pipe_ends[1]);
  EXPECT_TRUE(Open()->Acquire(milliseconds(0)).ok());
}

TEST_F(FileTokenStore, IsNeverTornByWritersAndReadersAtOnce) {
  ASSERT_TRUE(Open()->Save(Session()).ok());
  std::vector<std::thread> threads;
  for (const std::size_t size : {100u, 1000u}) {
    threads.emplace_back([&, size] {
      const auto store = Open();
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(store->Save(Session(std::string(size, 'r'))).ok());
      }
    });
  }
  const auto store = Open();
  for (int i = 0; i < 200; ++i) {
    const auto loaded = store->Load();
    EXPECT_TRUE(loaded.ok()) << loaded.status().ToString();
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(FileTokenStore, TellsNoSecretInAnyMessage) {
  WriteFile(path(), R"({"version":1,"access":"canary-secret"})");
  const std::string text = Open()->Load().status().ToString();
  EXPECT_EQ(text.find("canary"), std::string::npos) << text;
  EXPECT_NE(text.find("credentials.json"), std::string::npos) << text;
}

}  // namespace
}  // namespace clone_auth

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"
#include "unit/service/older_rows.h"

namespace clone_auth::testing {
namespace {

using service::Database;
using std::chrono::seconds;
using ::testing::HasSubstr;

constexpr char kOther[] = "bob@example.test";
constexpr char kNewPassword[] = "another row of words";

mode_t ModeOf(const std::string& path) {
  struct stat state;
  EXPECT_EQ(stat(path.c_str(), &state), 0) << path;
  return state.st_mode & 0777;
}

/// A service with two users, a key and a backup, which then went on.
class RestoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ann_ = harness_.NewUser();
    bob_ = harness_.NewUser(kOther);
    kept_ = Issue();
    revoked_ = Issue();
    backup_ = harness_.folder().File("copy");
    options_.clock = &harness_.clock();
    const Status made = operations().Backup(backup_);
    ASSERT_TRUE(made.ok()) << made.ToString();
  }

  ServiceOperations& operations() { return harness_.service().operations(); }
  Answer Issue() {
    return harness_.IssueKey(R"({"label":"a"})", Bearer(ann_.access));
  }
  void Revoke(const Answer& key) {
    ASSERT_TRUE(operations().RevokeKey(*Uuid::Parse(key.Text("id"))).ok());
  }
  int StatusOf(const Answer& key) {
    return harness_.Me(KeyHeader(key.Text("key"))).status();
  }
  std::string CodeOf(const Answer& key) {
    return harness_.Me(KeyHeader(key.Text("key"))).Text("code");
  }
  std::string log() const { return harness_.database() + ".revoked"; }

  Result<RestoredBackup> Restore() {
    harness_.Stop();
    return IdentityService::RestoreSqlite(harness_.database(), backup_,
                                          options_);
  }
  void RestoreAndStart() {
    const auto restored = Restore();
    ASSERT_TRUE(restored.ok()) << restored.status().ToString();
    harness_.Restart();
  }
  /// The restore is refused for this, and the service goes on as it was.
  void ExpectRefusal(Reason reason, const std::string& words) {
    const auto restored = Restore();
    ASSERT_FALSE(restored.ok());
    EXPECT_EQ(restored.status().reason(), reason)
        << restored.status().ToString();
    EXPECT_THAT(std::string(restored.status().message()), HasSubstr(words));
    EXPECT_FALSE(std::filesystem::exists(harness_.database() + ".restore"));
  }
  void Execute(const std::string& file, const char* sql) {
    auto database = Database::Open(file, seconds(2));
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)->Execute(sql).ok()) << sql;
    ASSERT_TRUE((*database)->Execute("PRAGMA journal_mode=DELETE").ok());
  }

  ServiceHarness harness_;
  SignedInUser ann_;
  SignedInUser bob_;
  Answer kept_;
  Answer revoked_;
  std::string backup_;
  RestoreOptions options_;
};

TEST_F(RestoreTest, GoesBackButKeepsWhatWasRevokedSince) {
  Revoke(revoked_);
  const Answer later = Issue();
  RestoreAndStart();
  EXPECT_EQ(StatusOf(kept_), 200);
  EXPECT_EQ(CodeOf(revoked_), "key_revoked");
  EXPECT_EQ(CodeOf(later), "key_unknown");
  // Again, and what was revoked in between stays revoked too.
  Revoke(kept_);
  RestoreAndStart();
  EXPECT_EQ(CodeOf(kept_), "key_revoked");
  EXPECT_EQ(CodeOf(revoked_), "key_revoked");
}

TEST_F(RestoreTest, GoesOnWithTheAuditTrailOfTheBackup) {
  const auto before = operations().VerifyAudit("");
  ASSERT_TRUE(before.ok());
  Revoke(revoked_);
  RestoreAndStart();
  const auto after = operations().VerifyAudit(before->head);
  ASSERT_TRUE(after.ok()) << after.status().ToString();
  EXPECT_EQ(after->rows, before->rows + 1);
  AuditFilter newest;
  newest.limit = 1;
  const auto rows = operations().ListAudit(newest);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->front().action, "restored");
  EXPECT_EQ(rows->front().detail, "1 changes replayed");
}

TEST_F(RestoreTest, EndsEverySessionAndNoTokenOfBeforeIsGood) {
  const std::string next = harness_.Refresh(bob_.refresh).Text("refresh");
  RestoreAndStart();
  EXPECT_EQ(harness_.Me(Bearer(ann_.access)).status(), 401);
  EXPECT_EQ(harness_.Refresh(ann_.refresh).status(), 401);
  EXPECT_EQ(harness_.Refresh(bob_.refresh).status(), 401);
  EXPECT_EQ(harness_.Refresh(next).status(), 401);
  const Answer login = harness_.Login();
  EXPECT_EQ(login.status(), 200);
  EXPECT_EQ(harness_.Me(Bearer(login.Text("access"))).status(), 200);
}

TEST_F(RestoreTest, KeepsPasswordsAsTheyWereSetSince) {
  ASSERT_TRUE(
      operations().SetPassword(kEmail, Secret::CopyOf(kNewPassword)).ok());
  RestoreAndStart();
  EXPECT_EQ(harness_.Login(kEmail, kPassword).status(), 401);
  EXPECT_EQ(harness_.Login(kEmail, kNewPassword).status(), 200);
  EXPECT_EQ(harness_.Login(kOther, kPassword).status(), 200);
}

TEST_F(RestoreTest, KeepsAccountsDisabledOrEnabledAsTheyWereLast) {
  ASSERT_TRUE(operations().SetAccountEnabled(kOther, false).ok());
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, false).ok());
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, true).ok());
  RestoreAndStart();
  EXPECT_EQ(harness_.Login(kOther).status(), 401);
  EXPECT_EQ(harness_.Login(kEmail).status(), 200);
  EXPECT_EQ(StatusOf(kept_), 200);
}

TEST_F(RestoreTest, SetsTheOldDatabaseAsideWhole) {
  const Answer later = Issue();
  const auto restored = Restore();
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_EQ(restored->set_aside,
            harness_.database() + ".before-restore-20260101T000000Z");
  for (const std::string& file :
       {restored->set_aside, restored->set_aside + ".keys", harness_.database(),
        harness_.database() + ".keys", log()}) {
    EXPECT_EQ(ModeOf(file), 0600U) << file;
  }
  const auto old =
      IdentityService::OpenSqlite(restored->set_aside, harness_.options());
  ASSERT_TRUE(old.ok()) << old.status().ToString();
  EXPECT_EQ((*old)
                ->Handle(MakeRequest("GET", "/api/auth/me/", {},
                                     KeyHeader(later.Text("key"))))
                .status,
            200);
  // A second one in the same second finds a name of its own.
  const auto again = Restore();
  ASSERT_TRUE(again.ok());
  EXPECT_NE(again->set_aside, restored->set_aside);
}

TEST_F(RestoreTest, RefusesWhileAServiceHasTheDatabase) {
  const auto refused =
      IdentityService::RestoreSqlite(harness_.database(), backup_, options_);
  EXPECT_EQ(refused.status().reason(), Reason::kStoreUnavailable);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("is in use"));
  harness_.Stop();
  auto shell = Database::Open(harness_.database(), seconds(2));
  ASSERT_TRUE(shell.ok() && (*shell)->Execute("SELECT 1 FROM users").ok());
  ExpectRefusal(Reason::kStoreUnavailable, "has it open");
}

TEST_F(RestoreTest, RefusesWhatIsNoBackup) {
  const std::string good = backup_;
  backup_ = harness_.folder().File("none");
  ExpectRefusal(Reason::kBackupUnusable, "does not exist");
  backup_ = harness_.folder().File("text");
  std::filesystem::copy_file(good + ".keys", backup_ + ".keys");
  std::ofstream(backup_) << std::string(9000, 'x');
  ExpectRefusal(Reason::kBackupUnusable, backup_);
  std::filesystem::remove(backup_);
  Execute(backup_, "CREATE TABLE other(a)");
  ExpectRefusal(Reason::kBackupUnusable, "not of this service");
  backup_ = good;
  std::filesystem::remove(backup_ + ".keys");
  ExpectRefusal(Reason::kBackupUnusable, backup_ + ".keys");
}

TEST_F(RestoreTest, RefusesADamagedBackup) {
  std::fstream file(backup_, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(4096);
  file << std::string(3000, '\xff');
  file.close();
  ExpectRefusal(Reason::kBackupUnusable, "damaged");
  std::filesystem::resize_file(backup_, 3 * 4096);
  ExpectRefusal(Reason::kBackupUnusable, "damaged");
}

TEST_F(RestoreTest, RefusesABackupOfANewerProgram) {
  Execute(backup_, "PRAGMA user_version=99");
  ExpectRefusal(Reason::kSchemaUnknown, backup_);
}

TEST_F(RestoreTest, RefusesAnotherServicesBackup) {
  ServiceHarness other;
  other.Signup();
  backup_ = other.folder().File("copy");
  ASSERT_TRUE(other.service().operations().Backup(backup_).ok());
  ExpectRefusal(Reason::kBackupUnusable, "of another service");
  options_.without_revocation_log = true;
  ExpectRefusal(Reason::kBackupUnusable, "of another service");
}

TEST_F(RestoreTest, RefusesToDoWithoutTheLogUnlessToldTo) {
  std::filesystem::remove(log());
  ExpectRefusal(Reason::kBackupUnusable, log());
  // The service begins a new log, which does not reach back to the backup.
  harness_.Restart();
  ExpectRefusal(Reason::kBackupUnusable, log());
  std::ofstream(log()) << "something else";
  ExpectRefusal(Reason::kBackupUnusable, log());
}

TEST_F(RestoreTest, RefusesALogThatTheDatabaseNoLongerWrites) {
  const std::string old = harness_.folder().File("old");
  std::filesystem::rename(log(), old);
  harness_.Restart();
  Revoke(revoked_);
  harness_.Stop();
  std::filesystem::rename(old, log());
  ExpectRefusal(Reason::kBackupUnusable, "began a new revocation log");
}

TEST_F(RestoreTest, RefusesALogThatEndsBeforeTheBackup) {
  const auto size = std::filesystem::file_size(log());
  Revoke(revoked_);
  backup_ = harness_.folder().File("second");
  ASSERT_TRUE(operations().Backup(backup_).ok());
  std::filesystem::resize_file(log(), size);
  ExpectRefusal(Reason::kBackupUnusable, log());
}

TEST_F(RestoreTest, WithoutALogRevokesEveryKeyAndPassword) {
  std::filesystem::remove(log());
  options_.without_revocation_log = true;
  const auto restored = Restore();
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_TRUE(restored->all_revoked);
  harness_.Restart();
  EXPECT_EQ(CodeOf(kept_), "key_revoked");
  EXPECT_EQ(harness_.Login().status(), 401);
  EXPECT_EQ(harness_.Me(Bearer(ann_.access)).status(), 401);
  ASSERT_TRUE(
      operations().SetPassword(kEmail, Secret::CopyOf(kNewPassword)).ok());
  EXPECT_EQ(harness_.Login(kEmail, kNewPassword).status(), 200);
}

TEST_F(RestoreTest, SetsABrokenLogAsideWhereItMayDoWithout) {
  harness_.Stop();
  std::ofstream(log()) << "something else";
  options_.without_revocation_log = true;
  const auto restored = Restore();
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_TRUE(std::filesystem::exists(restored->set_aside + ".revoked"));
  harness_.Restart();
  EXPECT_EQ(CodeOf(kept_), "key_revoked");
}

TEST_F(RestoreTest, UsesALogThatFitsEvenWhereItMayDoWithout) {
  Revoke(revoked_);
  options_.without_revocation_log = true;
  RestoreAndStart();
  EXPECT_EQ(StatusOf(kept_), 200);
  EXPECT_EQ(CodeOf(revoked_), "key_revoked");
}

TEST_F(RestoreTest, WorksWhereThereIsNothingButTheBackupAndTheLog) {
  Revoke(revoked_);
  harness_.Stop();
  for (const char* suffix : {"", "-wal", "-shm", ".keys"}) {
    std::filesystem::remove(harness_.database() + suffix);
  }
  const auto restored = Restore();
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_EQ(restored->set_aside, "");
  harness_.Restart();
  EXPECT_EQ(StatusOf(kept_), 200);
  EXPECT_EQ(CodeOf(revoked_), "key_revoked");
}

TEST_F(RestoreTest, ReplacesABrokenDatabaseAndItsWriteAheadLog) {
  harness_.Stop();
  std::ofstream(harness_.database()) << std::string(9000, 'x');
  std::ofstream(harness_.database() + "-wal") << std::string(9000, 'y');
  const auto restored = Restore();
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  EXPECT_FALSE(std::filesystem::exists(harness_.database() + "-wal"));
  EXPECT_TRUE(std::filesystem::exists(restored->set_aside));
  harness_.Restart();
  EXPECT_EQ(StatusOf(kept_), 200);
}

TEST_F(RestoreTest, MigratesAnOlderCopyWhichHasNoLog) {
  MakeRowsOlder(backup_, {{kept_.Text("id"), kept_.Text("key")},
                          {revoked_.Text("id"), revoked_.Text("key")}});
  MakeKeyFileOlder(backup_ + ".keys");
  Execute(backup_, "DROP TABLE meta; PRAGMA user_version=2");
  ExpectRefusal(Reason::kBackupUnusable, "does not say which");
  options_.without_revocation_log = true;
  RestoreAndStart();
  EXPECT_EQ(CodeOf(kept_), "key_revoked");
}

TEST_F(RestoreTest, SealsTheKeysOfAnOlderCopy) {
  MakeRowsOlder(backup_, {{kept_.Text("id"), kept_.Text("key")},
                          {revoked_.Text("id"), revoked_.Text("key")}});
  MakeKeyFileOlder(backup_ + ".keys");
  Revoke(revoked_);
  RestoreAndStart();
  EXPECT_EQ(harness_.service().operations().Statistics().altered_keys, 0U);
  EXPECT_EQ(StatusOf(kept_), 200);
  EXPECT_EQ(CodeOf(revoked_), "key_revoked");
}

TEST_F(RestoreTest, LeavesTheBackupAsItWas) {
  const auto read = [](const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = read(backup_);
  const std::string keys = read(backup_ + ".keys");
  RestoreAndStart();
  EXPECT_TRUE(read(backup_) == before);
  EXPECT_TRUE(read(backup_ + ".keys") == keys);
}

}  // namespace
}  // namespace clone_auth::testing

// The rows of keys move to another pepper while requests go on.

#include "service/peppers.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "clone/api_key_digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/key_file.h"
#include "service/sqlite/database.h"
#include "service/sqlite/sqlite_store.h"
#include "support/fake_random.h"
#include "support/scheme.h"
#include "unit/service/crash_steps.h"
#include "unit/service/harness.h"
#include "unit/service/older_rows.h"

namespace clone_auth::testing {
namespace {

namespace fs = std::filesystem;
using service::Database;
using service::KeyFile;
using service::SqliteStore;
using service::StoredApiKey;
using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr int kKeys = 1000;

std::string KeyNumber(int n) {
  return TestScheme().prefix + "older-key-number-" + std::to_string(n);
}

class PeppersTest : public ::testing::Test {
 protected:
  void SetUp() override { user_ = harness_.NewUser(); }

  ServiceOperations& operations() { return harness_.service().operations(); }

  /// Keys of the user, by way of the store.
  void AddKeys(int count) {
    const auto account = harness_.Get("/api/auth/me/", Bearer(user_.access));
    harness_.Stop();
    const auto file = Keys();
    const auto store = SqliteStore::Open(harness_.database());
    ASSERT_TRUE(file.ok() && store.ok());
    ASSERT_TRUE((*store)->UseSealer(*file->MakeSealer(), true).ok());
    (*store)->UseAuditChain(service::AuditChain(file->audit_key.Clone()));
    StoredApiKey key;
    key.record.owner = *Uuid::Parse(user_.id);
    key.record.organization =
        *Uuid::Parse(*account.body.Find("organization")->FindString("id"));
    key.record.permissions = std::make_shared<const std::vector<std::string>>();
    for (int i = 0; i < count; ++i) {
      key.record.id = *Uuid::Generate(random_);
      key.record.digest = DigestApiKey(KeyNumber(i));
      ASSERT_TRUE((*store)->InsertApiKey(key, service::Actor::Operator()).ok());
    }
  }

  /// By another connection than the service's.
  void Change(const char* statement) {
    const auto database = Database::Open(harness_.database(), seconds(2));
    ASSERT_TRUE(database.ok() && (*database)->Execute(statement).ok());
  }

  Result<KeyFile> Keys() {
    return KeyFile::Load(harness_.database() + ".keys",
                         TestOptions(&harness_.clock()));
  }
  std::vector<std::uint32_t> PepperIds() {
    std::vector<std::uint32_t> ids;
    const auto list = operations().ListPeppers();
    for (const PepperSummary& pepper : *list) {
      ids.push_back(pepper.id);
    }
    return ids;
  }
  static bool Verifies(IdentityService& service, const std::string& key) {
    return service
               .Handle(MakeRequest("GET", "/api/auth/me/", {}, KeyHeader(key)))
               .status == 200;
  }
  static int CountGood(IdentityService& service, int count) {
    int good = 0;
    for (int i = 0; i < count; ++i) good += Verifies(service, KeyNumber(i));
    return good;
  }
  /// Each write waits for those before it: there is one thread for them.
  static void Finish(IdentityService& service) {
    while (service.operations().PepperProgress().running) {
      service.Handle(MakeRequest("POST", "/api/auth/waitlist/",
                                 R"({"email":"a@b.test"})"));
    }
  }

  ServiceHarness harness_;
  SignedInUser user_;
  FakeRandom random_;
};

TEST_F(PeppersTest, K27_MoveEveryRowAndThenTheOldOneGoes) {
  AddKeys(kKeys);
  harness_.Restart();
  EXPECT_THAT(PepperIds(), ElementsAre(1));
  ASSERT_TRUE(operations().RotatePepper().ok());
  EXPECT_EQ(operations().PepperProgress().total, kKeys);
  EXPECT_EQ(CountGood(harness_.service(), kKeys), kKeys);
  const std::string during =
      harness_.IssueKey(R"({"label":"b"})", Bearer(user_.access)).Text("key");
  Finish(harness_.service());
  EXPECT_THAT(PepperIds(), ElementsAre(2));
  EXPECT_EQ(operations().ListPeppers()->front().rows, kKeys + 1U);
  EXPECT_EQ(CountGood(harness_.service(), kKeys), kKeys);
  harness_.Restart();
  EXPECT_EQ(operations().Statistics().altered_keys, 0U);
  EXPECT_EQ(CountGood(harness_.service(), kKeys), kKeys);
  EXPECT_EQ(harness_.Me(KeyHeader(during)).status(), 200);
}

TEST_F(PeppersTest, K27_TheOldOneAndANewDatabaseVerifyNothing) {
  AddKeys(20);
  const std::string keys = harness_.database() + ".keys";
  const std::string stolen = harness_.folder().File("stolen.keys");
  fs::copy(keys, stolen);
  harness_.Restart();
  ASSERT_TRUE(operations().RotatePepper().ok());
  Finish(harness_.service());
  harness_.Stop();
  fs::copy(stolen, keys, fs::copy_options::overwrite_existing);
  harness_.Restart();
  EXPECT_EQ(operations().Statistics().altered_keys, 20U);
  EXPECT_EQ(CountGood(harness_.service(), 20), 0);
}

TEST_F(PeppersTest, K27_NothingOfTheOldRowsIsLeftOnTheDisk) {
  AddKeys(20);
  const auto old = (*Keys()->MakeSealer())->IndexOf(DigestApiKey(KeyNumber(7)));
  const std::string_view bytes(reinterpret_cast<const char*>(old.data()),
                               old.size());
  EXPECT_NE(harness_.folder().Contents().find(bytes), std::string::npos);
  harness_.Restart();
  ASSERT_TRUE(operations().RotatePepper().ok());
  Finish(harness_.service());
  EXPECT_EQ(harness_.folder().Contents().find(bytes), std::string::npos);
}

TEST_F(PeppersTest, RotateOneAtATime) {
  AddKeys(kKeys);
  harness_.Restart();
  // No row can be sealed anew until the trigger is gone.
  Change(
      "CREATE TRIGGER still BEFORE UPDATE ON api_keys"
      " BEGIN SELECT RAISE(ABORT, 'still'); END");
  ASSERT_TRUE(operations().RotatePepper().ok());
  EXPECT_EQ(operations().RotatePepper().reason(), Reason::kRotationPending);
  EXPECT_EQ(operations().DropPepper(1).status().reason(),
            Reason::kRotationPending);
  Change("DROP TRIGGER still");
  harness_.clock().Advance(seconds(60));
  Finish(harness_.service());
  ASSERT_TRUE(operations().RotatePepper().ok());
  Finish(harness_.service());
  EXPECT_THAT(PepperIds(), ElementsAre(3));
}

TEST_F(PeppersTest, OfAnEditedRowDoNotMakeItGood) {
  AddKeys(2);
  Change("UPDATE api_keys SET permissions = 'keys' WHERE sequence = 1");
  harness_.Restart();
  ASSERT_TRUE(operations().RotatePepper().ok());
  Finish(harness_.service());
  EXPECT_THAT(PepperIds(), ElementsAre(2));
  harness_.Restart();
  EXPECT_EQ(operations().Statistics().altered_keys, 1U);
  EXPECT_FALSE(Verifies(harness_.service(), KeyNumber(0)));
  EXPECT_TRUE(Verifies(harness_.service(), KeyNumber(1)));
}

TEST_F(PeppersTest, StayForOlderKeysUntilThoseWereShownOrAreDropped) {
  const Answer shown =
      harness_.IssueKey(R"({"label":"a"})", Bearer(user_.access));
  const Answer idle =
      harness_.IssueKey(R"({"label":"b"})", Bearer(user_.access));
  harness_.Stop();
  MakeRowsOlder(harness_.database(), {{shown.Text("id"), shown.Text("key")},
                                      {idle.Text("id"), idle.Text("key")}});
  MakeKeyFileOlder(harness_.database() + ".keys");
  harness_.Restart();
  ASSERT_TRUE(operations().RotatePepper().ok());
  Finish(harness_.service());
  EXPECT_THAT(PepperIds(), ElementsAre(2, 1));
  EXPECT_EQ(operations().ListPeppers()->back().rows, 0U);
  EXPECT_EQ(operations().ListPeppers()->back().older_keys, 2U);
  EXPECT_EQ(harness_.Me(KeyHeader(shown.Text("key"))).status(), 200);
  harness_.Restart();
  EXPECT_EQ(operations().ListPeppers()->back().older_keys, 1U);
  EXPECT_EQ(operations().DropPepper(9).status().reason(), Reason::kNotFound);
  Finish(harness_.service());
  EXPECT_EQ(operations().DropPepper(2).status().reason(),
            Reason::kRotationPending);
  const auto dropped = operations().DropPepper(1);
  ASSERT_TRUE(dropped.ok()) << dropped.status().ToString();
  EXPECT_EQ(*dropped, 1U);
  EXPECT_THAT(PepperIds(), ElementsAre(2));
  EXPECT_EQ(harness_.Me(KeyHeader(shown.Text("key"))).status(), 200);
  EXPECT_EQ(harness_.Me(KeyHeader(idle.Text("key"))).Text("code"),
            "key_revoked");
}

TEST_F(PeppersTest, OfABackupComeBackWithItAndLeaveAgain) {
  AddKeys(20);
  harness_.Restart();
  const std::string backup = harness_.folder().File("copy");
  ASSERT_TRUE(operations().Backup(backup).ok());
  ASSERT_TRUE(operations().RotatePepper().ok());
  Finish(harness_.service());
  harness_.Stop();
  RestoreOptions options;
  options.clock = &harness_.clock();
  const auto restored =
      IdentityService::RestoreSqlite(harness_.database(), backup, options);
  ASSERT_TRUE(restored.ok()) << restored.status().ToString();
  harness_.Restart();
  EXPECT_EQ(CountGood(harness_.service(), 20), 20);
  Finish(harness_.service());
  EXPECT_THAT(PepperIds(), ElementsAre(2));
  harness_.Restart();
  EXPECT_EQ(CountGood(harness_.service(), 20), 20);
}

TEST_F(PeppersTest, K27_CutShortAtAnyStepLoseNoKey) {
  AddKeys(kKeys);
  const fs::path folder = fs::path(harness_.database()).parent_path();
  std::size_t peppers = 1;
  for (int steps = 0, ended = kCrashed; ended != 0; ++steps) {
    TemporaryFolder at;
    fs::copy(folder, at.File("."));
    const auto open = [&] {
      return IdentityService::OpenSqlite(at.File("auth.db"),
                                         TestOptions(&harness_.clock()));
    };
    ended = RunForSteps(steps, [&] {
      const auto service = open();
      if (!service.ok() || !(*service)->operations().RotatePepper().ok()) {
        return false;
      }
      Finish(**service);
      return true;
    });
    ASSERT_TRUE(ended == kCrashed || ended == 0) << steps;
    const auto service = open();
    ASSERT_TRUE(service.ok()) << steps << service.status().ToString();
    EXPECT_EQ((*service)->operations().Statistics().altered_keys, 0U) << steps;
    EXPECT_EQ(CountGood(**service, kKeys), kKeys) << steps;
    Finish(**service);
    const auto list = (*service)->operations().ListPeppers();
    ASSERT_EQ(list->size(), 1U) << steps;
    EXPECT_GE(list->front().id, peppers) << steps;
    peppers = list->front().id;
    EXPECT_EQ(list->front().rows, kKeys) << steps;
  }
  EXPECT_EQ(peppers, 2U);
}

}  // namespace
}  // namespace clone_auth::testing

// The rows of keys move to another pepper while requests go on.

#include "service/peppers.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "clone/api_key_digest.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/crash_steps.h"
#include "unit/service/older_rows.h"
#include "unit/service/peppers_fixture.h"

namespace clone_auth::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;
using ::testing::ElementsAre;

constexpr int kKeys = 1000;

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

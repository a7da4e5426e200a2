// A process that restores is ended at each step that changes names or makes
// them safe; whatever that leaves must start, and the next restore finish it.

#include <filesystem>

#include "gtest/gtest.h"
#include "unit/service/crash_steps.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

namespace fs = std::filesystem;

/// The files of a service that went on after its backup.
class RestoreCrash : public ::testing::Test {
 protected:
  void SetUp() override {
    const SignedInUser user = harness_.NewUser();
    const auto issue = [&] {
      return harness_.IssueKey(R"({"label":"a"})", Bearer(user.access));
    };
    kept_ = issue().Text("key");
    const Answer revoked = issue();
    revoked_ = revoked.Text("key");
    ServiceOperations& operations = harness_.service().operations();
    ASSERT_TRUE(operations.Backup(harness_.folder().File("copy")).ok());
    ASSERT_TRUE(operations.RevokeKey(*Uuid::Parse(revoked.Text("id"))).ok());
    later_ = issue().Text("key");
    harness_.Stop();
  }

  static Status Restore(const TemporaryFolder& at) {
    RestoreOptions options;
    return IdentityService::RestoreSqlite(at.File("auth.db"), at.File("copy"),
                                          options)
        .status();
  }

  /// The three answers of a service over these files.
  std::string AnswersIn(const TemporaryFolder& at) {
    const auto opened = IdentityService::OpenSqlite(
        at.File("auth.db"), TestOptions(&harness_.clock()));
    EXPECT_TRUE(opened.ok()) << opened.status().ToString();
    if (!opened.ok()) return {};
    std::string answers;
    for (const std::string& key : {kept_, revoked_, later_}) {
      const HttpResponse answer = (*opened)->Handle(
          MakeRequest("GET", "/api/auth/me/", {}, KeyHeader(key)));
      answers += std::to_string(answer.status) + " ";
    }
    return answers;
  }

  ServiceHarness harness_;
  std::string kept_;
  std::string revoked_;
  std::string later_;
};

TEST_F(RestoreCrash, AtAnyStepLeavesTheOldStateOrTheNew) {
  constexpr char kOld[] = "200 401 200 ";
  constexpr char kNew[] = "200 401 401 ";
  bool was_new = false;
  for (int steps = 0, ended = kCrashed; ended != 0; ++steps) {
    TemporaryFolder at;
    fs::copy(fs::path(harness_.database()).parent_path(), at.File("."));
    ended = RunForSteps(steps, [&] { return Restore(at).ok(); });
    ASSERT_TRUE(ended == kCrashed || ended == 0) << steps;
    const std::string answers = AnswersIn(at);
    EXPECT_TRUE(answers == kNew || (answers == kOld && !was_new))
        << steps << ": " << answers;
    was_new = answers == kNew;
    const Status again = Restore(at);
    EXPECT_TRUE(again.ok()) << steps << ": " << again.ToString();
    EXPECT_EQ(AnswersIn(at), kNew) << steps;
  }
  EXPECT_TRUE(was_new);
}

}  // namespace
}  // namespace clone_auth::testing

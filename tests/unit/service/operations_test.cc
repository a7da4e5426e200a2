#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

TEST(ListAccounts, NamesEachAccountOnceByEmailWithItsKeys) {
  ServiceHarness harness;
  const SignedInUser bob = harness.NewUser("bob@example.test");
  harness.NewUser("ann@example.test");
  harness.IssueKey(R"({"label":"a"})", Bearer(bob.access));
  harness.IssueKey(R"({"label":"b"})", Bearer(bob.access));
  ServiceOperations& operations = harness.service().operations();
  ASSERT_TRUE(operations.SetAccountEnabled("bob@example.test", false).ok());

  const auto accounts = operations.ListAccounts();
  ASSERT_TRUE(accounts.ok());
  ASSERT_EQ(accounts->size(), 2U);
  EXPECT_EQ((*accounts)[0].email, "ann@example.test");
  EXPECT_EQ((*accounts)[0].role, "owner");
  EXPECT_TRUE((*accounts)[0].enabled);
  EXPECT_EQ((*accounts)[0].keys, 0U);
  EXPECT_EQ((*accounts)[1].id.ToString(), bob.id);
  EXPECT_FALSE((*accounts)[1].enabled);
  EXPECT_EQ((*accounts)[1].keys, 2U);
}

TEST(ListKeys, ShowsNewestFirstOfOneAccountOrOfAll) {
  ServiceHarness harness;
  const SignedInUser ann = harness.NewUser();
  const SignedInUser bob = harness.NewUser("bob@example.test");
  harness.IssueKey(R"({"label":"first"})", Bearer(ann.access));
  harness.clock().Advance(std::chrono::seconds(1));
  harness.IssueKey(R"({"label":"second"})", Bearer(bob.access));
  harness.clock().Advance(std::chrono::seconds(1));
  harness.IssueKey(R"({"label":"third"})", Bearer(ann.access));
  ServiceOperations& operations = harness.service().operations();

  const auto all = operations.ListKeys("");
  ASSERT_TRUE(all.ok());
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[0].label, "third");
  EXPECT_EQ((*all)[1].owner_email, "bob@example.test");
  EXPECT_EQ((*all)[2].label, "first");

  const auto one = operations.ListKeys("BOB@example.test");
  ASSERT_TRUE(one.ok());
  ASSERT_EQ(one->size(), 1U);
  EXPECT_EQ(one->front().label, "second");
  EXPECT_EQ(operations.ListKeys("x@y.test").status().reason(),
            Reason::kNotFound);
}

TEST(OperatorsRevokeKey, RefusesTheKeyFromThenOnAndASecondTime) {
  ServiceHarness harness;
  const SignedInUser ann = harness.NewUser();
  const Answer issued =
      harness.IssueKey(R"({"label":"a"})", Bearer(ann.access));
  const auto id = Uuid::Parse(issued.Text("id"));
  ASSERT_TRUE(id.ok());
  ServiceOperations& operations = harness.service().operations();
  ASSERT_TRUE(operations.RevokeKey(*id).ok());
  EXPECT_EQ(harness.Me(KeyHeader(issued.Text("key"))).Text("code"),
            "key_revoked");

  const Status again = operations.RevokeKey(*id);
  EXPECT_EQ(again.reason(), Reason::kNotFound);
  EXPECT_EQ(again.message(), "The key was revoked before.");
  EXPECT_EQ(operations.RevokeKey(Uuid{}).message(), "No key has this id.");
}

TEST(Statistics, CountsAccountsSessionsAndKeys) {
  ServiceHarness harness;
  const SignedInUser ann = harness.NewUser();
  harness.NewUser("bob@example.test");
  harness.IssueKey(R"({"label":"a"})", Bearer(ann.access));
  const ServiceStatistics before = harness.service().operations().Statistics();
  EXPECT_EQ(before.accounts, 2U);
  EXPECT_EQ(before.open_sessions, 2U);
  EXPECT_EQ(before.keys, 1U);
  harness.Logout(ann.refresh);
  EXPECT_EQ(harness.service().operations().Statistics().open_sessions, 1U);
}

}  // namespace
}  // namespace clone_auth::testing

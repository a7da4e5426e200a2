// Databases of a version that kept an HMAC of each key, unsealed.

#include "service/older_keys.h"

#include <string>

#include "gtest/gtest.h"
#include "unit/service/harness.h"
#include "unit/service/older_rows.h"

namespace clone_auth::testing {
namespace {

using std::chrono::seconds;

class OlderKeysTest : public ::testing::Test {
 protected:
  void SetUp() override {
    user_ = harness_.NewUser();
    const Answer issued =
        harness_.IssueKey(R"({"label":"a"})", Bearer(user_.access));
    key_ = issued.Text("key");
    id_ = issued.Text("id");
  }

  void MakeOlder() {
    harness_.Stop();
    MakeRowsOlder(harness_.database(), {{id_, key_}});
    MakeKeyFileOlder(harness_.database() + ".keys");
    harness_.Restart();
  }

  int StatusOfKey() { return harness_.Me(KeyHeader(key_)).status(); }
  ServiceStatistics Statistics() {
    return harness_.service().operations().Statistics();
  }
  void RunMaintenance() {
    harness_.clock().Advance(seconds(60));
    harness_.Get("/healthz");
    // A write waits for those before it: there is one thread for them.
    harness_.Post("/api/auth/waitlist/", R"({"email":"a@b.test"})");
  }

  ServiceHarness harness_;
  SignedInUser user_;
  std::string key_, id_;
};

TEST_F(OlderKeysTest, AreGoodAndAreRenewedOnceTheyWereShown) {
  MakeOlder();
  EXPECT_EQ(Statistics().older_keys, 1U);
  RunMaintenance();
  EXPECT_EQ(Statistics().older_keys, 1U);
  EXPECT_EQ(StatusOfKey(), 200);
  RunMaintenance();
  EXPECT_EQ(Statistics().older_keys, 0U);
  EXPECT_EQ(StatusOfKey(), 200);
  harness_.Restart();
  EXPECT_EQ(Statistics().older_keys, 0U);
  EXPECT_EQ(Statistics().altered_keys, 0U);
  EXPECT_EQ(StatusOfKey(), 200);
}

TEST_F(OlderKeysTest, AreRenewedAtTheLatestWhenTheServiceEnds) {
  MakeOlder();
  EXPECT_EQ(StatusOfKey(), 200);
  harness_.Restart();
  EXPECT_EQ(Statistics().older_keys, 0U);
  EXPECT_EQ(StatusOfKey(), 200);
}

TEST_F(OlderKeysTest, AreSealedWithoutBeingShown) {
  MakeOlder();
  harness_.Restart();
  EXPECT_EQ(Statistics().older_keys, 1U);
  EXPECT_EQ(Statistics().altered_keys, 0U);
  EXPECT_EQ(StatusOfKey(), 200);
}

TEST_F(OlderKeysTest, AreRevokedWhetherRenewedOrNot) {
  MakeOlder();
  EXPECT_EQ(StatusOfKey(), 200);
  const auto id = Uuid::Parse(id_);
  ASSERT_TRUE(harness_.service().operations().RevokeKey(*id).ok());
  const Answer before = harness_.Me(KeyHeader(key_));
  EXPECT_EQ(before.status(), 401);
  EXPECT_EQ(before.Text("code"), "key_revoked");
  RunMaintenance();
  EXPECT_EQ(harness_.Me(KeyHeader(key_)).Text("code"), "key_revoked");
  harness_.Restart();
  EXPECT_EQ(harness_.Me(KeyHeader(key_)).Text("code"), "key_revoked");
}

TEST_F(OlderKeysTest, AreNobodysOnceEveryRowIsSealed) {
  harness_.Stop();
  MakeRowsOlder(harness_.database(), {{id_, key_}});
  harness_.Restart();
  EXPECT_EQ(Statistics().altered_keys, 1U);
  EXPECT_EQ(Statistics().keys, 0U);
  EXPECT_EQ(harness_.Me(KeyHeader(key_)).Text("code"), "key_unknown");
}

}  // namespace
}  // namespace clone_auth::testing

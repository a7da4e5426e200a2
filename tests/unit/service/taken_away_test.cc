// What was taken away stays away, whatever somebody writes into the database.

#include "service/taken_away.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Database;
using service::Revocation;
using service::TakenAway;
using std::chrono::seconds;
using ::testing::HasSubstr;
using Kind = Revocation::Kind;

TEST(TakenAway, IsWhatTheLinesAmountTo) {
  const Uuid a = *Uuid::Generate(SystemRandom());
  const Uuid b = *Uuid::Generate(SystemRandom());
  const WallTime now = FakeClock().Now();
  TakenAway taken;
  taken.Add({Kind::kKeyRevoked, a, now, {}});
  taken.Add({Kind::kKeyRevoked, a, now + seconds(1), {}});
  taken.Add({Kind::kKeyEnds, a, now + seconds(5), {}});
  taken.Add({Kind::kKeyEnds, a, now + seconds(3), {}});
  taken.Add({Kind::kKeyEnds, a, now + seconds(4), {}});
  EXPECT_EQ(taken.RevokedAt(a), now);
  EXPECT_EQ(taken.EndOf(a), now + seconds(3));
  EXPECT_EQ(taken.RevokedAt(b), std::nullopt);
  EXPECT_EQ(taken.EndOf(b), std::nullopt);
  for (const bool disabled : {true, false, true}) {
    taken.Add({disabled ? Kind::kAccountDisabled : Kind::kAccountEnabled,
               b,
               now,
               {}});
    EXPECT_EQ(taken.IsDisabled(b), disabled);
    EXPECT_FALSE(taken.IsDisabled(a));
  }
}

/// Somebody who may write to the database and keeps what rows were.
class RowsPutBack : public ::testing::Test {
 protected:
  void Run(const std::string& sql) {
    auto database = Database::Open(harness_.database(), seconds(2));
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)->Execute(sql.c_str()).ok()) << sql;
  }
  void Keep(const std::string& table) {
    Run("CREATE TABLE kept_" + table + " AS SELECT * FROM " + table);
  }
  void PutBack(const std::string& table) {
    harness_.Stop();
    Run("INSERT OR REPLACE INTO " + table + " SELECT * FROM kept_" + table);
    harness_.Restart();
  }
  Answer Issue() {
    return harness_.IssueKey(R"({"label":"a"})", Bearer(user_.access));
  }
  std::string CodeOf(const std::string& key) {
    return harness_.Me(KeyHeader(key)).Text("code");
  }
  std::size_t PutRight() {
    return harness_.service().operations().Statistics().rows_put_right;
  }
  ServiceOperations& operations() { return harness_.service().operations(); }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

TEST_F(RowsPutBack, OfARevokedKeyLeavesItRevoked) {
  const Answer issued = Issue(), other = Issue();
  Keep("api_keys");
  harness_.Delete("/api/auth/keys/" + issued.Text("id"), Bearer(user_.access));
  const std::string shown =
      harness_.Get("/api/auth/keys/" + issued.Text("id"), Bearer(user_.access))
          .http.body;
  PutBack("api_keys");
  EXPECT_EQ(CodeOf(issued.Text("key")), "key_revoked");
  EXPECT_EQ(CodeOf(other.Text("key")), "");
  EXPECT_EQ(PutRight(), 1U);
  EXPECT_EQ(
      harness_.Get("/api/auth/keys/" + issued.Text("id"), Bearer(user_.access))
          .http.body,
      shown);
  // The row says so again, and the trail that it did not.
  harness_.Restart();
  EXPECT_EQ(PutRight(), 0U);
  EXPECT_EQ(CodeOf(issued.Text("key")), "key_revoked");
  AuditFilter of_key;
  of_key.key = *Uuid::Parse(issued.Text("id"));
  std::vector<std::string> revoked_by;
  const auto trail = operations().ListAudit(of_key);
  ASSERT_TRUE(trail.ok());
  for (const AuditRecord& row : *trail) {
    if (row.action == "key_revoked") revoked_by.push_back(row.actor);
  }
  EXPECT_THAT(revoked_by, ::testing::ElementsAre("revocation log", user_.id));
}

TEST_F(RowsPutBack, OfAKeyThatEndsLeavesItsEnd) {
  const Answer old = Issue();
  Keep("api_keys");
  const Answer rolled =
      harness_.Post("/api/auth/keys/" + old.Text("id") + "/roll/",
                    R"({"overlap":60})", Bearer(user_.access));
  EXPECT_EQ(CodeOf(rolled.Text("key")), "");
  PutBack("api_keys");
  EXPECT_EQ(PutRight(), 1U);
  EXPECT_EQ(CodeOf(old.Text("key")), "");
  harness_.clock().Advance(seconds(60));
  EXPECT_EQ(CodeOf(old.Text("key")), "key_expired");
  harness_.Restart();
  EXPECT_EQ(PutRight(), 0U);
  EXPECT_EQ(CodeOf(old.Text("key")), "key_expired");
}

TEST_F(RowsPutBack, OfADisabledAccountLeavesItDisabled) {
  const std::string key = Issue().Text("key");
  Keep("users");
  Keep("sessions");
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, false).ok());
  harness_.Stop();
  Run("UPDATE users SET enabled = 1, generation ="
      " (SELECT generation FROM kept_users);"
      "INSERT OR REPLACE INTO sessions SELECT * FROM kept_sessions");
  harness_.Restart();
  EXPECT_EQ(PutRight(), 1U);
  EXPECT_EQ(CodeOf(key), "account_disabled");
  EXPECT_EQ(harness_.Me(Bearer(user_.access)).Text("code"), "account_disabled");
  // Its sessions have ended for good.
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, true).ok());
  EXPECT_EQ(harness_.Me(Bearer(user_.access)).Text("code"), "token_revoked");
  EXPECT_EQ(CodeOf(key), "");
  harness_.Restart();
  EXPECT_EQ(PutRight(), 0U);
}

TEST_F(RowsPutBack, OfAnAccountThatWasEnabledSinceChangeNothing) {
  const std::string key = Issue().Text("key");
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, false).ok());
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, true).ok());
  harness_.Restart();
  EXPECT_EQ(CodeOf(key), "");
  EXPECT_EQ(PutRight(), 0U);
}

TEST_F(RowsPutBack, AWholeFormerDatabaseBringsBackNoKey) {
  const Answer issued = Issue();
  harness_.Stop();
  const std::string former = harness_.folder().File("former");
  std::filesystem::copy_file(harness_.database(), former);
  harness_.Restart();
  harness_.Delete("/api/auth/keys/" + issued.Text("id"), Bearer(user_.access));
  const std::string later = Issue().Text("key");
  harness_.Stop();
  std::filesystem::copy_file(former, harness_.database(),
                             std::filesystem::copy_options::overwrite_existing);
  harness_.Restart();
  EXPECT_EQ(CodeOf(issued.Text("key")), "key_revoked");
  EXPECT_EQ(CodeOf(later), "key_unknown");
}

TEST_F(RowsPutBack, AHashThatIsNewerThanTheLogsIsKept) {
  ASSERT_TRUE(operations()
                  .SetPassword(kEmail, Secret::CopyOf("another row of words"))
                  .ok());
  harness_.options().passwords.argon2_passes = 2;
  harness_.Restart();
  EXPECT_EQ(harness_.Login(kEmail, "another row of words").status(), 200);
  harness_.Restart();
  auto database = Database::Open(harness_.database(), seconds(2));
  ASSERT_TRUE(database.ok());
  auto hash = (*database)->Prepare("SELECT password_hash FROM users");
  ASSERT_TRUE(hash.ok() && *hash->Step());
  EXPECT_THAT(hash->Text(0), HasSubstr("m=8,t=2,p=1$"));
}

}  // namespace
}  // namespace clone_auth::testing

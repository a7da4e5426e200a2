#include "service/audit.h"

#include <optional>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::AuditAction;
using service::AuditHead;
using service::Database;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class AuditTrail : public ::testing::Test {
 protected:
  ServiceOperations& operations() { return harness_.service().operations(); }
  Answer Issue() {
    return harness_.IssueKey(R"({"label":"a"})", Bearer(user_.access));
  }
  Answer Use(const Answer& key) {
    return harness_.Me(KeyHeader(key.Text("key")));
  }
  static std::string PathOf(const Answer& key) {
    return "/api/auth/keys/" + key.Text("id") + "/";
  }
  void Revoke(const Answer& key) {
    EXPECT_EQ(harness_.Delete(PathOf(key), Bearer(user_.access)).status(), 204);
  }
  /// Until what requests left to the store's thread is done.
  void Settle() { EXPECT_EQ(harness_.Get("/readyz").status(), 200); }

  /// Every action so far, the oldest first.
  std::vector<std::string> Actions() {
    Settle();
    std::vector<std::string> actions;
    AuditFilter all;
    all.limit = 1000;
    const auto rows = operations().ListAudit(all);
    EXPECT_TRUE(rows.ok());
    for (const AuditRecord& row : *rows) {
      actions.insert(actions.begin(), row.action);
    }
    return actions;
  }
  /// A trail with a row of several kinds.
  void WriteSome() {
    const Answer key = Issue();
    Use(key);
    Revoke(key);
    Use(key);
    ASSERT_TRUE(operations().SetAccountEnabled(kEmail, false).ok());
    Settle();
  }
  /// Somebody with the file and no key does this to it.
  void Tamper(const std::string& sql) {
    harness_.Stop();
    {
      auto database = Database::Open(harness_.database(), seconds(2));
      ASSERT_TRUE(database.ok());
      ASSERT_TRUE((*database)
                      ->Execute("DROP TRIGGER IF EXISTS audit_is_not_changed;"
                                "DROP TRIGGER IF EXISTS audit_is_not_cut")
                      .ok());
      ASSERT_TRUE((*database)->Execute(sql.c_str()).ok()) << sql;
    }
    harness_.Restart();
  }
  std::string HeadNow() {
    const auto verified = operations().VerifyAudit("");
    EXPECT_TRUE(verified.ok()) << verified.status().ToString();
    return verified.ok() ? verified->head : "";
  }
  void ExpectBroken(const std::string& row, const std::string& head = "") {
    const auto verified = operations().VerifyAudit(head);
    ASSERT_FALSE(verified.ok());
    EXPECT_EQ(verified.status().reason(), Reason::kAuditBroken);
    EXPECT_THAT(std::string(verified.status().message()),
                HasSubstr("Row " + row + " of"));
  }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

TEST_F(AuditTrail, TellsWhatHappenedByWhomAndFromWhere) {
  const Answer key = Issue();
  Use(key);
  Use(key);
  const Answer made =
      harness_.Post(PathOf(key) + "roll/", {}, Bearer(user_.access));
  Revoke(made);
  Use(made);
  Settle();
  EXPECT_TRUE(operations().RevokeKey(*Uuid::Parse(key.Text("id"))).ok());
  EXPECT_TRUE(operations().RotateSigningKey(seconds(0)).ok());
  EXPECT_TRUE(operations().RotatePepper().ok());
  EXPECT_TRUE(operations().SetAccountEnabled(kEmail, false).ok());
  EXPECT_TRUE(operations().SetAccountEnabled(kEmail, true).ok());
  EXPECT_TRUE(operations()
                  .SetPassword(kEmail, Secret::CopyOf("four other words"))
                  .ok());
  EXPECT_THAT(
      Actions(),
      ElementsAre("key_issued", "key_first_used", "key_issued", "key_rolled",
                  "key_revoked", "key_used_after_revocation", "key_revoked",
                  "signing_key_rotated", "pepper_rotated", "account_disabled",
                  "account_enabled", "password_set"));
  AuditFilter of_key;
  of_key.key = *Uuid::Parse(key.Text("id"));
  const auto rows = *operations().ListAudit(of_key);
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].actor, "operator");
  EXPECT_EQ(rows[0].address, "");
  EXPECT_EQ(rows[1].action, "key_rolled");
  EXPECT_EQ(rows[1].actor, user_.id);
  EXPECT_EQ(rows[1].address, "192.0.2.1");
  EXPECT_EQ(rows[1].detail,
            "successor " + made.Text("id") + ", overlap 86400 s");
  EXPECT_EQ(rows[2].actor, "anyone with the key");
  EXPECT_EQ(rows[3].detail, key.Text("prefix"));
  EXPECT_EQ(rows[3].account.ToString(), user_.id);
}

TEST_F(AuditTrail, NamesTheKeyThatActedForAUser) {
  const Answer keys = harness_.IssueKey(
      R"({"label":"a","permissions":["keys"]})", Bearer(user_.access));
  harness_.IssueKey(R"({"label":"b"})", KeyHeader(keys.Text("key")));
  AuditFilter newest;
  newest.limit = 2;
  Settle();
  std::set<std::string> actors;
  const auto rows = operations().ListAudit(newest);
  ASSERT_TRUE(rows.ok());
  for (const AuditRecord& row : *rows) actors.insert(row.actor);
  EXPECT_EQ(actors.count(user_.id + " by key " + keys.Text("id")), 1U);
}

TEST_F(AuditTrail, HasARowAKeyAndHourForUsesAfterTheRevocation) {
  const Answer key = Issue();
  Revoke(key);
  const auto refused = [&] {
    const auto actions = Actions();
    return std::count(actions.begin(), actions.end(),
                      "key_used_after_revocation");
  };
  for (int i = 0; i < 50; ++i) Use(key);
  EXPECT_EQ(refused(), 1);
  harness_.clock().Advance(minutes(30));
  harness_.Restart();
  Use(key);
  EXPECT_EQ(refused(), 1);
  harness_.clock().Advance(minutes(60));
  Use(key);
  Use(key);
  EXPECT_EQ(refused(), 2);
}

TEST_F(AuditTrail, HasNoRowForAChangeThatWasNotMade) {
  const Answer key = Issue();
  EXPECT_EQ(harness_.Delete(PathOf(key), {}).status(), 401);
  EXPECT_FALSE(operations().RevokeKey(Uuid{}).ok());
  EXPECT_FALSE(operations().SetAccountEnabled("x@example.test", false).ok());
  EXPECT_EQ(Actions().size(), 1U);
}

TEST_F(AuditTrail, IsShownToTheOwnerOfTheKeyInPages) {
  const Answer key = Issue();
  Use(key);
  Revoke(key);
  const Answer page =
      harness_.Get(PathOf(key) + "audit/?page_size=2", Bearer(user_.access));
  ASSERT_EQ(page.status(), 200) << page.http.body;
  EXPECT_EQ(*page.body.Find("count")->AsInt(), 3);
  EXPECT_EQ(page.Text("next"), "https://auth.example.test" + PathOf(key) +
                                   "audit/?page=2&page_size=2");
  const auto& results = *page.body.Find("results")->AsArray();
  EXPECT_EQ(*results.front().FindString("action"), "key_revoked");
  EXPECT_EQ(*results.front().FindString("actor"), user_.id);
  EXPECT_EQ(*results.back().FindString("action"), "key_first_used");
  EXPECT_EQ(harness_.Get(PathOf(key) + "audit/?page=9", Bearer(user_.access))
                .status(),
            404);

  const SignedInUser other = harness_.NewUser("bob@example.test");
  EXPECT_EQ(harness_.Get(PathOf(key) + "audit/", Bearer(other.access)).status(),
            404);
  const Answer all =
      harness_.Get("/api/auth/keys/audit/", Bearer(other.access));
  EXPECT_EQ(*all.body.Find("count")->AsInt(), 0);
  EXPECT_EQ(*harness_.Get("/api/auth/keys/audit/", Bearer(user_.access))
                 .body.Find("count")
                 ->AsInt(),
            3);
}

TEST_F(AuditTrail, HidesAnAccountsOwnKeysFromItsOrganizationsKeys) {
  const Answer key =
      harness_.IssueKey(R"({"label":"a","scope":"org"})", Bearer(user_.access));
  EXPECT_EQ(harness_.Get("/api/auth/keys/audit/", KeyHeader(key.Text("key")))
                .status(),
            403);
  EXPECT_EQ(harness_.Get(PathOf(Issue()) + "audit/", KeyHeader(key.Text("key")))
                .status(),
            404);
}

TEST_F(AuditTrail, HoldsAsItWasWrittenOverRestarts) {
  const std::string empty = HeadNow();
  EXPECT_EQ(empty, "0");
  WriteSome();
  const std::string head = HeadNow();
  harness_.Restart();
  EXPECT_EQ(HeadNow(), head);
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, true).ok());
  const auto later = operations().VerifyAudit(head);
  ASSERT_TRUE(later.ok());
  EXPECT_EQ(later->rows, 6);
  EXPECT_TRUE(operations().VerifyAudit(empty).ok());
}

TEST_F(AuditTrail, ShowsWhichRowWasEditedInAnyColumn) {
  WriteSome();
  for (const char* edit :
       {"time = time + 1", "time = time + 0.5", "action = 'key_issued '",
        "key_id = randomblob(16)", "key_id = zeroblob(15)", "key_id = ''",
        "account_id = zeroblob(16)", "actor = actor || '.'",
        "actor = CAST(actor AS BLOB)", "address = '192.0.2.9'",
        "detail = detail || ' '", "previous = randomblob(32)",
        "previous = zeroblob(31)", "hash = randomblob(32)",
        "hash = hex(hash)"}) {
    for (int row = 1; row <= 5; ++row) {
      const std::string number = std::to_string(row);
      Tamper(
          "CREATE TABLE kept AS SELECT * FROM audit;"
          "UPDATE audit SET " +
          std::string(edit) + " WHERE sequence = " + number);
      ExpectBroken(number);
      Tamper(
          "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept;"
          "DROP TABLE kept");
      ASSERT_TRUE(operations().VerifyAudit("").ok()) << edit;
    }
  }
}

TEST_F(AuditTrail, ShowsWhereRowsWereTakenOutOrPutIn) {
  WriteSome();
  const std::string head = HeadNow();
  Tamper("CREATE TABLE kept AS SELECT * FROM audit");
  const auto reset = [&] {
    Tamper("DELETE FROM audit; INSERT INTO audit SELECT * FROM kept");
  };
  for (int row = 1; row < 5; ++row) {
    Tamper("DELETE FROM audit WHERE sequence = " + std::to_string(row));
    ExpectBroken(std::to_string(row));
    Tamper("UPDATE audit SET sequence = sequence - 1 WHERE sequence > " +
           std::to_string(row));
    ExpectBroken(std::to_string(row));
    reset();
  }
  // Two rows change places, with their numbers and without.
  Tamper(
      "UPDATE audit SET sequence = 99 WHERE sequence = 2;"
      "UPDATE audit SET sequence = 2 WHERE sequence = 3;"
      "UPDATE audit SET sequence = 3 WHERE sequence = 99");
  ExpectBroken("2");
  reset();
  Tamper(
      "INSERT INTO audit SELECT 6, time, action, key_id, account_id, actor,"
      " address, detail, hash, randomblob(32) FROM audit"
      " WHERE sequence = 5");
  ExpectBroken("6");
  reset();
  EXPECT_EQ(HeadNow(), head);
}

TEST_F(AuditTrail, ShowsWithAHeadThatWasKeptThatItsEndWasCut) {
  WriteSome();
  const std::string head = HeadNow();
  Tamper("DELETE FROM audit WHERE sequence > 3");
  EXPECT_TRUE(operations().VerifyAudit("").ok());
  ExpectBroken("4", head);
  // Written on since, the row has another hash.
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, true).ok());
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, false).ok());
  EXPECT_TRUE(operations().VerifyAudit("").ok());
  ExpectBroken("5", head);
  Tamper("DELETE FROM audit");
  ExpectBroken("1", head);
}

TEST_F(AuditTrail, RefusesEditsByAccident) {
  WriteSome();
  auto database = Database::Open(harness_.database(), seconds(2));
  ASSERT_TRUE(database.ok());
  EXPECT_FALSE((*database)->Execute("UPDATE audit SET detail = ''").ok());
  EXPECT_FALSE((*database)->Execute("DELETE FROM audit").ok());
}

TEST_F(AuditTrail, TakesOnlyHeads) {
  for (const char* text : {"1", "x", "0.x", "1.", "1.abc", "-1.abc", "01"}) {
    EXPECT_EQ(operations().VerifyAudit(text).status().reason(),
              Reason::kInvalidArgument)
        << text;
  }
}

TEST(AuditNames, AreOfTheirActions) {
  EXPECT_EQ(service::NameOf(AuditAction::kKeyIssued), "key_issued");
  EXPECT_EQ(service::NameOf(AuditAction::kKeyUsedAfterRevocation),
            "key_used_after_revocation");
  EXPECT_EQ(service::NameOf(AuditAction::kPepperRotated), "pepper_rotated");
  EXPECT_EQ(service::NameOf(AuditAction::kRestored), "restored");
  EXPECT_EQ(service::NameOf(AuditAction::kKeysImported), "keys_imported");
}

TEST(AuditHeads, AreReadAsTheyAreWritten) {
  AuditHead head{12, {}};
  head.hash.fill(7);
  const auto read = AuditHead::Parse(head.ToText());
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->sequence, 12);
  EXPECT_EQ(read->hash, head.hash);
}

}  // namespace
}  // namespace clone_auth::testing

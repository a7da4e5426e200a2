#include <atomic>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/sqlite/database.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Database;
using std::chrono::hours;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string PathOf(const Answer& key) {
  return "/api/auth/keys/" + key.Text("id") + "/";
}

class KeyRoll : public ::testing::Test {
 protected:
  Answer Issue(const std::string& body = R"({"label":"a"})") {
    return harness_.IssueKey(body, Bearer(user_.access));
  }
  Answer Roll(const Answer& key, const std::string& body = {}) {
    return RollWith(key, body, Bearer(user_.access));
  }
  Answer RollWith(const Answer& key, const std::string& body,
                  HttpHeaders headers) {
    return harness_.Post(PathOf(key) + "roll/", body, std::move(headers));
  }
  Answer Show(const Answer& key) {
    return harness_.Get(PathOf(key), Bearer(user_.access));
  }
  Answer Use(const Answer& key) {
    return harness_.Me(KeyHeader(key.Text("key")));
  }
  void Revoke(const Answer& key) {
    EXPECT_EQ(harness_.Delete(PathOf(key), Bearer(user_.access)).status(), 204);
  }
  /// Until what requests left to the store's thread is done.
  void Settle() { EXPECT_EQ(harness_.Get("/readyz").status(), 200); }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

TEST_F(KeyRoll, MakesAKeyWithTheRightsAndTheLengthOfLifeOfTheOldOne) {
  const Answer old =
      Issue(R"({"label":"ci","permissions":["pull","push"],"scope":"org",)"
            R"("expires_at":"2026-01-31T00:00:00Z"})");
  harness_.clock().Advance(hours(24));
  const Answer made =
      harness_.Post(PathOf(old) + "roll/", R"({"overlap":"2h"})",
                    Bearer(harness_.Login().Text("access")));
  ASSERT_EQ(made.status(), 201) << made.http.body;
  EXPECT_THAT(made.Text("key"), StartsWith(made.Text("prefix")));
  EXPECT_NE(made.Text("key"), old.Text("key"));
  for (const char* same : {"label", "scope", "organization"}) {
    EXPECT_EQ(made.Text(same), old.Text(same));
  }
  EXPECT_THAT(made.http.body, HasSubstr(R"("permissions":["pull","push"])"));
  EXPECT_EQ(made.Text("expires_at"), "2026-02-01T00:00:00Z");
  EXPECT_EQ(made.Text("rolled_from"), old.Text("id"));
  EXPECT_TRUE(made.body.Find("rolled_to")->IsNull());
  user_.access = harness_.Login().Text("access");
  EXPECT_EQ(Show(old).Text("rolled_to"), made.Text("id"));
  EXPECT_EQ(Show(old).Text("expires_at"), "2026-01-31T00:00:00Z");
}

TEST_F(KeyRoll, EndsTheOldKeyAWhileAfterItsSuccessorWasFirstUsed) {
  const Answer old = Issue();
  const Answer made = Roll(old, R"({"overlap":3600})");
  harness_.clock().Advance(hours(30 * 24));
  EXPECT_EQ(Use(old).status(), 200);
  EXPECT_EQ(Use(made).status(), 200);
  harness_.clock().Advance(seconds(3599));
  EXPECT_EQ(Use(old).status(), 200);
  // A later use does not put it off.
  EXPECT_EQ(Use(made).status(), 200);
  harness_.clock().Advance(seconds(1));
  EXPECT_EQ(Use(old).Text("code"), "key_expired");
  EXPECT_EQ(Use(made).status(), 200);
}

TEST_F(KeyRoll, EndsTheOldKeyAtOnceWithoutOverlap) {
  const Answer old = Issue();
  const Answer made = Roll(old, R"({"overlap":0})");
  EXPECT_EQ(Use(old).status(), 200);
  EXPECT_EQ(Use(made).status(), 200);
  EXPECT_EQ(Use(old).Text("code"), "key_expired");
}

TEST_F(KeyRoll, TakesADayWhereNothingIsSaid) {
  const Answer old = Issue();
  Use(Roll(old));
  EXPECT_EQ(Show(old).Text("expires_at"), "2026-01-02T00:00:00Z");
}

TEST_F(KeyRoll, NeverLetsTheOldKeyLiveLonger) {
  const Answer old =
      Issue(R"({"label":"a","expires_at":"2026-01-01T01:00:00Z"})");
  const Answer made = Roll(old, R"({"overlap":"30d"})");
  EXPECT_EQ(Use(made).status(), 200);
  EXPECT_EQ(Show(old).Text("expires_at"), "2026-01-01T01:00:00Z");
  harness_.clock().Advance(hours(1));
  EXPECT_EQ(Use(old).Text("code"), "key_expired");
}

TEST_F(KeyRoll, RemembersTheEndOfTheOldKeyOverARestart) {
  const Answer old = Issue();
  const Answer made = Roll(old, R"({"overlap":"1h"})");
  harness_.Restart();
  EXPECT_EQ(Show(old).Text("rolled_to"), made.Text("id"));
  EXPECT_EQ(Use(made).status(), 200);
  harness_.clock().Advance(seconds(600));
  harness_.Restart();
  // Used again, for the first time by what memory alone can tell.
  EXPECT_EQ(Use(made).status(), 200);
  EXPECT_EQ(Show(old).Text("expires_at"), "2026-01-01T01:00:00Z");
}

TEST_F(KeyRoll, IsCancelledByRevokingTheSuccessor) {
  const Answer old = Issue();
  const Answer cancelled = Roll(old, R"({"overlap":0})");
  Revoke(cancelled);
  EXPECT_EQ(Use(cancelled).Text("code"), "key_revoked");
  EXPECT_EQ(Use(old).status(), 200);
  EXPECT_TRUE(Show(old).body.Find("rolled_to")->IsNull());
  const Answer again = Roll(old, R"({"overlap":0})");
  ASSERT_EQ(again.status(), 201);
  harness_.Restart();
  EXPECT_EQ(Use(old).status(), 200);
  EXPECT_EQ(Use(again).status(), 200);
  EXPECT_EQ(Use(old).Text("code"), "key_expired");
}

TEST_F(KeyRoll, IsRefusedWhileAnotherIsNotOver) {
  const Answer old = Issue();
  const Answer made = Roll(old);
  for (const Answer& key : {old, made}) {
    const Answer refused = Roll(key);
    EXPECT_EQ(refused.status(), 409);
    EXPECT_EQ(refused.Text("code"), "roll_pending");
  }
  EXPECT_EQ(Use(made).status(), 200);
  EXPECT_EQ(Roll(old).Text("code"), "roll_pending");
  EXPECT_EQ(Roll(made).status(), 201);
}

TEST_F(KeyRoll, IsRefusedForAKeyThatHasEnded) {
  const Answer revoked = Issue();
  Revoke(revoked);
  EXPECT_EQ(Roll(revoked).status(), 409);
  EXPECT_EQ(Roll(revoked).Text("code"), "key_ended");
  const Answer expired =
      Issue(R"({"label":"a","expires_at":"2026-01-01T00:00:10Z"})");
  harness_.clock().Advance(seconds(10));
  EXPECT_EQ(Roll(expired).Text("code"), "key_ended");
}

TEST_F(KeyRoll, NeedsThePermissionForKeysAndGrantsNoMore) {
  const Answer plain = Issue(R"({"label":"a","permissions":["push"]})");
  EXPECT_EQ(RollWith(plain, {}, KeyHeader(plain.Text("key"))).status(), 403);
  const Answer keys = Issue(R"({"label":"b","permissions":["keys"],)"
                            R"("expires_at":"2026-01-31T00:00:00Z"})");
  // That one may push, which the asking key may not.
  EXPECT_EQ(RollWith(plain, {}, KeyHeader(keys.Text("key"))).status(), 403);
  harness_.clock().Advance(hours(24));
  const Answer itself = RollWith(keys, {}, KeyHeader(keys.Text("key")));
  EXPECT_EQ(itself.status(), 201);
  EXPECT_EQ(itself.Text("expires_at"), "2026-01-31T00:00:00Z");
  const SignedInUser other = harness_.NewUser("bob@example.test");
  EXPECT_EQ(RollWith(plain, {}, Bearer(other.access)).status(), 404);
}

TEST_F(KeyRoll, TakesOverlapsFromZeroToThirtyDays) {
  for (const char* bad :
       {"-1", "2592001", R"("31d")", R"("1")", R"("h")", R"("1.5h")", R"("")",
        "1.5", "true", "null", R"("-1h")", R"("99999999999d")"}) {
    const Answer answer =
        Roll(Issue(), "{\"overlap\":" + std::string(bad) + "}");
    EXPECT_EQ(answer.status(), 400) << bad;
    EXPECT_NE(answer.body.Find("overlap"), nullptr) << bad;
  }
  for (const char* good : {"0", "2592000", R"("30d")", R"("90m")", R"("0s")"}) {
    EXPECT_EQ(Roll(Issue(), "{\"overlap\":" + std::string(good) + "}").status(),
              201)
        << good;
  }
}

TEST_F(KeyRoll, IsNotUndoneByARestore) {
  const Answer old = Issue();
  const Answer made = Roll(old, R"({"overlap":0})");
  const std::string backup = harness_.folder().File("copy");
  ASSERT_TRUE(harness_.service().operations().Backup(backup).ok());
  EXPECT_EQ(Use(made).status(), 200);
  Settle();
  harness_.Stop();
  RestoreOptions options;
  options.clock = &harness_.clock();
  ASSERT_TRUE(
      IdentityService::RestoreSqlite(harness_.database(), backup, options)
          .ok());
  harness_.Restart();
  EXPECT_EQ(Use(old).Text("code"), "key_expired");
  EXPECT_EQ(Use(made).status(), 200);
}

TEST_F(KeyRoll, CannotBeEditedAwayInTheTable) {
  const Answer old = Issue();
  const Answer made = Roll(old, R"({"overlap":0})");
  for (const char* edit :
       {"rolled_from = NULL", "overlap = 3600", "first_used_at = 1"}) {
    harness_.Stop();
    {
      auto database = Database::Open(harness_.database(), seconds(2));
      ASSERT_TRUE(database.ok());
      const std::string sql =
          "CREATE TABLE kept AS SELECT * FROM api_keys;"
          "UPDATE api_keys SET " +
          std::string(edit) + " WHERE rolled_from IS NOT NULL";
      ASSERT_TRUE((*database)->Execute(sql.c_str()).ok());
    }
    harness_.Restart();
    EXPECT_EQ(Use(made).Text("code"), "key_unknown") << edit;
    harness_.Stop();
    {
      auto database = Database::Open(harness_.database(), seconds(2));
      ASSERT_TRUE(database.ok());
      ASSERT_TRUE((*database)
                      ->Execute("UPDATE api_keys SET (rolled_from, overlap,"
                                " first_used_at) = (SELECT rolled_from,"
                                " overlap, first_used_at FROM kept"
                                " WHERE kept.id = api_keys.id);"
                                "DROP TABLE kept")
                      .ok());
    }
    harness_.Restart();
  }
  EXPECT_EQ(Use(made).status(), 200);
  EXPECT_EQ(Use(old).Text("code"), "key_expired");
}

TEST_F(KeyRoll, EndsTheOldKeyForEveryThreadOnceItsSuccessorWasUsed) {
  for (int round = 0; round < 20; ++round) {
    const Answer old = Issue();
    const Answer made = Roll(old, R"({"overlap":0})");
    std::atomic<bool> used{false};
    std::atomic<int> late{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        for (int n = 0; n < 200; ++n) {
          const bool after = used.load();
          if (Use(old).status() == 200 && after) ++late;
        }
      });
    }
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        EXPECT_EQ(Use(made).status(), 200);
        used = true;
      });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(late, 0);
  }
}

TEST_F(KeyRoll, TellsWhichKeysExpireSoon) {
  const Answer soon =
      Issue(R"({"label":"a","expires_at":"2026-01-08T00:00:00Z"})");
  const Answer later =
      Issue(R"({"label":"a","expires_at":"2026-01-08T00:00:01Z"})");
  const Answer never = Issue();
  const auto expires_soon = [&](const Answer& key) {
    return *Show(key).body.Find("expires_soon")->AsBool();
  };
  EXPECT_TRUE(expires_soon(soon));
  EXPECT_FALSE(expires_soon(later));
  EXPECT_FALSE(expires_soon(never));
  Revoke(soon);
  EXPECT_FALSE(expires_soon(soon));
}

}  // namespace
}  // namespace clone_auth::testing

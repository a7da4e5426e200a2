#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/sqlite/database.h"
#include "service/sqlite/schema.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Database;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

Reason ReasonOfOpening(const ServiceHarness& harness,
                       const ServiceOptions& options) {
  const auto opened = IdentityService::OpenSqlite(harness.database(), options);
  return opened.ok() ? Reason::kNone : opened.status().reason();
}

mode_t ModeOf(const std::string& path) {
  struct stat state;
  EXPECT_EQ(stat(path.c_str(), &state), 0) << path;
  return state.st_mode & 0777;
}

TEST(Restart, KeepsAccountsSessionsKeysAndRevocations) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const SignedInUser gone = harness.NewUser("bob@example.test");
  const Answer good = harness.IssueKey(
      R"({"label":"a","permissions":["keys","pull"]})", Bearer(user.access));
  const Answer bad = harness.IssueKey(R"({"label":"b"})", Bearer(user.access));
  harness.Delete("/api/auth/keys/" + bad.Text("id"), Bearer(user.access));
  harness.Logout(gone.refresh);
  harness.Me(KeyHeader(good.Text("key")));
  const std::string listed =
      harness.Get("/api/auth/keys/", Bearer(user.access)).http.body;
  const std::string me = harness.Me(Bearer(user.access)).http.body;
  const std::string published = harness.Get("/.well-known/jwks.json").http.body;

  harness.Restart();
  EXPECT_EQ(harness.Me(Bearer(user.access)).http.body, me);
  EXPECT_EQ(harness.Me(KeyHeader(good.Text("key"))).http.body, me);
  EXPECT_EQ(harness.Me(KeyHeader(bad.Text("key"))).Text("code"), "key_revoked");
  EXPECT_EQ(harness.Me(Bearer(gone.access)).Text("code"), "token_revoked");
  EXPECT_EQ(harness.Refresh(gone.refresh).Text("code"), "session_ended");
  EXPECT_EQ(harness.Get("/api/auth/keys/", Bearer(user.access)).http.body,
            listed);
  EXPECT_EQ(harness.Get("/.well-known/jwks.json").http.body, published);
  EXPECT_EQ(harness.Refresh(user.refresh).status(), 200);
  EXPECT_EQ(harness.Login("bob@example.test").status(), 200);
}

TEST(Restart, KeepsTheRefreshRule) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer first = harness.Refresh(user.refresh);
  harness.Restart();
  EXPECT_EQ(harness.Refresh(user.refresh).Text("refresh"),
            first.Text("refresh"));
  harness.clock().Advance(seconds(11));
  harness.Restart();
  EXPECT_EQ(harness.Refresh(user.refresh).Text("code"), "refresh_reused");
  harness.Restart();
  EXPECT_EQ(harness.Refresh(first.Text("refresh")).Text("code"),
            "session_ended");
  EXPECT_EQ(harness.Me(Bearer(user.access)).Text("code"), "token_revoked");
}

TEST(Restart, KeepsDisabledAccountsAndNewPasswords) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string key =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  ASSERT_TRUE(
      harness.service().operations().SetAccountEnabled(kEmail, false).ok());
  harness.Restart();
  EXPECT_EQ(harness.Me(KeyHeader(key)).Text("code"), "account_disabled");
  ASSERT_TRUE(
      harness.service().operations().SetAccountEnabled(kEmail, true).ok());
  ASSERT_TRUE(harness.service()
                  .operations()
                  .SetPassword(kEmail, Secret::CopyOf("another row of words"))
                  .ok());
  harness.Restart();
  EXPECT_EQ(harness.Login().status(), 401);
  EXPECT_EQ(harness.Login(kEmail, "another row of words").status(), 200);
}

TEST(Restart, KeepsOldTokensGoodUnderANewAlgorithm) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.options().algorithm = JwtAlgorithm::kEdDsa;
  harness.Restart();
  EXPECT_EQ(harness.Me(Bearer(user.access)).status(), 200);
  const Answer refreshed = harness.Refresh(user.refresh);
  EXPECT_EQ(harness.Me(Bearer(refreshed.Text("access"))).status(), 200);
  EXPECT_THAT(harness.Get("/.well-known/jwks.json").http.body,
              HasSubstr("Ed25519"));
  harness.options().algorithm = JwtAlgorithm::kEs256;
  harness.Restart();
  EXPECT_EQ(harness.Me(Bearer(refreshed.Text("access"))).status(), 200);
}

TEST(Restart, StrengthensAPasswordsHashAtTheNextSignIn) {
  ServiceHarness harness;
  harness.Signup();
  const auto has_passes = [&](const std::string& passes) {
    harness.Stop();
    const std::string all = harness.folder().Contents();
    harness.Restart();
    return all.find("m=8,t=" + passes + ",p=1$") != std::string::npos;
  };
  EXPECT_TRUE(has_passes("1"));
  harness.options().passwords.argon2_passes = 2;
  harness.Restart();
  EXPECT_EQ(harness.Login().status(), 200);
  EXPECT_TRUE(has_passes("2"));
  EXPECT_EQ(harness.Login().status(), 200);
}

class LastUsed : public ::testing::Test {
 protected:
  void Open(milliseconds interval) {
    harness_.Stop();
    harness_.options().last_used_interval = interval;
    harness_.Restart();
    const SignedInUser user = harness_.NewUser();
    key_ =
        harness_.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
    auto database = Database::Open(harness_.database(), seconds(2));
    ASSERT_TRUE(database.ok());
    database_ = *std::move(database);
  }

  /// Milliseconds after the clock's start; 0 for never.
  std::int64_t Saved() {
    auto row = database_->Prepare(
        "SELECT coalesce(max(last_used_at), 0) / 1000 FROM api_keys");
    EXPECT_TRUE(row.ok() && row->Step().ok());
    return row->Int(0) == 0 ? 0 : row->Int(0) - 1'767'225'600'000;
  }

  ServiceHarness harness_;
  std::string key_;
  std::unique_ptr<Database> database_;
};

TEST_F(LastUsed, IsWrittenWithoutAnotherRequest) {
  Open(milliseconds(20));
  harness_.clock().Advance(milliseconds(7));
  harness_.Me(KeyHeader(key_));
  EXPECT_EQ(Saved(), 0);
  harness_.clock().Advance(milliseconds(20));
  while (Saved() == 0) std::this_thread::yield();
  EXPECT_EQ(Saved(), 7);
}

TEST_F(LastUsed, IsWrittenForAllUsesAtOnceAndNotOnTheWay) {
  Open(milliseconds(20));
  for (int i = 0; i < 10; ++i) {
    harness_.clock().Advance(milliseconds(1));
    harness_.Me(KeyHeader(key_));
    EXPECT_EQ(Saved(), 0);
  }
  harness_.clock().Advance(milliseconds(20));
  while (Saved() == 0) std::this_thread::yield();
  EXPECT_EQ(Saved(), 10);
}

TEST_F(LastUsed, IsWrittenAtTheEnd) {
  Open(std::chrono::hours(1));
  harness_.clock().Advance(milliseconds(7));
  harness_.Me(KeyHeader(key_));
  EXPECT_EQ(Saved(), 0);
  harness_.Stop();
  EXPECT_EQ(Saved(), 7);
}

TEST(Files, K25_HoldNoPasswordNoKeyAndNoRefreshToken) {
  ServiceHarness harness;
  SignedInUser user = harness.NewUser();
  const std::string key =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  const std::string next = harness.Refresh(user.refresh).Text("refresh");
  const auto invite = harness.service().operations().CreateInvite(1);
  ASSERT_TRUE(invite.ok());
  for (const bool running : {true, false}) {
    if (!running) harness.Stop();
    const std::string all = harness.folder().Contents();
    EXPECT_THAT(all, HasSubstr(kEmail));
    for (const std::string& secret :
         {std::string(kPassword), key, key.substr(key.size() - 38, 32),
          user.refresh, next, user.refresh.substr(40), user.access, *invite}) {
      EXPECT_THAT(all.find(secret), std::string::npos);
    }
  }
}

TEST(Files, AreReadableByTheirOwnerAlone) {
  const mode_t before = umask(0);
  ServiceHarness harness;
  harness.Signup();
  for (const char* suffix : {"", "-wal", "-shm", ".keys", ".revoked"}) {
    EXPECT_EQ(ModeOf(harness.database() + suffix), 0600U) << suffix;
  }
  umask(before);
}

TEST(Files, ServeOneProcessAtATime) {
  ServiceHarness harness;
  EXPECT_EQ(ReasonOfOpening(harness, TestOptions(nullptr)),
            Reason::kStoreUnavailable);
  harness.Stop();
  EXPECT_EQ(ReasonOfOpening(harness, TestOptions(nullptr)), Reason::kNone);
}

TEST(Opening, NeedsTheKeyFileOnceThereAreAccounts) {
  ServiceHarness harness;
  harness.Stop();
  std::filesystem::remove(harness.database() + ".keys");
  EXPECT_EQ(ReasonOfOpening(harness, TestOptions(nullptr)), Reason::kNone);
  harness.Restart();
  harness.Signup();
  harness.Stop();
  std::filesystem::remove(harness.database() + ".keys");
  const auto opened =
      IdentityService::OpenSqlite(harness.database(), TestOptions(nullptr));
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.status().reason(), Reason::kConfigMalformed);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("is missing"));
}

TEST(Opening, RefusesADatabaseOfANewerProgram) {
  ServiceHarness harness;
  harness.Stop();
  {
    auto database = Database::Open(harness.database(), seconds(2));
    ASSERT_TRUE((*database)->Execute("PRAGMA user_version=99").ok());
  }
  EXPECT_EQ(ReasonOfOpening(harness, TestOptions(nullptr)),
            Reason::kSchemaUnknown);
}

TEST(Opening, RefusesWhatIsNoDatabase) {
  ServiceHarness harness;
  harness.Stop();
  std::filesystem::remove(harness.database() + "-wal");
  std::ofstream(harness.database()) << std::string(8192, 'x');
  EXPECT_EQ(ReasonOfOpening(harness, TestOptions(nullptr)),
            Reason::kStoreUnavailable);
  const auto folder = IdentityService::OpenSqlite(
      harness.folder().File("none/auth.db"), TestOptions(nullptr));
  ASSERT_FALSE(folder.ok());
  EXPECT_EQ(folder.status().reason(), Reason::kStoreUnavailable);
}

TEST(Opening, RefusesBadOptionsBeforeAnythingIsMade) {
  TemporaryFolder folder;
  const auto reason = [&](void (*change)(ServiceOptions&)) {
    ServiceOptions options = TestOptions(nullptr);
    change(options);
    const auto opened =
        IdentityService::OpenSqlite(folder.File("auth.db"), options);
    return opened.ok() ? Reason::kNone : opened.status().reason();
  };
  void (*const changes[])(ServiceOptions&) = {
      [](ServiceOptions& o) { o.issuer.clear(); },
      [](ServiceOptions& o) { o.issuer = "auth.example.test"; },
      [](ServiceOptions& o) { o.issuer = "https://"; },
      [](ServiceOptions& o) { o.issuer = "https://a b"; },
      [](ServiceOptions& o) { o.access_lifetime = seconds(0); },
      [](ServiceOptions& o) { o.refresh_lifetime = seconds(-1); },
      [](ServiceOptions& o) { o.refresh_lifetime = seconds(8'640'000'000); },
      [](ServiceOptions& o) { o.cors_origins = {"*"}; },
      [](ServiceOptions& o) { o.cors_origins = {"https://a.test/"}; },
      [](ServiceOptions& o) { o.cors_origins = {"https://A.test"}; },
  };
  for (const auto change : changes) {
    EXPECT_EQ(reason(change), Reason::kInvalidArgument);
  }
  EXPECT_EQ(reason([](ServiceOptions& o) { o.scheme.prefix = "no"; }),
            Reason::kSchemeInvalid);
  EXPECT_FALSE(std::filesystem::exists(folder.File("auth.db")));
  for (const auto change :
       {+[](ServiceOptions& o) { o.trusted_proxies = {"10.0.0.0/33"}; },
        +[](ServiceOptions& o) { o.clock_skew = seconds(601); },
        +[](ServiceOptions& o) { o.passwords.min_bytes = 7; },
        +[](ServiceOptions& o) { o.passwords.argon2_passes = 0; }}) {
    EXPECT_EQ(reason(change), Reason::kInvalidArgument);
  }
}

TEST(Sessions, AreForgottenAWeekAfterTheirEnd) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  harness.clock().Advance(std::chrono::hours(24 * 37) - seconds(1));
  EXPECT_EQ(harness.Refresh(user.refresh).Text("code"), "refresh_expired");
  harness.clock().Advance(seconds(60));
  harness.Get("/healthz");
  EXPECT_EQ(harness.Refresh(user.refresh).Text("code"), "refresh_invalid");
}

}  // namespace
}  // namespace clone_auth::testing

#include <atomic>
#include <thread>

#include "clone/api_key_digest.h"
#include "gmock/gmock.h"
#include "unit/service/imported_key_fixture.h"

namespace clone_auth::testing {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ImportedKeys, OfEachFormIsGoodAtOnceAndOursFromThenOn) {
  ImportEach();
  EXPECT_EQ(Left(), 3U);
  const std::vector<std::string> keys = {kUnkey, kSeamKey, kFastKey, kSlowKey};
  for (const std::string& key : keys) {
    EXPECT_EQ(harness_.Me(ApiKey(key)).Text("email"), kEmail) << key;
  }
  EXPECT_EQ(Left(), 0U);
  harness_.Stop();
  EXPECT_EQ(
      Select(harness_.database(), "SELECT count(*) FROM foreign_api_keys"),
      "0");
  const std::string everything = harness_.folder().Contents();
  harness_.Restart();
  for (const std::string& key : keys) {
    EXPECT_EQ(harness_.Me(ApiKey(key)).status(), 200) << key;
    EXPECT_EQ(harness_.Me(KeyHeader(key)).status(), 200) << key;
    EXPECT_THAT(everything, Not(HasSubstr(key)));
  }
}

TEST_F(ImportedKeys, AnAlteredOneIsRefused) {
  ImportEach();
  for (std::string key : {kUnkey, kSeamKey, kFastKey, kSlowKey}) {
    key.back() = key.back() == 'x' ? 'y' : 'x';
    EXPECT_EQ(harness_.Me(ApiKey(key)).Text("code"), "key_unknown") << key;
  }
  EXPECT_EQ(Left(), 3U);
}

TEST_F(ImportedKeys, ABearerIsAKeyWhereItsPrefixIsNamed) {
  ImportEach();
  EXPECT_EQ(harness_.Me(Bearer(kUnkey)).status(), 401);
  harness_.options().imported_keys.bearer_prefixes = {"unkey_", "mycompany_"};
  harness_.Restart();
  EXPECT_EQ(harness_.Me(Bearer(kUnkey)).status(), 200);
  EXPECT_EQ(harness_.Me(Bearer(kSeamKey)).status(), 200);
}

TEST_F(ImportedKeys, RevokedOrExpiredIsSaidToWhoeverHasTheWholeKey) {
  const std::string until = R"(,"expires_at":"2026-01-02T00:00:00Z")";
  ImportLines(
      {Line("a", "django-sha512", Sha512Hash("aaaaaaaa.1"), "aaaaaaaa",
            R"(,"revoked":true)"),
       Line("b", "django-sha512", Sha512Hash("bbbbbbbb.1"), "bbbbbbbb", until),
       Line("c", "sha256", kUnkeyHash, "", until),
       Line("d", "django-sha512", Sha512Hash("dddddddd.1"), "dddddddd",
            R"(,"label":"to go")")});
  EXPECT_EQ(harness_.Me(ApiKey("aaaaaaaa.1")).Text("code"), "key_revoked");
  EXPECT_EQ(harness_.Me(ApiKey("aaaaaaaa.2")).Text("code"), "key_unknown");
  EXPECT_EQ(harness_.Me(ApiKey(kUnkey)).status(), 200);
  // Revoked here, before anybody used it.
  EXPECT_EQ(
      harness_.Delete("/api/auth/keys/" + IdOf("to go"), Bearer(user_.access))
          .status(),
      204);
  harness_.Restart();
  EXPECT_EQ(harness_.Me(ApiKey("dddddddd.1")).Text("code"), "key_revoked");
  harness_.clock().Advance(hours(25));
  EXPECT_EQ(harness_.Me(ApiKey("bbbbbbbb.1")).Text("code"), "key_expired");
  EXPECT_EQ(harness_.Me(ApiKey(kUnkey)).Text("code"), "key_expired");
}

TEST_F(ImportedKeys, TheTrailTellsOfTheImportAndOfWhatFollows) {
  ImportEach();
  EXPECT_EQ(harness_.Me(ApiKey(kFastKey)).status(), 200);
  EXPECT_EQ(Report(kFastKey).status(), 204);
  EXPECT_EQ(harness_.Me(ApiKey(kFastKey)).Text("code"), "key_revoked");
  // Until what requests left to the store's thread is done.
  EXPECT_EQ(harness_.Get("/readyz").status(), 200);
  const auto rows = harness_.service().operations().ListAudit({});
  ASSERT_TRUE(rows.ok());
  std::vector<std::string> actions;
  for (const AuditRecord& row : *rows) actions.push_back(row.action);
  ASSERT_THAT(actions, ElementsAre("key_used_after_revocation", "key_revoked",
                                   "key_first_used", "keys_imported"));
  EXPECT_EQ(rows->back().actor, "operator");
  EXPECT_EQ(rows->back().detail, "keys 4");
}

TEST_F(ImportedKeys, ARowThatWasEditedOrSwappedVerifiesNothing) {
  const std::string first = "aaaaaaaa.1", second = "bbbbbbbb.1";
  ImportLines(
      {Line("a", "django-sha512", Sha512Hash(first), "aaaaaaaa"),
       Line("b", "django-sha512", Sha512Hash(second), "bbbbbbbb"),
       Line("c", "django-sha512", Sha512Hash("cccccccc.1"), "cccccccc")});
  harness_.Stop();
  // Somebody's own key in the place of another's, and two that change places.
  Alter(harness_.database(),
        "UPDATE foreign_api_keys SET hash = '" + Sha512Hash("cccccccc.2") +
            "' WHERE handle = 'cccccccc';"
            "UPDATE foreign_api_keys SET handle = 'x', hash = (SELECT hash FROM"
            " foreign_api_keys WHERE handle = 'bbbbbbbb')"
            " WHERE handle = 'aaaaaaaa';"
            "UPDATE foreign_api_keys SET handle = 'aaaaaaaa', hash = '" +
            Sha512Hash(first) + "' WHERE handle = 'bbbbbbbb'");
  harness_.Restart();
  for (const char* key : {"cccccccc.2", "aaaaaaaa.1", "bbbbbbbb.1", "x.1"}) {
    EXPECT_EQ(
        harness_.Me(ApiKey(key + std::string(key[0] == 'x' ? "23456" : "")))
            .Text("code"),
        "key_unknown")
        << key;
  }
}

TEST_F(ImportedKeys, WhatStandsInARowIsNoKey) {
  ImportEach();
  harness_.Stop();
  const std::string digest =
      Select(harness_.database(),
             "SELECT lower(hex(k.digest)) FROM api_keys k JOIN"
             " foreign_api_keys f ON f.key_id = k.id LIMIT 1");
  harness_.Restart();
  for (const std::string& text :
       {digest, std::string(kUnkeyHash), std::string(kSeamHash),
        Sha512Hash(kFastKey), std::string(kSlowHash)}) {
    EXPECT_EQ(harness_.Me(ApiKey(text)).status(), 401) << text;
  }
}

TEST_F(ImportedKeys, TenWrongTriesAtASlowOneAreAllowedAndThenNoneIsHashed) {
  ImportEach();
  GuessAtTheSlowOne();
  const Answer refused = harness_.Send(From("192.0.2.99", kSlowKey));
  EXPECT_EQ(refused.status(), 429);
  EXPECT_EQ(refused.Header("Retry-After"), "600");
  // Others are not held up by it, and after a while it is.
  EXPECT_EQ(harness_.Me(ApiKey(kFastKey)).status(), 200);
  harness_.clock().Advance(seconds(600));
  EXPECT_EQ(harness_.Send(From("192.0.2.99", kSlowKey)).status(), 200);
  // From now on it is found by its digest, whoever guesses.
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(harness_.Me(ApiKey("Zq3vB8kM.wrong")).status(), 401);
  }
  EXPECT_EQ(harness_.Me(ApiKey(kSlowKey)).status(), 200);
}

TEST_F(ImportedKeys, ManyFirstUsesAtOnceAreAllGood) {
  ImportEach();
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (const char* key : {kSlowKey, kFastKey, kSeamKey}) {
        if (harness_.Me(ApiKey(key)).status() == 200) ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 24);
  EXPECT_EQ(Left(), 0U);
}

TEST_F(ImportedKeys, TwoKeysMayHaveOneHandle) {
  ImportLines(
      {Line("a", "django-sha512", Sha512Hash("aaaaaaaa.1"), "aaaaaaaa"),
       Line("b", "django-sha512", Sha512Hash("aaaaaaaa.2"), "aaaaaaaa")});
  EXPECT_EQ(harness_.Me(ApiKey("aaaaaaaa.2")).status(), 200);
  EXPECT_EQ(Left(), 1U);
  EXPECT_EQ(harness_.Me(ApiKey("aaaaaaaa.1")).status(), 200);
}

TEST_F(ImportedKeys, ALineThatIsWrongIsNamedAndTheOthersAreTaken) {
  const std::string good = Line("good", "sha256", kUnkeyHash);
  const ImportReport report = ImportLines(
      {"no json", R"({"form":"sha256"})", Line("1", "md5", kUnkeyHash),
       Line("2", "sha256", "abc"), Line("3", "seam", kSeamHash),
       Line("4", "seam", kSeamHash, "a_b"),
       Line("5", "sha256", kUnkeyHash, "", R"(,"expires_at":"tomorrow")"),
       Line("6", "sha256", kUnkeyHash, "", R"(,"permissions":["No Name"])"),
       Line("7", "sha256", kUnkeyHash, "", R"(,"scope":"all")"),
       Line("8", "sha256", kUnkeyHash, "", R"(,"revoked":"no")"),
       R"({"id":"9","form":"sha256","hash":")" + std::string(kUnkeyHash) +
           R"(","account":"nobody@example.test"})",
       good, good, Line("other", "sha256", kUnkeyHash)});
  EXPECT_EQ(CountOf(report, "keys").added, 1U);
  EXPECT_EQ(CountOf(report, "keys").refused, 13U);
  EXPECT_EQ(report.remarks.size(), 13U);
  for (const ImportRemark& remark : report.remarks) {
    EXPECT_THAT(remark.text, Not(HasSubstr(kUnkeyHash)));
  }
  EXPECT_EQ(CountOf(ImportLines({good}), "keys").known, 1U);
  EXPECT_EQ(harness_.Me(ApiKey(kUnkey)).status(), 200);
}

TEST_F(ImportedKeys, ProgressTellsWhatIsLeftAndWhenOneWasUsedLast) {
  ImportEach();
  harness_.clock().Advance(seconds(5));
  harness_.Me(ApiKey(kFastKey));
  const auto status = harness_.service().operations().ImportProgress();
  ASSERT_TRUE(status.ok());
  ASSERT_EQ(status->keys.size(), 4U);
  for (const auto& row : status->keys) {
    const bool used = row.form == "django-sha512";
    EXPECT_EQ(row.imported, 1U) << row.form;
    EXPECT_EQ(row.left, used || row.form == "sha256" ? 0U : 1U) << row.form;
    EXPECT_EQ(row.upgraded, 1U - row.left) << row.form;
    EXPECT_EQ(row.last_used_at.has_value(), used) << row.form;
  }
}

}  // namespace
}  // namespace clone_auth::testing

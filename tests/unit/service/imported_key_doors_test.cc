// Keys of other systems where none is in a header: exchanged, reported as
// leaked, asked about by a proxy.

#include <string>

#include "gtest/gtest.h"
#include "unit/service/imported_key_fixture.h"

namespace clone_auth::testing {
namespace {

using std::chrono::seconds;

TEST_F(ImportedKeys, OneThatIsReportedAsLeakedIsNeverGood) {
  ImportEach();
  EXPECT_EQ(Report(kSeamKey).status(), 204);
  EXPECT_EQ(harness_.Me(ApiKey(kSeamKey)).Text("code"), "key_revoked");
  EXPECT_EQ(Report("Zq3vB8kM.wrong").status(), 204);
  EXPECT_EQ(Left(), 2U);
  EXPECT_EQ(Report(kSlowKey).status(), 204);
  EXPECT_EQ(harness_.Me(ApiKey(kSlowKey)).Text("code"), "key_revoked");
  harness_.Restart();
  EXPECT_EQ(harness_.Me(ApiKey(kSlowKey)).Text("code"), "key_revoked");
}

TEST_F(ImportedKeys, ReportsOfOneAreAnsweredTheSameWhateverFollowsItsHandle) {
  ImportEach();
  const Answer wrong = Report("Zq3vB8kM.wrong"), good = Report(kSlowKey);
  EXPECT_EQ(wrong.status(), good.status());
  EXPECT_EQ(wrong.http.body, good.http.body);
  EXPECT_EQ(wrong.http.headers.size(), good.http.headers.size());
}

TEST_F(ImportedKeys, AReportBeyondTheLimitHasNothingHashed) {
  ImportEach();
  for (int i = 0; i < 60; ++i) EXPECT_EQ(Report("x").status(), 204);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Report("Zq3vB8kM.wrong").status(), 429);
  }
  EXPECT_EQ(Report(kSlowKey).status(), 429);
  EXPECT_EQ(Left(), 3U);
  // None of those counted as a try.
  EXPECT_EQ(harness_.Me(ApiKey(kSlowKey)).status(), 200);
}

TEST_F(ImportedKeys, WrongReportsOfASlowOneAreWrongTries) {
  ImportEach();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(Report("Zq3vB8kM.wrong").status(), 204);
  }
  for (const std::string& key :
       {std::string(kSlowKey), "Zq3vB8kM.wrong" + std::string("x")}) {
    const Answer refused = Report(key);
    EXPECT_EQ(refused.status(), 429);
    EXPECT_EQ(refused.Header("Retry-After"), "600");
  }
  EXPECT_EQ(harness_.Me(ApiKey(kSlowKey)).status(), 429);
}

TEST_F(ImportedKeys, OfEachFormIsExchangedAtItsFirstUse) {
  ImportEach();
  for (const char* key : {kUnkey, kSeamKey, kFastKey, kSlowKey}) {
    for (int i = 0; i < 2; ++i) {
      const Answer swapped = Swap(key);
      ASSERT_EQ(swapped.status(), 200) << key << swapped.http.body;
      EXPECT_EQ(harness_.Me(Bearer(swapped.Text("access_token"))).Text("email"),
                kEmail);
    }
  }
  EXPECT_EQ(Left(), 0U);
  EXPECT_EQ(harness_.Me(ApiKey(kSlowKey)).status(), 200);
}

TEST_F(ImportedKeys, OneThatIsNotGoodIsNotExchanged) {
  ImportEach();
  ImportLines({Line("gone", "django-sha512", Sha512Hash("aaaaaaaa.1"),
                    "aaaaaaaa", R"(,"revoked":true)")});
  for (std::string key : {kUnkey, kSeamKey, kFastKey, kSlowKey}) {
    key.back() = key.back() == 'x' ? 'y' : 'x';
    EXPECT_EQ(Swap(key).status(), 400);
    EXPECT_EQ(Swap(key).Text("code"), "key_unknown") << key;
  }
  EXPECT_EQ(Swap("aaaaaaaa.1").Text("code"), "key_revoked");
  EXPECT_EQ(Swap(user_.access).Text("code"), "key_malformed");
  EXPECT_EQ(harness_.Get("/readyz").status(), 200);
  const auto rows = harness_.service().operations().ListAudit({});
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->front().action, "key_used_after_revocation");
}

TEST_F(ImportedKeys, WrongTriesToExchangeASlowOneCountAsThoseInAHeader) {
  ImportEach();
  GuessAtTheSlowOne();
  EXPECT_EQ(Swap(kSlowKey).status(), 429);
  EXPECT_EQ(Swap(kSlowKey).Header("Retry-After"), "600");
  EXPECT_EQ(Swap(kFastKey).status(), 200);
  harness_.clock().Advance(seconds(600));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Swap("Zq3vB8kM.wrong").status(), 400);
  EXPECT_EQ(harness_.Me(ApiKey(kSlowKey)).status(), 429);
}

TEST_F(ImportedKeys, AnExchangeThatIsRefusedAnywayHasNothingHashed) {
  ImportEach();
  const std::string form = kGrant + Subject(kSlowKey);
  const HttpHeaders urlencoded = {
      {"Content-Type", "application/x-www-form-urlencoded"}};
  HttpHeaders beside = urlencoded;
  beside.Add("Authorization", "Api-Key " + std::string(kFastKey));
  EXPECT_EQ(harness_.Post("/token", form, beside).Text("code"),
            "multiple_credentials");
  EXPECT_EQ(harness_.Post("/token", form).status(), 400);
  EXPECT_EQ(
      harness_.Post("/token", form + "&actor_token=x", urlencoded).status(),
      400);
  EXPECT_EQ(Left(), 3U);
}

TEST_F(ImportedKeys, AProxyIsToldOfTooManyTriesInWordsThatItPassesOn) {
  ImportEach();
  GuessAtTheSlowOne();
  const Answer refused = harness_.Get("/api/auth/verify/", ApiKey(kSlowKey));
  EXPECT_EQ(refused.status(), 403);
  EXPECT_EQ(refused.Header("X-Clone-Reason"), "rate_limited");
  EXPECT_EQ(refused.Header("Retry-After"), "600");
  EXPECT_EQ(refused.http.headers.Count("X-Clone-User"), 0U);
}

}  // namespace
}  // namespace clone_auth::testing

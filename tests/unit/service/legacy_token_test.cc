#include "unit/service/import_fixture.h"

namespace clone_auth::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class LegacyTokens : public ImportTest {
 protected:
  void SetUp() override {
    AddUser(1, kEmail);
    AddUser(2, "bob@example.test", false);
    Import();
  }
  ServiceOperations& operations() { return harness_.service().operations(); }
};

TEST_F(LegacyTokens, AnAccessTokenIsGoodUntilItExpires) {
  const std::string access = Token("access", minutes(5));
  const Answer me = harness_.Me(Bearer(access));
  EXPECT_EQ(me.Text("email"), kEmail);
  EXPECT_EQ(me.Text("role"), "owner");
  EXPECT_EQ(harness_.IssueKey(R"({"label":"x"})", Bearer(access)).status(),
            201);
  harness_.clock().Advance(minutes(6));
  EXPECT_EQ(harness_.Me(Bearer(access)).Text("code"), "token_expired");
}

TEST_F(LegacyTokens, AUserIdMayBeATextAsWell) {
  const std::string access =
      Token("access", minutes(5), "j", JsonValue(std::string("1")));
  EXPECT_EQ(harness_.Me(Bearer(access)).status(), 200);
}

TEST_F(LegacyTokens, NeitherKindStandsInForTheOther) {
  EXPECT_EQ(harness_.Me(Bearer(Token("refresh", hours(1)))).status(), 401);
  EXPECT_EQ(harness_.Refresh(Token("access", hours(1))).Text("code"),
            "token_type");
}

TEST_F(LegacyTokens, OfAnotherKeyOrNobodyAreRefused) {
  for (const std::int64_t nobody : {0, 3, -1}) {
    const std::string access =
        Token("access", hours(1), "j", JsonValue(nobody));
    EXPECT_EQ(harness_.Me(Bearer(access)).Text("code"), "token_revoked");
  }
  secret_ = std::string(50, 'x');
  EXPECT_EQ(harness_.Me(Bearer(Token("access", hours(1)))).status(), 401);
  EXPECT_EQ(harness_.Refresh(Token("refresh", hours(1))).Text("code"),
            "refresh_invalid");
}

TEST_F(LegacyTokens, OfADisabledAccountAreRefusedAlsoWhenItIsEnabledAgain) {
  const JsonValue bob(std::int64_t{2});
  EXPECT_EQ(
      harness_.Me(Bearer(Token("access", hours(1), "a", bob))).Text("code"),
      "account_disabled");
  EXPECT_EQ(harness_.Refresh(Token("refresh", hours(1), "b", bob)).status(),
            401);
  const std::string access = Token("access", hours(1));
  const std::string refresh = Token("refresh", hours(1));
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, false).ok());
  EXPECT_EQ(harness_.Refresh(refresh).status(), 401);
  ASSERT_TRUE(operations().SetAccountEnabled(kEmail, true).ok());
  EXPECT_EQ(harness_.Me(Bearer(access)).Text("code"), "token_revoked");
  EXPECT_EQ(harness_.Refresh(refresh).Text("code"), "session_ended");
}

TEST_F(LegacyTokens, ANewPasswordEndsThem) {
  const std::string access = Token("access", hours(1));
  const std::string refresh = Token("refresh", hours(1));
  ASSERT_TRUE(operations().SetPassword(kEmail, Secret::CopyOf(kPassword)).ok());
  EXPECT_EQ(harness_.Me(Bearer(access)).Text("code"), "token_revoked");
  EXPECT_EQ(harness_.Refresh(refresh).Text("code"), "session_ended");
}

TEST_F(LegacyTokens, ARefreshTokenIsSpentForOneSessionThatLivesAsLong) {
  const std::string refresh = Token("refresh", hours(2));
  harness_.clock().Advance(minutes(30));
  const Answer first = harness_.Refresh(refresh);
  ASSERT_EQ(first.status(), 200) << first.http.body;
  EXPECT_EQ(harness_.Me(Bearer(first.Text("access"))).Text("email"), kEmail);
  const Answer second = harness_.Refresh(first.Text("refresh"));
  ASSERT_EQ(second.status(), 200);
  harness_.clock().Advance(minutes(91));
  EXPECT_EQ(harness_.Refresh(second.Text("refresh")).Text("code"),
            "refresh_expired");
}

TEST_F(LegacyTokens, ALostAnswerCanBeHadAgainWithinTenSeconds) {
  const std::string refresh = Token("refresh", hours(2));
  const Answer first = harness_.Refresh(refresh);
  harness_.clock().Advance(seconds(10));
  const Answer again = harness_.Refresh(refresh);
  EXPECT_EQ(again.Text("refresh"), first.Text("refresh"));
  harness_.Restart();
  EXPECT_EQ(harness_.Refresh(refresh).Text("refresh"), first.Text("refresh"));
}

TEST_F(LegacyTokens, PresentedOnceMoreLaterIsTheftAndEndsTheSession) {
  const std::string refresh = Token("refresh", hours(2));
  const Answer first = harness_.Refresh(refresh);
  harness_.clock().Advance(seconds(11));
  EXPECT_EQ(harness_.Refresh(refresh).Text("code"), "refresh_reused");
  EXPECT_EQ(harness_.Refresh(first.Text("refresh")).Text("code"),
            "session_ended");
  EXPECT_EQ(harness_.Me(Bearer(first.Text("access"))).Text("code"),
            "token_revoked");
  EXPECT_EQ(harness_.Refresh(refresh).Text("code"), "session_ended");
}

TEST_F(LegacyTokens, TheFirstAttemptMayComeAgainLater) {
  const std::string refresh = Token("refresh", hours(2));
  const HttpHeaders attempt{{"Idempotency-Key", "a"}};
  const Answer first = harness_.Refresh(refresh, attempt);
  harness_.clock().Advance(minutes(5));
  EXPECT_EQ(harness_.Refresh(refresh, attempt).Text("refresh"),
            first.Text("refresh"));
}

TEST_F(LegacyTokens, WhatIsBlacklistedThereIsRefusedHere) {
  Alter(django_,
        "INSERT INTO token_blacklist_outstandingtoken VALUES"
        " (1,'gone','2025-12-31 23:00:00','2026-01-03 00:00:00'),"
        " (2,'open','2025-12-31 23:00:00','2026-01-03 00:00:00');"
        "INSERT INTO token_blacklist_blacklistedtoken VALUES(1,1)");
  EXPECT_EQ(CountOf(Import(), "blacklisted-tokens").added, 1U);
  EXPECT_EQ(CountOf(Import(), "blacklisted-tokens").known, 1U);
  EXPECT_EQ(harness_.Refresh(Token("refresh", hours(1), "gone")).Text("code"),
            "session_ended");
  EXPECT_EQ(harness_.Refresh(Token("refresh", hours(1), "open")).status(), 200);
}

TEST_F(LegacyTokens, LogoutEndsOneWhetherItWasSpentOrNot) {
  const std::string unspent = Token("refresh", hours(1), "unspent");
  EXPECT_EQ(harness_.Logout(unspent).status(), 200);
  EXPECT_EQ(harness_.Refresh(unspent).status(), 401);
  EXPECT_EQ(harness_.Logout(unspent).status(), 401);
  const std::string spent = Token("refresh", hours(1), "spent");
  const Answer session = harness_.Refresh(spent);
  EXPECT_EQ(harness_.Logout(spent).status(), 200);
  EXPECT_EQ(harness_.Me(Bearer(session.Text("access"))).Text("code"),
            "token_revoked");
  EXPECT_EQ(harness_.Refresh(session.Text("refresh")).status(), 401);
}

TEST_F(LegacyTokens, AreRememberedAcrossARestart) {
  const std::string access = Token("access", hours(1));
  const std::string refresh = Token("refresh", hours(1));
  harness_.Refresh(refresh);
  harness_.clock().Advance(minutes(1));
  harness_.Restart();
  EXPECT_EQ(harness_.Me(Bearer(access)).status(), 200);
  EXPECT_EQ(harness_.Refresh(refresh).Text("code"), "refresh_reused");
}

TEST_F(LegacyTokens, TheKeyIsGoneWhenTheLastTokenHasDied) {
  // A day, where the project does not say how long its tokens live.
  const auto until = operations().ImportProgress()->tokens_until;
  ASSERT_TRUE(until.has_value());
  EXPECT_EQ(*until, harness_.clock().Now() + hours(24));
  const auto legacy_key = [this] {
    return harness_.folder().Contents().find("legacy_key") != std::string::npos;
  };
  EXPECT_TRUE(legacy_key());
  const std::string long_lived = Token("access", hours(48));
  harness_.clock().Advance(hours(24));
  EXPECT_EQ(harness_.Me(Bearer(long_lived)).status(), 401);
  EXPECT_FALSE(operations().ImportProgress()->tokens_until.has_value());
  harness_.Stop();
  EXPECT_FALSE(legacy_key());
}

TEST_F(LegacyTokens, AreTakenForAsLongAsTheLongestLifeThatWasSeen) {
  Alter(django_,
        "INSERT INTO token_blacklist_outstandingtoken VALUES"
        " (1,'a','2025-12-01 00:00:00','2025-12-15 00:00:00')");
  Import();
  EXPECT_EQ(operations().ImportProgress()->tokens_until,
            harness_.clock().Now() + hours(14 * 24));
}

}  // namespace
}  // namespace clone_auth::testing

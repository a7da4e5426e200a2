#include "service/refusal_id.h"

#include <set>

#include "clone/api_key.h"
#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using service::Refusal;
using service::RefusalDetail;
using service::RefusalIds;
using service::RefusalSubject;

Secret Master(char fill) { return Secret::CopyOf(std::string(32, fill)); }

TEST(RefusalId, TellsTheOperatorWhatWasSealed) {
  FakeRandom random;
  const RefusalIds ids(Master('a'));
  Refusal refusal;
  refusal.when = WallTime(std::chrono::milliseconds(1'767'225'600'123));
  refusal.detail = RefusalDetail::kWrongPassword;
  refusal.subject = RefusalSubject::kAccount;
  refusal.id = Uuid::Generate(random).value();
  // Every reason, because each has a number of its own.
  for (int i = 0; i <= static_cast<int>(Reason::kInternal); ++i) {
    refusal.reason = static_cast<Reason>(i);
    const auto id = ids.Seal(refusal, random);
    ASSERT_TRUE(id.ok());
    const auto opened = ids.Open(*id);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(opened->reason, refusal.reason) << i;
    EXPECT_EQ(opened->when, refusal.when);
    EXPECT_EQ(opened->detail, refusal.detail);
    EXPECT_EQ(opened->subject, refusal.subject);
    EXPECT_EQ(opened->id, refusal.id);
  }
}

TEST(RefusalId, TellsItsReceiverNothing) {
  FakeRandom random;
  const RefusalIds ids(Master('a'));
  std::set<std::string> seen;
  std::set<std::size_t> sizes;
  for (const RefusalDetail detail :
       {RefusalDetail::kNoSuchAccount, RefusalDetail::kNoSuchAccount,
        RefusalDetail::kWrongPassword, RefusalDetail::kAccountDisabled}) {
    Refusal refusal;
    refusal.reason = Reason::kInvalidCredentials;
    refusal.detail = detail;
    const auto id = ids.Seal(refusal, random);
    ASSERT_TRUE(id.ok());
    seen.insert(*id);
    sizes.insert(id->size());
  }
  EXPECT_EQ(seen.size(), 4U);  // equal ones differ, too
  EXPECT_EQ(sizes.size(), 1U);
}

TEST(RefusalId, OfAnotherServiceOrAlteredIsNotFound) {
  FakeRandom random;
  const std::string id = RefusalIds(Master('a')).Seal({}, random).value();
  EXPECT_EQ(RefusalIds(Master('b')).Open(id).status().reason(),
            Reason::kNotFound);
  const RefusalIds ids(Master('a'));
  for (std::size_t i = 0; i < id.size(); ++i) {
    std::string altered = id;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(ids.Open(altered).status().reason(), Reason::kNotFound) << i;
    EXPECT_EQ(ids.Open(id.substr(0, i)).status().reason(), Reason::kNotFound);
  }
}

TEST(RefusalId, IsNotMadeWithoutRandomBytes) {
  FakeRandom random;
  random.Fail();
  EXPECT_EQ(RefusalIds(Master('a')).Seal({}, random).status().reason(),
            Reason::kRandomUnavailable);
}

/// What the operator learns from the id of a refused answer.
class Why : public ::testing::Test {
 protected:
  RefusalExplanation Of(const Answer& answer) {
    EXPECT_EQ(answer.status(), 401) << answer.http.body;
    const std::string id = answer.Header("X-Refusal-Id");
    EXPECT_FALSE(id.empty());
    const auto told = harness_.service().operations().ExplainRefusal(id);
    EXPECT_TRUE(told.ok()) << told.status().ToString();
    if (!told.ok()) return {};
    EXPECT_EQ(clone_auth::Describe(told->reason).word, answer.Text("code"));
    return *told;
  }

  bool Says(const RefusalExplanation& told, RefusalDetail detail) {
    return told.detail == service::Describe(detail);
  }

  ServiceHarness harness_;
};

TEST_F(Why, TellsAnUnknownAccountFromAWrongPasswordAndADisabledOne) {
  harness_.NewUser();
  EXPECT_TRUE(Says(Of(harness_.Login("bob@example.test")),
                   RefusalDetail::kNoSuchAccount));
  const auto wrong = Of(harness_.Login(kEmail, "another row of words"));
  EXPECT_TRUE(Says(wrong, RefusalDetail::kWrongPassword));
  EXPECT_EQ(wrong.account_email, kEmail);
  ASSERT_TRUE(
      harness_.service().operations().SetAccountEnabled(kEmail, false).ok());
  EXPECT_TRUE(Says(Of(harness_.Login()), RefusalDetail::kAccountDisabled));
}

TEST_F(Why, TellsAMistypedKeyFromAMadeUpAndARevokedOne) {
  const SignedInUser user = harness_.NewUser();
  const Answer issued =
      harness_.IssueKey(R"({"label":"a"})", Bearer(user.access));
  const std::string key = issued.Text("key");
  std::string mistyped = key;
  mistyped[20] = mistyped[20] == 'a' ? 'b' : 'a';
  EXPECT_TRUE(Says(Of(harness_.Me(KeyHeader(mistyped))),
                   RefusalDetail::kChecksumWrong));
  const auto other = GenerateApiKey(harness_.options().scheme,
                                    ApiKeyKind::kUser, SystemRandom());
  const std::string made_up(other->text.Reveal());
  EXPECT_TRUE(
      Says(Of(harness_.Me(KeyHeader(made_up))), RefusalDetail::kNeverIssued));
  EXPECT_TRUE(Says(Of(harness_.Me(KeyHeader(harness_.options().scheme.prefix +
                                            "an0lderkey12345"))),
                   RefusalDetail::kOlderFormUnknown));

  harness_.Delete("/api/auth/keys/" + issued.Text("id") + "/",
                  Bearer(user.access));
  const auto revoked = Of(harness_.Me(KeyHeader(key)));
  EXPECT_EQ(revoked.reason, Reason::kKeyRevoked);
  EXPECT_EQ(revoked.account_email, kEmail);
  ASSERT_TRUE(revoked.key.has_value());
  EXPECT_EQ(revoked.key->ToString(), issued.Text("id"));
  EXPECT_EQ(revoked.key_prefix, key.substr(0, revoked.key_prefix.size()));
}

TEST_F(Why, TellsAnEndedSessionFromAChangedPassword) {
  const SignedInUser user = harness_.NewUser();
  harness_.Logout(user.refresh);
  const auto ended = Of(harness_.Me(Bearer(user.access)));
  EXPECT_TRUE(Says(ended, RefusalDetail::kSessionNotOpen));
  EXPECT_EQ(ended.account_email, kEmail);

  const Answer again = harness_.Login();
  ASSERT_TRUE(harness_.service()
                  .operations()
                  .SetPassword(kEmail, Secret::CopyOf("another row of words"))
                  .ok());
  EXPECT_TRUE(Says(Of(harness_.Me(Bearer(again.Text("access")))),
                   RefusalDetail::kGenerationPassed));
}

TEST_F(Why, NamesTheAccountOfAnExpiredToken) {
  const SignedInUser user = harness_.NewUser();
  harness_.clock().Advance(std::chrono::hours(2));
  const auto told = Of(harness_.Me(Bearer(user.access)));
  EXPECT_EQ(told.reason, Reason::kTokenExpired);
  EXPECT_EQ(told.account_email, kEmail);
}

TEST_F(Why, BelievesNoClaimOfATokenThatNobodySigned) {
  const SignedInUser user = harness_.NewUser();
  std::string forged = user.access;
  char& last = forged[forged.size() - 10];
  last = last == 'A' ? 'B' : 'A';
  const auto told = Of(harness_.Me(Bearer(forged)));
  EXPECT_EQ(told.reason, Reason::kTokenSignature);
  EXPECT_TRUE(told.account_email.empty());
}

TEST_F(Why, TellsAForgedRefreshTokenFromAForgottenOne) {
  const SignedInUser user = harness_.NewUser();
  std::string forged = user.refresh;
  forged[20] = forged[20] == 'A' ? 'B' : 'A';
  EXPECT_TRUE(
      Says(Of(harness_.Refresh(forged)), RefusalDetail::kRefreshForged));
}

TEST_F(Why, AnswersForIdsOfBeforeARestart) {
  const std::string id = harness_.Login().Header("X-Refusal-Id");
  harness_.Restart();
  EXPECT_TRUE(harness_.service().operations().ExplainRefusal(id).ok());
  EXPECT_EQ(
      harness_.service().operations().ExplainRefusal("x").status().reason(),
      Reason::kNotFound);
}

TEST_F(Why, IsForRefusalsAlone) {
  const SignedInUser user = harness_.NewUser();
  EXPECT_EQ(harness_.Me(Bearer(user.access)).Header("X-Refusal-Id"), "");
  EXPECT_EQ(harness_.Get("/nothing/").Header("X-Refusal-Id"), "");
  EXPECT_TRUE(Of(harness_.Me({})).detail.size() > 10);
}

}  // namespace
}  // namespace clone_auth::testing

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Signup, MakesAnAccountAndItsOrganization) {
  ServiceHarness harness;
  const Answer signup = harness.Signup("  Ann@Example.TEST ");
  EXPECT_EQ(signup.status(), 201);
  EXPECT_EQ(signup.Text("email"), "ann@example.test");
  EXPECT_EQ(signup.Text("created_at"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(signup.body.AsObject()->size(), 3U);

  const Answer login = harness.Login();
  const Answer me = harness.Me(Bearer(login.Text("access")));
  EXPECT_EQ(me.status(), 200);
  EXPECT_EQ(me.Text("id"), signup.Text("id"));
  EXPECT_EQ(me.Text("role"), "owner");
  const JsonValue* organization = me.body.Find("organization");
  ASSERT_NE(organization, nullptr);
  EXPECT_EQ(*organization->FindString("name"), "ann");
}

TEST(Signup, RefusesAnAddressInUseWhateverItsCase) {
  ServiceHarness harness;
  harness.Signup();
  const Answer again = harness.Signup("ANN@example.test");
  EXPECT_EQ(again.status(), 400);
  EXPECT_EQ(again.http.body,
            R"({"email":["user with this email already exists."]})");
}

TEST(Login, AnswersWithBothTokensAndTheUser) {
  ServiceHarness harness;
  const Answer signup = harness.Signup();
  const Answer login = harness.Login();
  EXPECT_EQ(login.status(), 200);
  EXPECT_THAT(login.http.body, StartsWith(R"({"access":")"));
  EXPECT_EQ(login.Header("Allow"), "POST, OPTIONS");
  EXPECT_EQ(login.Header("Cache-Control"), "no-store");
  ASSERT_NE(login.body.Find("user"), nullptr);
  EXPECT_EQ(*login.body.Find("user")->FindString("id"), signup.Text("id"));
}

TEST(Login, AnswersTheSameForUnknownWrongAndDisabled) {
  ServiceHarness harness;
  harness.Signup();
  const Answer unknown = harness.Login("bob@example.test");
  const Answer wrong = harness.Login(kEmail, "not the words at all");
  ASSERT_TRUE(
      harness.service().operations().SetAccountEnabled(kEmail, false).ok());
  const Answer disabled = harness.Login();
  for (const Answer* answer : {&unknown, &wrong, &disabled}) {
    EXPECT_EQ(answer->status(), 401);
    EXPECT_EQ(answer->Header("WWW-Authenticate"), R"(Bearer realm="api")");
    EXPECT_EQ(answer->http.body,
              R"({"detail":"No active account found with the given )"
              R"(credentials","code":"invalid_credentials"})");
  }
}

TEST(Me, NeedsACredential) {
  ServiceHarness harness;
  const Answer me = harness.Me({});
  EXPECT_EQ(me.status(), 401);
  EXPECT_EQ(me.Header("WWW-Authenticate"), R"(Bearer realm="api")");
  EXPECT_EQ(me.Text("detail"), "Authentication credentials were not provided.");
  EXPECT_EQ(me.Text("code"), "credential_missing");
}

TEST(Me, AnswersTheSameForBothShapesOfCredential) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const Answer key =
      harness.IssueKey(R"({"label":"laptop"})", Bearer(user.access));
  ASSERT_EQ(key.status(), 201) << key.http.body;
  const Answer by_token = harness.Me(Bearer(user.access));
  EXPECT_EQ(by_token.status(), 200);
  EXPECT_EQ(harness.Me(KeyHeader(key.Text("key"))).http.body,
            by_token.http.body);
  EXPECT_EQ(harness.Me(Bearer(key.Text("key"))).http.body, by_token.http.body);
}

TEST(KeySet, PublishesThePublicKeyAlone) {
  ServiceHarness harness;
  const Answer keys = harness.Get("/.well-known/jwks.json");
  EXPECT_EQ(keys.status(), 200);
  EXPECT_THAT(keys.http.body, HasSubstr(R"("crv":"P-256")"));
  EXPECT_THAT(keys.http.body, ::testing::Not(HasSubstr(R"("d":)")));
  const auto set = JwkSet::Parse(keys.http.body, JwkTrust::kRemote);
  ASSERT_TRUE(set.ok());
  EXPECT_EQ(set->size(), 1U);
}

}  // namespace
}  // namespace clone_auth::testing

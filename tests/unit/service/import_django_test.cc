#include "gmock/gmock.h"
#include "unit/service/import_fixture.h"

namespace clone_auth::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ImportDjango : public ImportTest {};

TEST_F(ImportDjango, AddsWhatIsNewAndChangesNothingElse) {
  AddUser(1, kEmail);
  AddUser(2, "bob@example.test");
  AddKey(kFastKey, Sha512Hash(kFastKey));
  const ImportReport first = Import();
  EXPECT_EQ(CountOf(first, "accounts").added, 2U);
  EXPECT_EQ(CountOf(first, "drf-api-keys").added, 1U);
  EXPECT_TRUE(first.remarks.empty()) << first.remarks.front().text;
  // What was changed here stays, whatever the project says.
  EXPECT_TRUE(harness_.service()
                  .operations()
                  .SetAccountEnabled("bob@example.test", false)
                  .ok());
  AddUser(3, "eve@example.test");
  const ImportReport second = Import();
  EXPECT_EQ(CountOf(second, "accounts").added, 1U);
  EXPECT_EQ(CountOf(second, "accounts").known, 2U);
  EXPECT_EQ(CountOf(second, "drf-api-keys").known, 1U);
  EXPECT_EQ(harness_.Login("bob@example.test", kDjangoPassword).status(), 401);
  EXPECT_EQ(harness_.Login("eve@example.test", kDjangoPassword).status(), 200);
  EXPECT_EQ(harness_.service().operations().ListAccounts()->size(), 3U);
}

TEST_F(ImportDjango, APasswordSignsInAndIsHashedOurWayThen) {
  AddUser(1, "Ann@Example.test");
  Import();
  EXPECT_EQ(harness_.Login(kEmail, "wrong").status(), 401);
  EXPECT_EQ(harness_.Login(kEmail, kDjangoPassword).status(), 200);
  harness_.Stop();
  EXPECT_THAT(Select(harness_.database(), "SELECT password_hash FROM users"),
              StartsWith("$argon2id$"));
  harness_.Restart();
  EXPECT_EQ(harness_.Login(kEmail, kDjangoPassword).status(), 200);
}

TEST_F(ImportDjango, TheHashOfAKeyIsNoPassword) {
  AddUser(1, kEmail, true, Sha512Hash("something else"));
  EXPECT_EQ(Import().remarks.size(), 1U);
  EXPECT_EQ(harness_.Login(kEmail, "something else").status(), 401);
}

TEST_F(ImportDjango, AnAccountWithoutAUsablePasswordIsNamed) {
  AddUser(1, kEmail, true, "!DJn2rbWZVMdkMAbpDSVH4Vkh1VRk3YbkQKhDqHFO");
  AddUser(2, "bob@example.test", true, "bcrypt$$2b$12$abc");
  const ImportReport report = Import();
  EXPECT_EQ(CountOf(report, "accounts").added, 2U);
  ASSERT_EQ(report.remarks.size(), 2U);
  EXPECT_EQ(report.remarks[0].about, "account 1");
  EXPECT_THAT(report.remarks[1].text, Not(HasSubstr("2b$12")));
  EXPECT_EQ(harness_.Login(kEmail, "!").status(), 401);
}

TEST_F(ImportDjango, AnAddressThatIsTakenIsRefusedAndNothingOfItComes) {
  harness_.NewUser();
  AddUser(1, "ANN@example.test");
  AddUser(2, "bob@example.test");
  AddUser(3, "Bob@example.test");
  AddUser(4, "");
  Alter(django_, "INSERT INTO authtoken_token VALUES('" + std::string(40, 'a') +
                     "', '2025-06-01 10:00:00', 1)");
  const ImportReport report = Import();
  EXPECT_EQ(CountOf(report, "accounts").added, 1U);
  EXPECT_EQ(CountOf(report, "accounts").refused, 3U);
  EXPECT_EQ(CountOf(report, "authtokens").refused, 1U);
  EXPECT_EQ(harness_.Login(kEmail, kPassword).status(), 200);
  EXPECT_EQ(harness_.Login(kEmail, kDjangoPassword).status(), 401);
  EXPECT_EQ(harness_.Me({{"Authorization", "Token " + std::string(40, 'a')}})
                .status(),
            401);
}

TEST_F(ImportDjango, AKeyActsForItsOwnersOrganizationWithWhatItWasGiven) {
  const SignedInUser user = harness_.NewUser();
  AddKey(kFastKey, Sha512Hash(kFastKey));
  Import();
  EXPECT_EQ(harness_.Me(ApiKey(kFastKey)).Text("email"), kEmail);
  const Answer listed = harness_.Get("/api/auth/keys/", Bearer(user.access));
  EXPECT_THAT(listed.http.body, HasSubstr(R"("label":"build")"));
  EXPECT_THAT(listed.http.body, HasSubstr(R"("prefix":"Yq3vB8kM.")"));
  EXPECT_THAT(listed.http.body, HasSubstr(R"("scope":"org")"));
  EXPECT_THAT(listed.http.body, HasSubstr(R"(["pull","push"])"));
  EXPECT_THAT(listed.http.body, HasSubstr(R"("2025-06-01T10:00:00Z")"));
  // It may not make keys unless it was given that.
  EXPECT_EQ(harness_.IssueKey(R"({"label":"x"})", ApiKey(kFastKey)).status(),
            403);
}

TEST_F(ImportDjango, KeysWithoutAnOwnerAreRefused) {
  AddKey(kFastKey, Sha512Hash(kFastKey));
  const ImportReport report = Import();
  EXPECT_EQ(CountOf(report, "drf-api-keys").refused, 1U);
  EXPECT_EQ(report.remarks.front().about, "drf-api-key Yq3vB8kM");
}

TEST_F(ImportDjango, ATableOfUsersMayHaveAnotherNameAndUuids) {
  Alter(django_,
        "CREATE TABLE people(id TEXT PRIMARY KEY, password TEXT, email TEXT,"
        " is_active INTEGER);"
        "INSERT INTO people VALUES('8d3f1c5a0b524f0e9a3e6a1f4f1f0001','" +
            std::string(kDjangoHash) + "','ann@example.test',1)");
  DjangoImport wanted;
  wanted.file = django_;
  wanted.user_table = "people";
  wanted.signing_key = Secret::CopyOf(secret_);
  ASSERT_TRUE(harness_.service().operations().ImportDjango(wanted).ok());
  const std::string access =
      Token("access", std::chrono::minutes(5), "j",
            JsonValue(std::string("8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0001")));
  EXPECT_EQ(harness_.Me(Bearer(access)).Text("email"), kEmail);
}

TEST_F(ImportDjango, WhatIsNoProjectIsRefusedAndChangesNothing) {
  const auto reason = [this](DjangoImport wanted) {
    return harness_.service()
        .operations()
        .ImportDjango(wanted)
        .status()
        .reason();
  };
  DjangoImport wanted;
  wanted.file = harness_.folder().File("nothing");
  EXPECT_EQ(reason({wanted.file, "auth_user", {}, {}, {}}),
            Reason::kImportUnusable);
  EXPECT_EQ(reason({django_, "no_such_table", {}, {}, {}}),
            Reason::kImportUnusable);
  EXPECT_EQ(reason({django_, "auth_user; --", {}, {}, {}}),
            Reason::kInvalidArgument);
  EXPECT_EQ(reason({django_, "auth_user", {}, {}, {"Not A Name"}}),
            Reason::kInvalidArgument);
  AddUser(1, kEmail);
  EXPECT_EQ(
      reason(
          {django_, "auth_user", Secret::CopyOf(std::string(31, 's')), {}, {}}),
      Reason::kKeyWeak);
  EXPECT_EQ(harness_.service().operations().ListAccounts()->size(), 0U);
}

}  // namespace
}  // namespace clone_auth::testing

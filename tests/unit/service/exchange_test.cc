// An API key for a short-lived token (RFC 8693): the request and its answer.

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/exchange_fixture.h"

namespace clone_auth::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kIssuer[] = "https://auth.example.test";

TEST_F(Exchange, GivesATokenOfAQuarterOfAnHourWithTheKeysPermissions) {
  const std::string key =
      NewKey(R"({"label":"a","permissions":["push","pull"]})");
  const Answer answer = Swap(key);
  ASSERT_EQ(answer.status(), 200) << answer.http.body;
  EXPECT_EQ(answer.Text("token_type"), "Bearer");
  EXPECT_EQ(answer.Text("issued_token_type"), kAccessToken);
  EXPECT_EQ(*answer.body.Find("expires_in")->AsInt(), 900);
  EXPECT_EQ(answer.Text("scope"), "pull push");
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
  EXPECT_THAT(answer.http.body, Not(HasSubstr(key)));

  const HttpHeaders token = Bearer(answer.Text("access_token"));
  EXPECT_EQ(harness_.Me(token).Text("id"), user_.id);
  const Answer verified = harness_.Get("/api/auth/verify/", token);
  EXPECT_EQ(verified.Header("X-Clone-User"), user_.id);
  EXPECT_EQ(verified.Header("X-Clone-Permissions"), "pull push");
  EXPECT_EQ(verified.http.headers.Count("X-Clone-Role"), 0U);
}

TEST_F(Exchange, TakesTheRegisteredTypeOfATokenAsWell) {
  const Answer answer =
      Send(std::string(kGrant) + "&subject_token_type=" + kAccessToken +
           "&requested_token_type=" + kAccessToken + "&client_id=ci" +
           "&subject_token=" + NewKey());
  EXPECT_EQ(answer.status(), 200) << answer.http.body;
}

TEST_F(Exchange, OfARevokedKeyIsInTheTrailAsAUseOfIt) {
  const Answer key = Issue(R"({"label":"a"})");
  Revoke(key);
  Swap(key.Text("key"));
  Swap(key.Text("key"));
  // What requests left to the store's thread is done by then.
  EXPECT_EQ(harness_.Get("/readyz").status(), 200);
  AuditFilter of_key;
  of_key.key = *Uuid::Parse(key.Text("id"));
  const auto rows = harness_.service().operations().ListAudit(of_key);
  ASSERT_TRUE(rows.ok());
  std::vector<std::string> actions;
  for (const AuditRecord& row : *rows) actions.push_back(row.action);
  EXPECT_THAT(actions, ElementsAre("key_used_after_revocation", "key_revoked",
                                   "key_issued"));
}

TEST_F(Exchange, GivesATokenThatEndsWithTheKey) {
  const std::string key =
      NewKey(R"({"label":"a","expires_at":"2026-01-01T00:05:00.5Z"})");
  const Answer answer = Swap(key);
  EXPECT_EQ(*answer.body.Find("expires_in")->AsInt(), 300);
  const HttpHeaders token = Bearer(answer.Text("access_token"));
  harness_.clock().Advance(minutes(5));
  EXPECT_EQ(harness_.Me(token).status(), 200);
  // The key is good for half a second more, which no token can name.
  const Answer late = Swap(key);
  EXPECT_EQ(late.status(), 400);
  EXPECT_EQ(late.Text("code"), "key_expired");
  // Clocks may differ by a minute, but the end of a key is ours to tell.
  harness_.clock().Advance(seconds(1));
  EXPECT_EQ(harness_.Me(token).Text("code"), "key_expired");
}

TEST_F(Exchange, GivesATokenThatLivesNoLongerThanOthers) {
  harness_.options().access_lifetime = minutes(5);
  harness_.Restart();
  EXPECT_EQ(*Swap(NewKey()).body.Find("expires_in")->AsInt(), 300);
  harness_.options().access_lifetime = minutes(60);
  harness_.options().exchanged_lifetime = seconds(7);
  harness_.Restart();
  EXPECT_EQ(*Swap(NewKey()).body.Find("expires_in")->AsInt(), 7);
}

TEST(ExchangeOptions, BoundTheLifetime) {
  TemporaryFolder folder;
  FakeClock clock;
  for (const seconds lifetime : {seconds(0), seconds(-1), seconds(901)}) {
    ServiceOptions options = TestOptions(&clock);
    options.exchanged_lifetime = lifetime;
    EXPECT_EQ(IdentityService::OpenSqlite(folder.File("db"), options)
                  .status()
                  .reason(),
              Reason::kInvalidArgument);
  }
}

TEST_F(Exchange, NarrowsTheScopeAndNeverWidensIt) {
  const std::string key =
      NewKey(R"({"label":"a","permissions":["push","pull","keys"]})");
  EXPECT_EQ(Swap(key, "&scope=pull").Text("scope"), "pull");
  EXPECT_EQ(Swap(key, "&scope=push+pull+pull").Text("scope"), "pull push");
  EXPECT_EQ(Swap(key, "&scope=").Text("scope"), "keys pull push");
  for (const char* scope : {"admin", "pull+admin", "PULL", "pul", "pull,push",
                            "openid", "offline_access", "pull%09push"}) {
    const Answer answer = Swap(key, "&scope=" + std::string(scope));
    EXPECT_EQ(answer.status(), 400) << scope;
    EXPECT_THAT(answer.Text("error"), ::testing::StartsWith("invalid_"));
    EXPECT_EQ(answer.Text("access_token"), "");
  }
  EXPECT_EQ(Swap(key, "&scope=admin").Text("error"), "invalid_scope");
}

TEST_F(Exchange, IsForThisServiceAlone) {
  const std::string key = NewKey();
  const std::string here = kIssuer;
  EXPECT_EQ(Swap(key, "&resource=" + here + "&audience=" + here).status(), 200);
  EXPECT_EQ(Swap(key, "&resource=").status(), 200);
  for (const std::string& target :
       {std::string("&resource=https://other.example"),
        std::string("&audience=other"), "&audience=" + here + "/x",
        "&resource=https://other.example&resource=" + here}) {
    const Answer answer = Swap(key, target);
    EXPECT_EQ(answer.status(), 400) << target;
    EXPECT_EQ(answer.Text("error"), "invalid_target");
  }
}

TEST_F(Exchange, RefusesWhatIsNoSuchRequest) {
  const std::string key = NewKey();
  const std::string good = kGrant + Subject(key);
  const std::pair<std::string, const char*> cases[] = {
      {"", "invalid_request"},
      {Subject(key), "invalid_request"},
      {"grant_type=password" + Subject(key), "unsupported_grant_type"},
      {"grant_type=client_credentials", "unsupported_grant_type"},
      {"grant_type=refresh_token&refresh_token=x", "unsupported_grant_type"},
      {kGrant, "invalid_request"},
      {std::string(kGrant) + "&subject_token=" + key, "invalid_request"},
      {std::string(kGrant) + "&subject_token_type=" + kKeyType,
       "invalid_request"},
      {std::string(kGrant) + "&subject_token=" + key +
           "&subject_token_type=urn:ietf:params:oauth:token-type:saml2",
       "invalid_request"},
      {good + "&requested_token_type=urn:ietf:params:oauth:token-type:"
              "refresh_token",
       "invalid_request"},
      {good + "&actor_token=" + key, "invalid_request"},
      {good + "&subject_token=" + key, "invalid_request"},
      {good + "&scope=a&scope=a", "invalid_request"},
      {good + "&scope=%zz", "invalid_request"},
      {good + "%00", "invalid_request"},
  };
  for (const auto& [form, error] : cases) {
    const Answer answer = Send(form);
    EXPECT_EQ(answer.status(), 400) << form;
    EXPECT_EQ(answer.Text("error"), error) << form;
    EXPECT_NE(answer.Text("error_description"), "");
    EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
    EXPECT_THAT(answer.http.body, Not(HasSubstr(key)));
  }
  const Answer json = harness_.Post("/token", R"({"grant_type":"x"})");
  EXPECT_EQ(json.Text("error"), "invalid_request");
  EXPECT_EQ(harness_.Get("/token").status(), 405);
}

TEST_F(Exchange, RefusesEveryKeyThatIsNotGood) {
  const Answer revoked = Issue(R"({"label":"a"})");
  Revoke(revoked);
  const std::string expired =
      NewKey(R"({"label":"a","expires_at":"2026-01-01T00:01:00Z"})");
  harness_.clock().Advance(minutes(1));
  std::string altered = NewKey();
  altered.back() = altered.back() == 'a' ? 'b' : 'a';
  const std::pair<std::string, const char*> cases[] = {
      {revoked.Text("key"), "key_revoked"},
      {expired, "key_expired"},
      {altered, "key_unknown"},
      {"x", "key_malformed"},
      {user_.access, "key_malformed"},
      {user_.refresh, "key_malformed"},
  };
  for (const auto& [key, code] : cases) {
    const Answer answer = Swap(key);
    EXPECT_EQ(answer.status(), 400);
    EXPECT_EQ(answer.Text("error"), "invalid_request");
    EXPECT_EQ(answer.Text("code"), code);
  }
  const std::string good = NewKey();
  ASSERT_TRUE(
      harness_.service().operations().SetAccountEnabled(kEmail, false).ok());
  EXPECT_EQ(Swap(good).Text("code"), "account_disabled");
}

TEST_F(Exchange, TakesTheKeyAsSubjectAndASecondCredentialNowhere) {
  const std::string key = NewKey();
  const std::string form = kGrant + Subject(key);
  HttpHeaders proxy = {{"Authorization", "Basic eDp5"}};
  EXPECT_EQ(Send(form, proxy).status(), 200);
  for (const HttpHeaders& headers :
       {KeyHeader(key), Bearer(key), Bearer(user_.access), Bearer("x"),
        KeyHeader("x"), HttpHeaders{{"Authorization", "DPoP x"}}}) {
    const Answer answer = Send(form, headers);
    EXPECT_EQ(answer.status(), 400);
    EXPECT_EQ(answer.Text("error"), "invalid_request");
    EXPECT_EQ(answer.Text("code"), "multiple_credentials");
  }
  // A key in the header alone is no subject token.
  EXPECT_EQ(Send(kGrant, KeyHeader(key)).status(), 400);
}

TEST_F(Exchange, CountsAsAUseOfTheKey) {
  const Answer key = Issue(R"({"label":"a"})");
  const auto last_use = [&] {
    return harness_
        .Get("/api/auth/keys/" + key.Text("id") + "/", Bearer(user_.access))
        .Text("last_used_at");
  };
  const HttpHeaders token = Bearer(Swap(key.Text("key")).Text("access_token"));
  EXPECT_EQ(last_use(), "2026-01-01T00:00:00Z");
  harness_.clock().Advance(seconds(5));
  harness_.Me(token);
  EXPECT_EQ(last_use(), "2026-01-01T00:00:05Z");
}

TEST_F(Exchange, IsAUseOfTheKeyThatEndsTheOneBefore) {
  const Answer old = Issue(R"({"label":"a"})");
  const Answer rolled =
      harness_.Post("/api/auth/keys/" + old.Text("id") + "/roll/",
                    R"({"overlap":0})", Bearer(user_.access));
  ASSERT_EQ(rolled.status(), 201);
  EXPECT_EQ(Swap(rolled.Text("key")).status(), 200);
  EXPECT_EQ(Swap(old.Text("key")).status(), 400);
  harness_.Restart();
  EXPECT_EQ(Swap(old.Text("key")).status(), 400);
  AuditFilter of_key;
  of_key.key = *Uuid::Parse(rolled.Text("id"));
  const auto rows = harness_.service().operations().ListAudit(of_key);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(rows->front().action, "key_first_used");
}

}  // namespace
}  // namespace clone_auth::testing

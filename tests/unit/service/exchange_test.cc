// An API key for a short-lived token (RFC 8693).

#include <algorithm>
#include <atomic>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/base64.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kIssuer[] = "https://auth.example.test";
constexpr char kAccessToken[] = "urn:ietf:params:oauth:token-type:access_token";
constexpr char kKeyType[] = "urn:clone-auth:token-type:api-key";
constexpr char kGrant[] =
    "grant_type=urn:ietf:params:oauth:grant-type:token-exchange";

std::string Subject(const std::string& key) {
  return std::string("&subject_token_type=") + kKeyType +
         "&subject_token=" + key;
}

std::set<std::string> Words(const std::string& text) {
  std::istringstream stream(text);
  std::set<std::string> words;
  for (std::string word; stream >> word;) words.insert(word);
  return words;
}

/// The claims of a token, which was not verified.
JsonValue ClaimsOf(const std::string& token) {
  const std::size_t first = token.find('.') + 1;
  const std::string part = token.substr(first, token.find('.', first) - first);
  std::string text(part.size() * 3 / 4, '\0');
  EXPECT_TRUE(service::FromBase64Url(part, text.data(), text.size()));
  return *JsonValue::Parse(text);
}

class Exchange : public ::testing::Test {
 protected:
  Answer Send(const std::string& form, HttpHeaders headers = {}) {
    headers.Add("Content-Type", "application/x-www-form-urlencoded");
    return harness_.Post("/token", form, std::move(headers));
  }
  Answer Swap(const std::string& key, const std::string& more = {}) {
    return Send(kGrant + Subject(key) + more);
  }
  Answer Issue(const std::string& body) {
    return harness_.IssueKey(body, Bearer(user_.access));
  }
  std::string NewKey(const std::string& body = R"({"label":"a"})") {
    return Issue(body).Text("key");
  }
  std::string TokenFor(const std::string& body) {
    return Swap(NewKey(body)).Text("access_token");
  }
  void Revoke(const Answer& key) {
    EXPECT_EQ(harness_
                  .Delete("/api/auth/keys/" + key.Text("id") + "/",
                          Bearer(user_.access))
                  .status(),
              204);
  }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

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

TEST_F(Exchange, GivesATokenThatIsRefusedOnceTheKeyIsRevoked) {
  const Answer key = Issue(R"({"label":"a"})");
  const HttpHeaders token = Bearer(Swap(key.Text("key")).Text("access_token"));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(harness_.Me(token).status(), 200);
  Revoke(key);
  const Answer refused = harness_.Me(token);
  EXPECT_EQ(refused.status(), 401);
  EXPECT_EQ(refused.Text("code"), "key_revoked");
  const auto why = harness_.service().operations().ExplainRefusal(
      refused.Header("X-Refusal-Id"));
  ASSERT_TRUE(why.ok());
  ASSERT_TRUE(why->key.has_value());
  EXPECT_EQ(why->key->ToString(), key.Text("id"));
}

TEST_F(Exchange, GivesATokenThatEndsWithItsOwnersAccessAndSurvivesSignOut) {
  const HttpHeaders token = Bearer(TokenFor(R"({"label":"a"})"));
  harness_.Logout(user_.refresh);
  EXPECT_EQ(harness_.Me(token).status(), 200);
  ServiceOperations& operations = harness_.service().operations();
  ASSERT_TRUE(operations.SetAccountEnabled(kEmail, false).ok());
  EXPECT_EQ(harness_.Me(token).Text("code"), "account_disabled");
  ASSERT_TRUE(operations.SetAccountEnabled(kEmail, true).ok());
  EXPECT_EQ(harness_.Me(token).Text("code"), "token_revoked");
}

TEST_F(Exchange, GivesATokenThatSurvivesARestart) {
  const Answer key = Issue(R"({"label":"a"})");
  const HttpHeaders token = Bearer(Swap(key.Text("key")).Text("access_token"));
  harness_.Restart();
  EXPECT_EQ(harness_.Me(token).status(), 200);
  Revoke(key);
  harness_.Restart();
  EXPECT_EQ(harness_.Me(token).Text("code"), "key_revoked");
}

TEST_F(Exchange, GivesATokenThatIssuesNoMoreThanItsKey) {
  const Answer other = Issue(R"({"label":"other"})");
  const std::string other_path = "/api/auth/keys/" + other.Text("id") + "/";
  const HttpHeaders without =
      Bearer(TokenFor(R"({"label":"a","permissions":["pull"]})"));
  EXPECT_EQ(harness_.IssueKey(R"({"label":"b"})", without).status(), 403);
  EXPECT_EQ(harness_.Delete(other_path, without).status(), 403);

  const std::string key =
      NewKey(R"({"label":"a","permissions":["keys","pull"]})");
  const HttpHeaders narrowed =
      Bearer(Swap(key, "&scope=pull").Text("access_token"));
  EXPECT_EQ(harness_.IssueKey(R"({"label":"b"})", narrowed).status(), 403);

  const HttpHeaders with = Bearer(Swap(key).Text("access_token"));
  const Answer issued =
      harness_.IssueKey(R"({"label":"b","permissions":["pull"]})", with);
  EXPECT_EQ(issued.status(), 201);
  // It outlives not even the token.
  EXPECT_EQ(issued.Text("expires_at"), "2026-01-01T00:15:00Z");
  for (const char* body :
       {R"({"label":"b","permissions":["push"]})",
        R"({"label":"b","expires_at":"2026-01-01T00:15:01Z"})"}) {
    EXPECT_EQ(harness_.IssueKey(body, with).status(), 403) << body;
  }
}

TEST_F(Exchange, GivesATokenThatReachesOfAnOrganizationsKeyOnlyWhatItDoes) {
  const Answer own = Issue(R"({"label":"own"})");
  const HttpHeaders token =
      Bearer(TokenFor(R"({"label":"a","scope":"org","permissions":["keys"]})"));
  const std::string path = "/api/auth/keys/" + own.Text("id") + "/";
  EXPECT_EQ(harness_.Get(path, token).status(), 404);
  EXPECT_EQ(harness_.Delete(path, token).status(), 404);
  EXPECT_EQ(*harness_.Get("/api/auth/keys/", token).body.Find("count")->AsInt(),
            1);
  EXPECT_EQ(
      harness_.IssueKey(R"({"label":"b","scope":"user"})", token).status(),
      403);
  EXPECT_EQ(harness_.IssueKey(R"({"label":"b"})", token).Text("scope"), "org");
  EXPECT_EQ(harness_.Get("/api/auth/verify/", token)
                .http.headers.Count("X-Clone-User"),
            0U);
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

// Every key of a kind, with every request for a scope.
TEST_F(Exchange,
       NeverGivesAPermissionAScopeAnOrganizationOrTimeThatTheKeyLacks) {
  const std::string_view names[] = {"keys", "pull", "push"};
  const char* expiries[] = {
      "null", R"("2026-01-01T00:00:02Z")", R"("2026-01-01T00:14:59.999999Z")",
      R"("2026-01-01T00:15:00Z")", R"("2027-01-01T00:00:00Z")"};
  const std::string organization = *harness_.Me(Bearer(user_.access))
                                        .body.Find("organization")
                                        ->FindString("id");
  const std::int64_t now = ToUnixSeconds(harness_.clock().Now()).count();
  int granted = 0;
  const auto pick = [&names](unsigned bits, std::string_view quote,
                             std::string_view between) {
    std::string text;
    for (unsigned i = 0; i < 3; ++i) {
      if ((bits >> i & 1) == 0) continue;
      if (!text.empty()) text += between;
      text.append(quote).append(names[i]).append(quote);
    }
    return text;
  };
  for (const char* scope : {"user", "org"}) {
    for (const char* expiry : expiries) {
      for (unsigned has = 0; has < 8; ++has) {
        const Answer key =
            Issue("{\"label\":\"a\",\"scope\":\"" + std::string(scope) +
                  "\",\"expires_at\":" + expiry + ",\"permissions\":[" +
                  pick(has, "\"", ",") + "]}");
        ASSERT_EQ(key.status(), 201) << key.http.body;
        for (unsigned asks = 0; asks < 8; ++asks) {
          const Answer answer =
              Swap(key.Text("key"), "&scope=" + pick(asks, "", "+"));
          if ((asks & ~has) != 0) {
            EXPECT_EQ(answer.Text("error"), "invalid_scope");
            continue;
          }
          ASSERT_EQ(answer.status(), 200) << answer.http.body;
          ++granted;
          const JsonValue claims = ClaimsOf(answer.Text("access_token"));
          const unsigned expected = asks == 0 ? has : asks;
          EXPECT_EQ(Words(*claims.FindString("scope")),
                    Words(pick(expected, "", " ")));
          EXPECT_EQ(*claims.FindString("scope"), answer.Text("scope"));
          EXPECT_EQ(*claims.FindString("key_scope"), scope);
          EXPECT_EQ(*claims.FindString("org"), organization);
          EXPECT_EQ(*claims.FindString("sub"), user_.id);
          EXPECT_EQ(*claims.FindString("sid"), key.Text("id"));
          EXPECT_EQ(claims.Find("role"), nullptr);
          const std::int64_t end = *claims.Find("exp")->AsInt();
          EXPECT_LE(end, now + 900);
          EXPECT_EQ(end, now + *answer.body.Find("expires_in")->AsInt());
          if (expiry == expiries[1]) {
            EXPECT_LE(end, now + 2);
          }
          if (expiry == expiries[2]) {
            EXPECT_LE(end, now + 899);
          }
        }
      }
    }
  }
  // Of 8 sets and 8 questions 27 are subsets.
  EXPECT_EQ(granted, 2 * 5 * 27);
}

TEST_F(Exchange, TokensAreRefusedByEveryRequestAfterTheKeyWasRevoked) {
  const Answer key = Issue(R"({"label":"a"})");
  const HttpHeaders token = Bearer(Swap(key.Text("key")).Text("access_token"));
  std::atomic<bool> revoked{false};
  std::atomic<bool> stop{false};
  std::atomic<int> served{0};
  std::atomic<int> served_late{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      while (!stop) {
        const bool late = revoked;
        const int status =
            harness_.service()
                .Handle(MakeRequest("GET", "/api/auth/me/", {}, token))
                .status;
        if (status == 200) ++(late ? served_late : served);
      }
    });
  }
  while (served < 100) std::this_thread::yield();
  Revoke(key);
  revoked = true;
  const std::string form = kGrant + Subject(key.Text("key"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(Send(form).status(), 400);
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served_late, 0);
}

}  // namespace
}  // namespace clone_auth::testing

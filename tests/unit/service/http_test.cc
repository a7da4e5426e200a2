#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using ::testing::HasSubstr;

TEST(Http, ServesAPathWithAndWithoutTheSlashAtItsEnd) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  EXPECT_EQ(harness.Get("/api/auth/me", Bearer(user.access)).status(), 200);
  EXPECT_EQ(harness.Get("/api/auth/me/", Bearer(user.access)).status(), 200);
  EXPECT_EQ(harness.Get("/api/auth/me?x=1", Bearer(user.access)).status(), 200);
  EXPECT_EQ(
      harness.Post("/api/auth/login", Credentials(kEmail, kPassword)).status(),
      200);
}

TEST(Http, AnswersAnUnknownPathWith404InJson) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  for (const char* path :
       {"/", "", "/api/auth/nothing/", "/api/auth", "/api/auth/me/x",
        "//api/auth/me/", "/api/auth//me/", "/api/auth/./me/",
        "/api/auth/%6de/", "/API/auth/me/", "/api/auth/me//",
        "/api/auth/keys/not-a-uuid/", "/api/auth/keys/1/",
        "/api/auth/keys/6ba7b810-9dad-11d1-80b4-00c04fd430c8/x/"}) {
    const Answer answer = harness.Get(path, Bearer(user.access));
    EXPECT_EQ(answer.status(), 404) << path;
    EXPECT_EQ(answer.http.body, R"({"detail":"Not found.","code":"not_found"})")
        << path;
    EXPECT_EQ(answer.Header("Content-Type"), "application/json");
  }
}

struct MethodCase {
  const char* path;
  const char* allow;
  std::vector<const char*> wrong;
};

TEST(Http, AnswersAWrongMethodWith405AndAllow) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string some_key =
      "/api/auth/keys/6ba7b810-9dad-11d1-80b4-00c04fd430c8/";
  const MethodCase cases[] = {
      {"/api/auth/login/", "POST, OPTIONS", {"GET", "HEAD", "PUT", "TRACE"}},
      {"/api/auth/signup/", "POST, OPTIONS", {"GET", "DELETE"}},
      {"/api/auth/logout/", "POST, OPTIONS", {"GET", "get"}},
      {"/api/auth/token/refresh/", "POST, OPTIONS", {"GET", "PATCH"}},
      {"/api/auth/invite/validate/", "POST, OPTIONS", {"GET"}},
      {"/api/auth/waitlist/", "POST, OPTIONS", {"GET"}},
      {"/api/auth/me/", "GET, HEAD, OPTIONS", {"POST", "DELETE", "FOO"}},
      {"/api/auth/keys/", "GET, POST, HEAD, OPTIONS", {"PUT", "DELETE"}},
      {some_key.c_str(), "GET, DELETE, HEAD, OPTIONS", {"PUT", "POST"}},
      {"/.well-known/jwks.json", "GET, HEAD, OPTIONS", {"POST"}},
      {"/token", "POST, OPTIONS", {"GET", "PUT"}},
      {"/healthz", "GET, HEAD, OPTIONS", {"POST"}},
      {"/readyz", "GET, HEAD, OPTIONS", {"POST"}},
  };
  for (const MethodCase& row : cases) {
    for (const char* method : row.wrong) {
      const HttpResponse answer = harness.service().Handle(
          MakeRequest(method, row.path, "{}", Bearer(user.access)));
      EXPECT_EQ(answer.status, 405) << method << ' ' << row.path;
      ASSERT_NE(answer.headers.Find("Allow"), nullptr);
      EXPECT_EQ(*answer.headers.Find("Allow"), row.allow);
      if (std::string_view(method) == "HEAD") continue;
      EXPECT_EQ(answer.body, "{\"detail\":\"Method \\\"" + std::string(method) +
                                 "\\\" not allowed.\",\"code\":"
                                 "\"method_not_allowed\"}");
    }
  }
}

TEST(Http, DecidesWhoAsksBeforeTheMethod) {
  ServiceHarness harness;
  const Answer answer = harness.Post("/api/auth/me/", "{}");
  EXPECT_EQ(answer.status(), 401);
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, OPTIONS");
}

TEST(Http, AnswersHeadLikeGetWithoutABody) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const HttpResponse answer = harness.service().Handle(
      MakeRequest("HEAD", "/api/auth/me/", {}, Bearer(user.access)));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(*answer.headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(
      harness.service().Handle(MakeRequest("HEAD", "/api/auth/me/")).status,
      401);
}

TEST(Http, SetsTheSameSafetyHeadersOnEveryAnswer) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  for (const Answer& answer :
       {harness.Get("/nothing"), harness.Get("/healthz"), harness.Me({}),
        harness.Me(Bearer(user.access)), harness.Login("x", "y"),
        harness.Post("/api/auth/login/", "{")}) {
    EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
    EXPECT_EQ(answer.Header("X-Content-Type-Options"), "nosniff");
    EXPECT_EQ(answer.http.headers.Count("Content-Type"), 1U);
    EXPECT_EQ(answer.http.headers.Count("Access-Control-Allow-Origin"), 0U);
    EXPECT_EQ(answer.http.headers.Count("Vary"), 0U);
  }
}

TEST(Http, SaysThatItIsUpAndThatTheStoreAnswers) {
  ServiceHarness harness;
  EXPECT_EQ(harness.Get("/healthz").status(), 200);
  EXPECT_EQ(harness.Get("/readyz").status(), 200);
  EXPECT_TRUE(harness.service().Ready().ok());
}

TEST(Http, RefusesTwoCredentialsEvenWhenEachIsGood) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string key =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  HttpHeaders both = Bearer(user.access);
  for (const HttpHeader& field : KeyHeader(key)) {
    both.Add(field.name, field.value);
  }
  HttpHeaders twice = Bearer(user.access);
  twice.Add("Authorization", "Bearer " + user.access);
  for (const HttpHeaders& headers : {both, twice}) {
    const Answer answer = harness.Me(headers);
    EXPECT_EQ(answer.status(), 400);
    EXPECT_EQ(answer.Text("code"), "multiple_credentials");
    EXPECT_THAT(answer.Header("WWW-Authenticate"),
                HasSubstr("invalid_request"));
  }
}

TEST(Http, AsksForACredentialAgainWhateverIsWrongWithIt) {
  ServiceHarness harness;
  const SignedInUser user = harness.NewUser();
  const std::string raw =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  std::string altered = raw;
  altered.back() = altered.back() == 'a' ? 'b' : 'a';
  std::string forged = user.access;
  char& late = forged[forged.size() - 10];
  late = late == 'a' ? 'b' : 'a';
  const std::string& prefix = harness.options().scheme.prefix;
  const struct {
    HttpHeaders headers;
    const char* code;
  } cases[] = {
      {Bearer("nonsense"), "token_malformed"},
      {Bearer(forged), "token_signature"},
      {Bearer(user.refresh), "token_malformed"},
      {{{"Authorization", "Bearer"}}, "credential_malformed"},
      {{{"Authorization", "Bearer a b"}}, "credential_malformed"},
      {{{"Authorization", std::string("Bearer a\0b", 10)}},
       "credential_malformed"},
      {{{"Authorization", "Token " + user.access}}, "credential_missing"},
      {KeyHeader(altered), "key_unknown"},
      {KeyHeader(prefix), "key_malformed"},
      {KeyHeader(prefix + "abcdefghijklmnop"), "key_unknown"},
      {KeyHeader(user.access), "key_malformed"},
      {KeyHeader(raw + "\r\nX: y"), "key_malformed"},
  };
  for (const auto& row : cases) {
    const Answer answer = harness.Me(row.headers);
    EXPECT_EQ(answer.status(), 401) << row.code;
    EXPECT_EQ(answer.Text("code"), row.code);
    EXPECT_THAT(answer.Header("WWW-Authenticate"),
                ::testing::StartsWith(R"(Bearer realm="api")"));
  }
}

TEST(Http, LetsNobodyTellAnAlteredKeyFromAnUnknownOne) {
  ServiceHarness harness;
  ServiceHarness elsewhere;
  const SignedInUser user = harness.NewUser();
  std::string altered =
      harness.IssueKey(R"({"label":"a"})", Bearer(user.access)).Text("key");
  altered.back() = altered.back() == 'a' ? 'b' : 'a';
  const std::string foreign =
      elsewhere.IssueKey(R"({"label":"a"})", Bearer(elsewhere.NewUser().access))
          .Text("key");
  const Answer one = harness.Me(KeyHeader(altered));
  const Answer other = harness.Me(KeyHeader(foreign));
  EXPECT_EQ(one.http.body, other.http.body);
  EXPECT_EQ(one.Header("WWW-Authenticate"), other.Header("WWW-Authenticate"));
}

TEST(Cors, AnswersNamedOriginsAlone) {
  ServiceOptions options = TestOptions(nullptr);
  options.cors_origins = {"https://app.example.test"};
  ServiceHarness harness(options);
  const Answer named =
      harness.Get("/healthz", {{"Origin", "https://app.example.test"}});
  EXPECT_EQ(named.Header("Access-Control-Allow-Origin"),
            "https://app.example.test");
  EXPECT_EQ(named.Header("Vary"), "Origin");
  for (const char* origin : {"https://evil.example.test", "null", "*",
                             "https://app.example.test.evil.test"}) {
    const Answer other = harness.Get("/healthz", {{"Origin", origin}});
    EXPECT_EQ(other.http.headers.Count("Access-Control-Allow-Origin"), 0U);
    EXPECT_EQ(other.Header("Vary"), "Origin");
  }
}

TEST(Cors, AnswersAPreflightWithoutACredential) {
  ServiceOptions options = TestOptions(nullptr);
  options.cors_origins = {"https://app.example.test"};
  ServiceHarness harness(options);
  const Answer answer =
      harness.Send(MakeRequest("OPTIONS", "/api/auth/me/", {},
                               {{"Origin", "https://app.example.test"},
                                {"Access-Control-Request-Method", "GET"}}));
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.Header("Access-Control-Allow-Methods"),
            "GET, HEAD, OPTIONS");
  EXPECT_THAT(answer.Header("Access-Control-Allow-Headers"),
              HasSubstr(options.scheme.header));
}

TEST(Cors, SaysNothingToAnybodyByDefault) {
  ServiceHarness harness;
  const Answer answer =
      harness.Send(MakeRequest("OPTIONS", "/api/auth/me/", {},
                               {{"Origin", "https://app.example.test"}}));
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(answer.http.headers.Count("Access-Control-Allow-Origin"), 0U);
}

}  // namespace
}  // namespace clone_auth::testing

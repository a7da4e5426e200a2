#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string PathOf(const Answer& key) {
  return "/api/auth/keys/" + key.Text("id") + "/";
}

class Keys : public ::testing::Test {
 protected:
  Answer Issue(const std::string& body) {
    return harness_.IssueKey(body, Bearer(user_.access));
  }
  HttpHeaders KeyWith(const std::string& body) {
    return KeyHeader(Issue(body).Text("key"));
  }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

TEST_F(Keys, AreShownOnceWhenIssued) {
  const Answer issued =
      Issue(R"({"label":"  my-laptop ","permissions":["push","pull","pull"]})");
  EXPECT_EQ(issued.status(), 201);
  EXPECT_EQ(issued.Text("label"), "my-laptop");
  EXPECT_EQ(issued.Text("created_at"), "2026-01-01T00:00:00Z");
  EXPECT_EQ(issued.Text("scope"), "user");
  EXPECT_THAT(issued.Text("key"),
              StartsWith(harness_.options().scheme.prefix + "u"));
  EXPECT_THAT(issued.Text("key"), StartsWith(issued.Text("prefix")));
  EXPECT_THAT(issued.http.body, HasSubstr(R"("permissions":["pull","push"])"));
  EXPECT_THAT(issued.http.body,
              HasSubstr(R"("last_used_at":null,"expires_at":null,)"
                        R"("revoked_at":null)"));

  const Answer shown = harness_.Get(PathOf(issued), Bearer(user_.access));
  EXPECT_EQ(shown.status(), 200);
  EXPECT_EQ(shown.Text("label"), "my-laptop");
  EXPECT_THAT(shown.http.body, Not(HasSubstr(issued.Text("key"))));
}

TEST_F(Keys, AreListedNewestFirstInPages) {
  for (const char* label : {"a", "b", "c", "d", "e"}) {
    Issue("{\"label\":\"" + std::string(label) + "\"}");
  }
  const Answer all = harness_.Get("/api/auth/keys/", Bearer(user_.access));
  EXPECT_EQ(all.status(), 200);
  EXPECT_EQ(*all.body.Find("count")->AsInt(), 5);
  EXPECT_TRUE(all.body.Find("next")->IsNull());
  EXPECT_EQ(*all.body.Find("results")->AsArray()->front().FindString("label"),
            "e");

  const Answer second =
      harness_.Get("/api/auth/keys/?page=2&page_size=2", Bearer(user_.access));
  const auto& results = *second.body.Find("results")->AsArray();
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(*results[0].FindString("label"), "c");
  EXPECT_EQ(second.Text("next"),
            "https://auth.example.test/api/auth/keys/?page=3&page_size=2");
  EXPECT_EQ(second.Text("previous"),
            "https://auth.example.test/api/auth/keys/?page_size=2");
  const Answer third =
      harness_.Get("/api/auth/keys/?page=3&page_size=2", Bearer(user_.access));
  EXPECT_EQ(third.body.Find("results")->AsArray()->size(), 1U);
  EXPECT_TRUE(third.body.Find("next")->IsNull());
}

TEST_F(Keys, HaveAnEmptyFirstPageAndNoOther) {
  const Answer first = harness_.Get("/api/auth/keys/", Bearer(user_.access));
  EXPECT_EQ(first.http.body,
            R"({"count":0,"next":null,"previous":null,"results":[]})");
  for (const char* page :
       {"2", "0", "-1", "x", "1.0", "99999999999999999999", "%31", "1x"}) {
    const Answer answer = harness_.Get(
        "/api/auth/keys/?page=" + std::string(page), Bearer(user_.access));
    EXPECT_EQ(answer.status(), 404) << page;
    EXPECT_EQ(answer.Text("detail"), "Invalid page.");
  }
}

TEST_F(Keys, ComeInPagesOfAtMostAHundred) {
  Issue(R"({"label":"a"})");
  Issue(R"({"label":"b"})");
  for (const char* size : {"101", "4294967295", "0", "-1", "x", ""}) {
    const Answer answer = harness_.Get(
        "/api/auth/keys/?page_size=" + std::string(size), Bearer(user_.access));
    EXPECT_EQ(answer.status(), 200) << size;
    EXPECT_EQ(answer.body.Find("results")->AsArray()->size(), 2U);
  }
}

TEST_F(Keys, VerifyNoMoreOnceRevoked) {
  const Answer issued = Issue(R"({"label":"a"})");
  const HttpHeaders key = KeyHeader(issued.Text("key"));
  EXPECT_EQ(harness_.Me(key).status(), 200);
  const Answer revoked = harness_.Delete(PathOf(issued), Bearer(user_.access));
  EXPECT_EQ(revoked.status(), 204);
  EXPECT_EQ(revoked.http.body, "");
  EXPECT_EQ(revoked.http.headers.Count("Content-Type"), 0U);
  const Answer refused = harness_.Me(key);
  EXPECT_EQ(refused.status(), 401);
  EXPECT_EQ(refused.Text("code"), "key_revoked");
  EXPECT_EQ(harness_.Delete(PathOf(issued), Bearer(user_.access)).status(),
            404);
  EXPECT_EQ(
      harness_.Get(PathOf(issued), Bearer(user_.access)).Text("revoked_at"),
      "2026-01-01T00:00:00Z");
}

TEST_F(Keys, VerifyNoMoreOnceExpired) {
  const HttpHeaders key =
      KeyWith(R"({"label":"a","expires_at":"2026-01-01T01:00:00Z"})");
  harness_.clock().Advance(hours(1) - seconds(1));
  EXPECT_EQ(harness_.Me(key).status(), 200);
  harness_.clock().Advance(seconds(1));
  EXPECT_EQ(harness_.Me(key).Text("code"), "key_expired");
}

TEST_F(Keys, OfSomebodyElseAreNotThere) {
  const Answer issued = Issue(R"({"label":"a"})");
  const SignedInUser other = harness_.NewUser("bob@example.test");
  const std::string unknown =
      "/api/auth/keys/6ba7b810-9dad-11d1-80b4-00c04fd430c8/";
  for (const std::string& path : {PathOf(issued), unknown}) {
    for (const Answer& answer : {harness_.Get(path, Bearer(other.access)),
                                 harness_.Delete(path, Bearer(other.access))}) {
      EXPECT_EQ(answer.status(), 404);
      EXPECT_EQ(answer.http.body,
                R"({"detail":"Not found.","code":"not_found"})");
    }
  }
  EXPECT_EQ(*harness_.Get("/api/auth/keys/", Bearer(other.access))
                 .body.Find("count")
                 ->AsInt(),
            0);
  EXPECT_EQ(harness_.Me(KeyHeader(issued.Text("key"))).status(), 200);
}

TEST_F(Keys, IssueAndRevokeOnlyWithThePermission) {
  const Answer other = Issue(R"({"label":"other"})");
  const HttpHeaders without =
      KeyWith(R"({"label":"a","permissions":["pull"]})");
  EXPECT_EQ(harness_.IssueKey(R"({"label":"b"})", without).status(), 403);
  EXPECT_EQ(harness_.Delete(PathOf(other), without).status(), 403);
  EXPECT_EQ(harness_.Get("/api/auth/keys/", without).status(), 200);
  EXPECT_EQ(harness_.Get(PathOf(other), without).status(), 200);

  const HttpHeaders with =
      KeyWith(R"({"label":"a","permissions":["keys","pull"]})");
  EXPECT_EQ(harness_.IssueKey(R"({"label":"b"})", with).status(), 201);
  EXPECT_EQ(harness_.Delete(PathOf(other), with).status(), 204);
}

TEST_F(Keys, NeverIssueMoreThanTheyAre) {
  const HttpHeaders personal =
      KeyWith(R"({"label":"a","permissions":["keys","pull"],)"
              R"("expires_at":"2026-02-01T00:00:00Z"})");
  const HttpHeaders organization =
      KeyWith(R"({"label":"a","scope":"org","permissions":["keys"]})");
  const struct {
    const HttpHeaders& issuer;
    const char* body;
    int status;
  } cases[] = {
      {personal, R"({"label":"b","permissions":["pull"]})", 201},
      {personal, R"({"label":"b","permissions":["keys","pull"]})", 201},
      {personal, R"({"label":"b","permissions":["push"]})", 403},
      {personal, R"({"label":"b","permissions":["pull","pul"]})", 403},
      {personal, R"({"label":"b","scope":"org"})", 201},
      {personal, R"({"label":"b","expires_at":"2026-02-01T00:00:01Z"})", 403},
      {personal, R"({"label":"b","expires_at":"2026-01-15T00:00:00Z"})", 201},
      {organization, R"({"label":"b"})", 201},
      {organization, R"({"label":"b","scope":"user"})", 403},
  };
  for (const auto& row : cases) {
    const Answer answer = harness_.IssueKey(row.body, row.issuer);
    EXPECT_EQ(answer.status(), row.status) << row.body;
    if (row.status == 403) {
      EXPECT_EQ(answer.http.body,
                R"({"detail":"You do not have permission to perform this )"
                R"(action.","code":"permission_denied"})");
    }
  }
  // Without an end of its own the new key takes the end of its issuer.
  EXPECT_EQ(harness_.IssueKey(R"({"label":"b"})", personal).Text("expires_at"),
            "2026-02-01T00:00:00Z");
  EXPECT_EQ(harness_.IssueKey(R"({"label":"b"})", organization).Text("scope"),
            "org");
}

TEST_F(Keys, OfAnOrganizationDoNotReachTheIssuersOwn) {
  const Answer own = Issue(R"({"label":"own"})");
  const Answer shared =
      Issue(R"({"label":"shared","scope":"org","permissions":["keys"]})");
  const HttpHeaders key = KeyHeader(shared.Text("key"));
  EXPECT_EQ(harness_.Get(PathOf(own), key).status(), 404);
  EXPECT_EQ(harness_.Delete(PathOf(own), key).status(), 404);
  EXPECT_EQ(harness_.Get(PathOf(shared), key).status(), 200);
  EXPECT_EQ(*harness_.Get("/api/auth/keys/", key).body.Find("count")->AsInt(),
            1);
  EXPECT_THAT(shared.Text("key"),
              StartsWith(harness_.options().scheme.prefix + "o"));
}

TEST_F(Keys, TakeOnlyGoodFields) {
  std::string many;
  for (int i = 0; i < 33; ++i) {
    many += (i == 0 ? "\"p" : ",\"p") + std::to_string(i) + "\"";
  }
  const struct {
    std::string fields;
    const char* message;
  } cases[] = {
      {R"("label":"  ")", "may not be blank"},
      {"\"label\":\"" + std::string(101, 'x') + "\"", "no more than 100"},
      {R"("label":"a\u001b[31m")", "Control characters are not allowed."},
      {R"("label":"a\r\nb")", "Control characters are not allowed."},
      {R"("label":"a","scope":"zz")", R"(\"zz\" is not a valid choice.)"},
      {R"("label":"a","scope":1)", "Not a valid string."},
      {R"("label":"a","permissions":"keys")",
       R"(Expected a list of items but got type \"str\".)"},
      {R"("label":"a","permissions":[1])", "Not a valid string."},
      {R"("label":"a","permissions":[""])", "Ensure each name has"},
      {R"("label":"a","permissions":["Keys"])", "Ensure each name has"},
      {R"("label":"a","permissions":["a b"])", "Ensure each name has"},
      {"\"label\":\"a\",\"permissions\":[\"" + std::string(65, 'p') + "\"]",
       "Ensure each name has"},
      {"\"label\":\"a\",\"permissions\":[" + many + "]", "no more than 32"},
      {R"("label":"a","expires_at":"tomorrow")", "wrong format"},
      {R"("label":"a","expires_at":"infinite-future")", "wrong format"},
      {R"("label":"a","expires_at":"2026-01-01")", "wrong format"},
      {R"("label":"a","expires_at":"9999-01-01T00:00:00Z")", "wrong format"},
      {R"("label":"a","expires_at":"2026-01-01T00:00:00Z")", "in the future"},
      {R"("label":"a","expires_at":1)", "Not a valid string."},
  };
  for (const auto& row : cases) {
    const Answer answer = Issue("{" + row.fields + "}");
    EXPECT_EQ(answer.status(), 400) << row.fields;
    EXPECT_THAT(answer.http.body, HasSubstr(row.message));
  }
  for (const std::string& good :
       {R"("label":")" + std::string(100, 'x') + '"',
        // A hundred characters, not bytes.
        R"("label":")" +
            [] {
              std::string text;
              for (int i = 0; i < 100; ++i) text += "\xc3\xa4";
              return text;
            }() +
            '"',
        std::string(R"("label":"a","expires_at":null)"),
        std::string(
            R"("label":"a","expires_at":"2026-01-01T02:00:00.5+01:00")")}) {
    EXPECT_EQ(Issue("{" + good + "}").status(), 201) << good;
  }
}

TEST_F(Keys, TellWhenTheyWereLastUsed) {
  const Answer issued = Issue(R"({"label":"a"})");
  harness_.clock().Advance(seconds(90));
  harness_.Me(KeyHeader(issued.Text("key")));
  EXPECT_EQ(
      harness_.Get(PathOf(issued), Bearer(user_.access)).Text("last_used_at"),
      "2026-01-01T00:01:30Z");
}

}  // namespace
}  // namespace clone_auth::testing

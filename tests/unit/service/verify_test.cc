// What a reverse proxy is told that asks whether to let a request through.

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kVerify[] = "/api/auth/verify/";

class Verify : public ::testing::Test {
 protected:
  Answer Issue(const std::string& body) {
    return harness_.IssueKey(body, Bearer(user_.access));
  }
  HttpHeaders KeyWith(const std::string& body) {
    return KeyHeader(Issue(body).Text("key"));
  }
  std::string Organization() {
    const Answer me = harness_.Me(Bearer(user_.access));
    return *me.body.Find("organization")->FindString("id");
  }

  ServiceHarness harness_;
  SignedInUser user_ = harness_.NewUser();
};

TEST_F(Verify, SaysWhoASignedInUserIs) {
  const Answer answer = harness_.Get(kVerify, Bearer(user_.access));
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.http.body, "");
  EXPECT_EQ(answer.Header("X-Clone-User"), user_.id);
  EXPECT_EQ(answer.Header("X-Clone-Organization"), Organization());
  EXPECT_EQ(answer.Header("X-Clone-Role"), "owner");
  EXPECT_EQ(answer.Header("X-Clone-Permissions"), "keys");
  EXPECT_EQ(answer.http.headers.Count("X-Clone-Key"), 0U);
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
}

TEST_F(Verify, SaysWhatAKeyMayDoAndNamesNoRole) {
  const Answer issued = Issue(R"({"label":"a","permissions":["push","pull"]})");
  const Answer answer = harness_.Get(kVerify, KeyHeader(issued.Text("key")));
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.Header("X-Clone-User"), user_.id);
  EXPECT_EQ(answer.Header("X-Clone-Organization"), Organization());
  EXPECT_EQ(answer.Header("X-Clone-Permissions"), "pull push");
  EXPECT_EQ(answer.Header("X-Clone-Key"), issued.Text("id"));
  EXPECT_EQ(answer.http.headers.Count("X-Clone-Role"), 0U);
  const Answer bare =
      harness_.Get(kVerify, KeyWith(R"({"label":"without permissions"})"));
  EXPECT_EQ(bare.status(), 204);
  EXPECT_EQ(bare.http.headers.Count("X-Clone-Permissions"), 0U);
}

TEST_F(Verify, NamesNobodyWhereAKeyActsAsTheOrganization) {
  const Answer answer =
      harness_.Get(kVerify, KeyWith(R"({"label":"a","scope":"org"})"));
  EXPECT_EQ(answer.status(), 204);
  EXPECT_EQ(answer.http.headers.Count("X-Clone-User"), 0U);
  EXPECT_EQ(answer.Header("X-Clone-Organization"), Organization());
  EXPECT_NE(answer.Header("X-Clone-Key"), "");
}

TEST_F(Verify, AsksTheSameOfEveryMethod) {
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE",
                             "OPTIONS", "TRACE", "PROPFIND"}) {
    const HttpResponse good = harness_.service().Handle(
        MakeRequest(method, kVerify, {}, Bearer(user_.access)));
    EXPECT_EQ(good.status, 204) << method;
    const HttpResponse refused =
        harness_.service().Handle(MakeRequest(method, kVerify));
    EXPECT_EQ(refused.status, 401) << method;
    EXPECT_NE(refused.headers.Find("WWW-Authenticate"), nullptr) << method;
  }
}

TEST_F(Verify, RefusesWithAChallengeAReasonAndARefusalId) {
  const Answer missing = harness_.Get(kVerify);
  EXPECT_EQ(missing.status(), 401);
  EXPECT_EQ(missing.Header("WWW-Authenticate"), "Bearer realm=\"api\"");
  EXPECT_EQ(missing.Header("X-Clone-Reason"), "credential_missing");
  const Answer bad = harness_.Get(kVerify, Bearer("x.y.z"));
  EXPECT_EQ(bad.status(), 401);
  EXPECT_THAT(bad.Header("WWW-Authenticate"), HasSubstr("invalid_token"));
  EXPECT_THAT(bad.Header("X-Clone-Reason"), StartsWith("token_"));
  EXPECT_NE(bad.Header("X-Refusal-Id"), "");
  EXPECT_EQ(bad.http.headers.Count("X-Clone-User"), 0U);
}

// A proxy takes any status but 401 and 403 for a failure of ours.
TEST_F(Verify, RefusesTwoCredentialsWith401) {
  HttpHeaders both = KeyWith(R"({"label":"a"})");
  both.Add("Authorization", "Bearer " + user_.access);
  const Answer answer = harness_.Get(kVerify, both);
  EXPECT_EQ(answer.status(), 401);
  EXPECT_THAT(answer.Header("WWW-Authenticate"), HasSubstr("invalid_request"));
  EXPECT_EQ(answer.Header("X-Clone-Reason"), "multiple_credentials");
  EXPECT_EQ(harness_.Me(both).status(), 400);
}

TEST_F(Verify, NeedsEveryPermissionThatIsAskedFor) {
  const HttpHeaders key =
      KeyWith(R"({"label":"a","permissions":["pull","a:b"]})");
  for (const char* query : {"", "?", "?permission=pull", "?permission=a%3Ab",
                            "?permission=pull&permission=a:b",
                            "?permission=pull&permission=pull"}) {
    EXPECT_EQ(harness_.Get(std::string(kVerify) + query, key).status(), 204)
        << query;
  }
  for (const char* query :
       {"?permission=push", "?permission=pull&permission=push",
        "?permission=push&permission=pull", "?permission=pul",
        "?permission=pulls", "?permission=a"}) {
    const Answer answer = harness_.Get(std::string(kVerify) + query, key);
    EXPECT_EQ(answer.status(), 403) << query;
    EXPECT_THAT(answer.Header("WWW-Authenticate"),
                HasSubstr("insufficient_scope"));
    EXPECT_EQ(answer.Header("X-Clone-Reason"), "permission_denied");
    EXPECT_EQ(answer.http.headers.Count("X-Clone-User"), 0U);
  }
  EXPECT_THAT(
      harness_.Get("/api/auth/verify/?permission=push&permission=pull", key)
          .Header("WWW-Authenticate"),
      HasSubstr("scope=\"push pull\""));
}

TEST_F(Verify, TakesNoQueryThatItDoesNotUnderstandForAYes) {
  for (const char* query :
       {"?permissions=push", "?permission", "?permission=", "?permission=PUSH",
        "?permission=pull%20push", "?permission=%", "?x=y",
        "?permission=keys&scope=push"}) {
    const Answer answer =
        harness_.Get(std::string(kVerify) + query, Bearer(user_.access));
    EXPECT_EQ(answer.status(), 400) << query;
    EXPECT_EQ(harness_.Get(std::string(kVerify) + query).status(), 401);
  }
}

TEST_F(Verify, RefusesARevokedKeyFromThenOn) {
  const Answer issued = Issue(R"({"label":"a"})");
  const HttpHeaders key = KeyHeader(issued.Text("key"));
  EXPECT_EQ(harness_.Get(kVerify, key).status(), 204);
  harness_.Delete("/api/auth/keys/" + issued.Text("id") + "/",
                  Bearer(user_.access));
  const Answer refused = harness_.Get(kVerify, key);
  EXPECT_EQ(refused.status(), 401);
  EXPECT_EQ(refused.Header("X-Clone-Reason"), "key_revoked");
}

TEST_F(Verify, CountsAsAUseOfTheKey) {
  const Answer issued = Issue(R"({"label":"a"})");
  harness_.Get(kVerify, KeyHeader(issued.Text("key")));
  const Answer shown = harness_.Get("/api/auth/keys/" + issued.Text("id") + "/",
                                    Bearer(user_.access));
  EXPECT_EQ(shown.Text("last_used_at"), "2026-01-01T00:00:00Z");
}

}  // namespace
}  // namespace clone_auth::testing

// What each call sends, and what it makes of the answers.

#include "clone/rest_client.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "unit/rest/client_fixture.h"

namespace clone_auth {
namespace {

using testing::ClientTest;
using testing::StubSource;
using testing::TestScheme;

class RestClientTest : public ClientTest {};

constexpr char kKey[] =
    R"({"id":"k-1","key":"acme_x","label":"l","prefix":"p","created_at":"c",)"
    R"("last_used_at":null,"expires_at":"e","revoked_at":null,)"
    R"("scope":"user","permissions":["pull","push"]})";

TEST_F(RestClientTest, SignsUpWithoutACredential) {
  PushJson(201, R"({"id":"u-1","email":"a@b.c","created_at":"t"})");
  const auto account =
      client->Signup({"a@b.c", Secret::CopyOf("pass word"), "INV"});
  ASSERT_TRUE(account.ok()) << account.status().ToString();
  EXPECT_EQ(account->id, "u-1");
  EXPECT_EQ(account->email, "a@b.c");
  EXPECT_EQ(account->created_at, "t");
  const HttpRequest request = transport->last_request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "https://api.example:443/api/auth/signup/");
  EXPECT_EQ(request.body,
            R"({"email":"a@b.c","password":"pass word","invite_code":"INV"})");
  EXPECT_EQ(*request.headers.Find("Content-Type"), "application/json");
  EXPECT_EQ(LastKey(), "");
}

TEST_F(RestClientTest, SignupReadsAnAccountWithinASignIn) {
  PushJson(201, R"({"user":{"id":3,"email":"a@b.c"},"access":"x"})");
  const auto account = client->Signup({"a@b.c", Secret::CopyOf("p"), ""});
  ASSERT_TRUE(account.ok()) << account.status().ToString();
  EXPECT_EQ(account->id, "3");
  EXPECT_EQ(transport->last_request().body,
            R"({"email":"a@b.c","password":"p"})");
}

TEST_F(RestClientTest, LoginTakesTokensWithAndWithoutAUser) {
  PushJson(200, R"({"access":"aa","refresh":"rr"})");
  const auto bare = client->Login("a@b.c", Secret::CopyOf("p"));
  ASSERT_TRUE(bare.ok()) << bare.status().ToString();
  EXPECT_EQ(bare->tokens.access.Reveal(), "aa");
  EXPECT_EQ(bare->tokens.refresh.Reveal(), "rr");
  EXPECT_FALSE(bare->user.has_value());
  EXPECT_EQ(LastKey(), "");

  PushJson(200,
           R"({"access":"aa","user":{"id":7,"email":"a@b.c","role":"owner",)"
           R"("organization":{"id":"o","name":"Org"}}})");
  const auto full = client->Login("a@b.c", Secret::CopyOf("p"));
  ASSERT_TRUE(full.ok()) << full.status().ToString();
  EXPECT_TRUE(full->tokens.refresh.empty());
  ASSERT_TRUE(full->user.has_value());
  EXPECT_EQ(full->user->id, "7");
  EXPECT_EQ(full->user->role, "owner");
  EXPECT_EQ(full->user->organization->name, "Org");
}

TEST_F(RestClientTest, MeCarriesTheCredential) {
  PushJson(200, R"({"id":"u","email":"a@b.c","organization":null})");
  const auto user = client->Me();
  ASSERT_TRUE(user.ok()) << user.status().ToString();
  EXPECT_FALSE(user->organization.has_value());
  EXPECT_EQ(LastKey(), StubSource::Key(1));
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/me/");
}

TEST_F(RestClientTest, RefreshSendsItsIdempotencyKey) {
  PushJson(200, R"({"access":"a2"})");
  const auto tokens = client->Refresh(Secret::CopyOf("r1"), "attempt-1");
  ASSERT_TRUE(tokens.ok()) << tokens.status().ToString();
  EXPECT_EQ(tokens->access.Reveal(), "a2");
  EXPECT_TRUE(tokens->refresh.empty());
  const HttpRequest request = transport->last_request();
  EXPECT_EQ(request.body, R"({"refresh":"r1"})");
  EXPECT_EQ(*request.headers.Find("Idempotency-Key"), "attempt-1");
  EXPECT_EQ(LastKey(), "");
}

TEST_F(RestClientTest, LogoutTakesAnEmptyObjectAndNothing) {
  PushJson(200, "{}");
  EXPECT_TRUE(client->Logout(Secret::CopyOf("r1")).ok());
  EXPECT_EQ(transport->last_request().body, R"({"refresh":"r1"})");
  transport->Push(204);
  EXPECT_TRUE(client->Logout(Secret::CopyOf("r1")).ok());
}

TEST_F(RestClientTest, InvitesAndTheWaitlist) {
  PushJson(200, R"({"valid":true})");
  const auto good = client->ValidateInvite("C");
  ASSERT_TRUE(good.ok());
  EXPECT_TRUE(*good);
  PushJson(200, R"({"valid":false})");
  const auto bad = client->ValidateInvite("C");
  ASSERT_TRUE(bad.ok());
  EXPECT_FALSE(*bad);
  EXPECT_EQ(transport->last_request().body, R"({"code":"C"})");
  PushJson(201, R"({"email":"a@b.c"})");
  EXPECT_TRUE(client->JoinWaitlist("a@b.c").ok());
  EXPECT_EQ(transport->last_request().body, R"({"email":"a@b.c"})");
  EXPECT_EQ(LastKey(), "");
}

TEST_F(RestClientTest, ListsKeysByPage) {
  PushJson(200, std::string(R"({"count":26,"next":"n","previous":null,)") +
                    R"("results":[)" + kKey + "]}");
  const auto page = client->ListKeys();
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  EXPECT_EQ(page->count, 26);
  EXPECT_EQ(page->next, "n");
  EXPECT_EQ(page->previous, "");
  ASSERT_EQ(page->results.size(), 1u);
  const ApiKeyInfo& key = page->results[0];
  EXPECT_EQ(key.id, "k-1");
  EXPECT_EQ(key.last_used_at, "");
  EXPECT_EQ(key.expires_at, "e");
  EXPECT_EQ(key.permissions, (std::vector<std::string>{"pull", "push"}));
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/keys/");

  PushJson(200, std::string("[") + kKey + "]");
  const auto plain = client->ListKeys(2);
  ASSERT_TRUE(plain.ok()) << plain.status().ToString();
  EXPECT_EQ(plain->count, 1);
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/keys/?page=2");
}

TEST_F(RestClientTest, IssuesAKey) {
  PushJson(201, kKey);
  IssueKeyRequest request;
  request.label = "my \"laptop\"";
  request.scope = "org";
  request.permissions = {"pull"};
  request.expires_at = clock.Now();
  const auto issued = client->IssueKey(request);
  ASSERT_TRUE(issued.ok()) << issued.status().ToString();
  EXPECT_EQ(issued->key.Reveal(), "acme_x");
  EXPECT_EQ(issued->info.label, "l");
  EXPECT_EQ(transport->last_request().body,
            R"({"label":"my \"laptop\"","expires_at":"2026-01-01T00:00:00Z",)"
            R"("scope":"org","permissions":["pull"]})");
}

TEST_F(RestClientTest, ShowsAndRevokesAKey) {
  PushJson(200, kKey);
  ASSERT_TRUE(client->GetKey("k-1").ok());
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/keys/k-1/");
  transport->Push(204);
  EXPECT_TRUE(client->RevokeKey("k-1").ok());
  EXPECT_EQ(transport->last_request().method, "DELETE");
  PushJson(404, R"({"detail":"Not found."})");
  EXPECT_EQ(client->RevokeKey("k-1").reason(), Reason::kNotFound);
}

TEST_F(RestClientTest, RollsAKey) {
  PushJson(201, kKey);
  const auto rolled = client->RollKey("k-1", std::chrono::hours(1));
  ASSERT_TRUE(rolled.ok()) << rolled.status().ToString();
  EXPECT_EQ(rolled->key.Reveal(), "acme_x");
  EXPECT_EQ(transport->last_request().method, "POST");
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/keys/k-1/roll/");
  EXPECT_EQ(transport->last_request().body, R"({"overlap":3600})");
  PushJson(409, R"({"detail":"d","code":"roll_pending"})");
  EXPECT_EQ(client->RollKey("k-1").status().reason(), Reason::kRollPending);
  EXPECT_EQ(transport->last_request().body, "{}");
}

TEST_F(RestClientTest, ReportsALeakedKeyWithoutACredential) {
  transport->Push(204);
  EXPECT_TRUE(client->RevokeLeakedKey(Secret::CopyOf("acme_x")).ok());
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/keys/revoke-leaked/");
  EXPECT_EQ(transport->last_request().body, R"({"key":"acme_x"})");
  EXPECT_EQ(LastKey(), "");
}

TEST_F(RestClientTest, ListsTheAuditTrailOfOneKeyOrOfAll) {
  PushJson(200, R"({"count":2,"next":null,"previous":null,"results":[)"
                R"({"sequence":7,"time":"t","action":"key_issued","key":"k-1",)"
                R"("actor":"u","address":"a","detail":"d"}]})");
  const auto page = client->ListAudit("k-1", 2);
  ASSERT_TRUE(page.ok()) << page.status().ToString();
  EXPECT_EQ(page->count, 2);
  ASSERT_EQ(page->results.size(), 1u);
  EXPECT_EQ(page->results[0].sequence, 7);
  EXPECT_EQ(page->results[0].action, "key_issued");
  EXPECT_EQ(page->results[0].detail, "d");
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/keys/k-1/audit/?page=2");
  PushJson(200, R"({"count":0,"results":[]})");
  EXPECT_TRUE(client->ListAudit().ok());
  EXPECT_EQ(transport->last_request().target,
            "https://api.example:443/api/auth/keys/audit/");
  PushJson(200, R"({"count":1,"results":[{"action":"x"}]})");
  EXPECT_EQ(client->ListAudit().status().reason(), Reason::kAnswerMalformed);
}

TEST_F(RestClientTest, R20_AnIdStaysOneSegmentOfThePath) {
  for (const char* id : {"../me", "a/b", "a%2fb", "a?b", "a#b", "a b",
                         "a\r\nX: 1", "//evil", "\xc3\xa9"}) {
    SCOPED_TRACE(id);
    transport->Push(204);
    EXPECT_TRUE(client->RevokeKey(id).ok());
    const std::string target = transport->last_request().target;
    const std::string prefix = "https://api.example:443/api/auth/keys/";
    ASSERT_EQ(target.rfind(prefix, 0), 0u);
    const std::string segment =
        target.substr(prefix.size(), target.size() - prefix.size() - 1);
    EXPECT_EQ(segment.find_first_of("/?# \r\n"), std::string::npos) << target;
  }
  const std::size_t before = transport->count();
  for (const char* id : {"", ".", ".."}) {
    EXPECT_EQ(client->GetKey(id).status().reason(), Reason::kInvalidArgument);
    EXPECT_EQ(client->RevokeKey(id).reason(), Reason::kInvalidArgument);
  }
  EXPECT_EQ(transport->count(), before);
}

TEST_F(RestClientTest, A401OfASignInIsAboutWhatWasPresented) {
  const char* const django =
      R"({"detail":"No active account found with the given credentials"})";
  PushJson(401, django);
  EXPECT_EQ(client->Login("e", Secret::CopyOf("p")).status().reason(),
            Reason::kInvalidCredentials);
  const char* const blacklisted =
      R"({"detail":"Token is blacklisted","code":"token_not_valid"})";
  PushJson(401, blacklisted);
  EXPECT_EQ(client->Refresh(Secret::CopyOf("r")).status().reason(),
            Reason::kRefreshInvalid);
  PushJson(401, blacklisted);
  EXPECT_EQ(client->Logout(Secret::CopyOf("r")).reason(),
            Reason::kRefreshInvalid);
  PushJson(401, R"({"code":"refresh_reused"})");
  EXPECT_EQ(client->Refresh(Secret::CopyOf("r")).status().reason(),
            Reason::kRefreshReused);
}

TEST_F(RestClientTest, ValidationErrorsNameTheirFields) {
  PushJson(400, R"({"email":["This field is required."]})");
  const Status status = client->JoinWaitlist("");
  EXPECT_EQ(status.reason(), Reason::kValidationFailed);
  EXPECT_EQ(status.message(), "email: This field is required.");
}

}  // namespace
}  // namespace clone_auth

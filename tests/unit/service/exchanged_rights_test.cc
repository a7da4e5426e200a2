// What a token that a key was exchanged for may do, and for how long.

#include <atomic>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "service/base64.h"
#include "unit/service/exchange_fixture.h"

namespace clone_auth::testing {
namespace {

using ExchangedToken = Exchange;

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

TEST_F(ExchangedToken, IsRefusedOnceTheKeyIsRevoked) {
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

TEST_F(ExchangedToken, EndsWithItsOwnersAccessAndSurvivesSignOut) {
  const HttpHeaders token = Bearer(TokenFor(R"({"label":"a"})"));
  harness_.Logout(user_.refresh);
  EXPECT_EQ(harness_.Me(token).status(), 200);
  ServiceOperations& operations = harness_.service().operations();
  ASSERT_TRUE(operations.SetAccountEnabled(kEmail, false).ok());
  EXPECT_EQ(harness_.Me(token).Text("code"), "account_disabled");
  ASSERT_TRUE(operations.SetAccountEnabled(kEmail, true).ok());
  EXPECT_EQ(harness_.Me(token).Text("code"), "token_revoked");
}

TEST_F(ExchangedToken, SurvivesARestart) {
  const Answer key = Issue(R"({"label":"a"})");
  const HttpHeaders token = Bearer(Swap(key.Text("key")).Text("access_token"));
  harness_.Restart();
  EXPECT_EQ(harness_.Me(token).status(), 200);
  Revoke(key);
  harness_.Restart();
  EXPECT_EQ(harness_.Me(token).Text("code"), "key_revoked");
}

TEST_F(ExchangedToken, IssuesNoMoreThanItsKey) {
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

TEST_F(ExchangedToken, ReachesOfAnOrganizationsKeyOnlyWhatItDoes) {
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

TEST_F(ExchangedToken, HasNoPermissionScopeOrganizationOrTimeThatTheKeyLacks) {
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

TEST_F(ExchangedToken, IsRefusedByEveryRequestAfterTheKeyWasRevoked) {
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

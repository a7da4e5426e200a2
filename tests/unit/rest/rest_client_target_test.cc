// Where a call may go, and what goes with it.

#include <gtest/gtest.h>

#include <cstddef>
#include <memory>
#include <utility>

#include "clone/rest_client.h"
#include "unit/rest/client_fixture.h"

namespace clone_auth {
namespace {

using testing::ClientTest;
using testing::StubSource;

class RestClientTargetTest : public ClientTest {};

TEST_F(RestClientTargetTest, R01_R02_R04_R05_ARedirectIsRefused) {
  const HttpHeaders locations[] = {
      {{"Location", "https://evil.example/"}},
      {{"Location", "http://api.example/api/auth/me/"}},
      {{"Location", "//evil"}},
      {{"Location", "file:///etc/passwd"}},
      {{"Location", "/api/auth/me/"}},
      {{"Location", ""}},
      {},
  };
  for (const int code : {301, 302, 303, 307, 308}) {
    for (const HttpHeaders& location : locations) {
      const std::size_t before = transport->count();
      PushJson(code, "", location);
      EXPECT_EQ(client->Me().status().reason(), Reason::kRedirectRefused);
      PushJson(code, "", location);
      const auto answer = client->Send({"GET", "/api/auth/me", {}, "", ""});
      EXPECT_EQ(answer.status().reason(), Reason::kRedirectRefused);
      EXPECT_EQ(answer.status().http_status(), code);
      EXPECT_EQ(transport->count() - before, 2u);
    }
  }
}

TEST_F(RestClientTargetTest, SendTakesPathsAndUrlsOfTheOriginOnly) {
  for (const char* target :
       {"/v1/things?x=1", "https://api.example/v1/things?x=1",
        "https://API.example:443/v1/things?x=1"}) {
    transport->Push(500, "any");
    const auto answer = client->Send({"POST", target, {}, "{}", ""});
    ASSERT_TRUE(answer.ok()) << answer.status().ToString();
    EXPECT_EQ(answer->status, 500);
    EXPECT_EQ(LastKey(), StubSource::Key(1));
  }
  const std::size_t before = transport->count();
  for (const char* target :
       {"https://evil.example/", "http://api.example/",
        "https://api.example:444/", "https://api.example.evil.example/"}) {
    EXPECT_EQ(client->Send({"GET", target, {}, "", ""}).status().reason(),
              Reason::kForeignOrigin)
        << target;
  }
  for (const char* target : {"", "v1/things", "https://u@api.example/"}) {
    EXPECT_EQ(client->Send({"GET", target, {}, "", ""}).status().reason(),
              Reason::kUrlMalformed)
        << target;
  }
  EXPECT_EQ(transport->count(), before);
}

TEST_F(RestClientTargetTest, ABaseUrlMayHaveAPath) {
  Make(std::make_shared<StubSource>(), "https://example/prefix/");
  PushJson(200, R"({"id":1})");
  ASSERT_TRUE(client->Me().ok());
  EXPECT_EQ(transport->last_request().target,
            "https://example:443/prefix/api/auth/me/");
}

TEST_F(RestClientTargetTest, K32_R02_RefusesABaseUrlThatCannotHold) {
  const struct {
    const char* url;
    Reason reason;
  } rows[] = {
      {"", Reason::kUrlMalformed},
      {"api.example", Reason::kUrlMalformed},
      {"https://api.example/?x=1", Reason::kUrlMalformed},
      {"http://api.example", Reason::kInsecureUrl},
  };
  for (const auto& row : rows) {
    RestClientOptions options;
    options.base_url = row.url;
    EXPECT_EQ(RestClient::Create(std::move(options)).status().reason(),
              row.reason)
        << row.url;
  }
}

TEST_F(RestClientTargetTest, ASourceThatFailsSendsNothing) {
  source->FailWith(Status(Reason::kSessionEnded));
  EXPECT_EQ(client->Me().status().reason(), Reason::kSessionEnded);
  EXPECT_EQ(transport->count(), 0u);
}

TEST_F(RestClientTargetTest, WithoutASourceTheServerDecides) {
  Make(nullptr);
  PushJson(401, R"({"detail":"x"})");
  EXPECT_EQ(client->Me().status().reason(), Reason::kCredentialMissing);
}

}  // namespace
}  // namespace clone_auth

#include "clone/discovery.h"

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using Urls = std::vector<std::string>;

constexpr const char* kIssuer = "https://login.example";

std::string ServerOf(const std::string& issuer) {
  return R"({"issuer":")" + issuer +
         R"(","token_endpoint":"https://login.example/token"})";
}

std::string ResourceOf(const std::string& resource,
                       const std::string& members = "") {
  return R"({"resource":")" + resource +
         R"(","authorization_servers":["https://login.example"])" + members +
         "}";
}

// A web that has what the test puts there, and 404 for all else.
class DiscoveryTest : public ::testing::Test {
 protected:
  void Has(const std::string& url, std::string body, int status = 200,
           HttpHeaders headers = {}) {
    Has(url, Answer(status, std::move(body), std::move(headers)));
  }
  void Has(const std::string& url, Result<HttpResponse> outcome) {
    web_.insert_or_assign(url, std::move(outcome));
  }

  Result<Discovered> Find(DiscoveryOptions options) {
    asked_.clear();
    auto discovery = Discovery::Create(std::move(options));
    if (!discovery.ok()) return discovery.status();
    while (true) {
      const auto step = discovery->Poll(kStart);
      const auto* send = std::get_if<OAuthFlow::Send>(&step);
      if (send == nullptr) return discovery->Take();
      EXPECT_EQ(send->request.method, "GET");
      EXPECT_EQ(HeaderOf(send->request, "Accept"), "application/json");
      asked_.push_back(send->request.target);
      const auto found = web_.find(send->request.target);
      discovery->Complete(found == web_.end() ? Answer(404) : found->second,
                          kStart);
    }
  }
  Result<Discovered> FindServer(const std::string& issuer) {
    DiscoveryOptions options;
    options.issuer = issuer;
    return Find(options);
  }
  Result<Discovered> FindByCloud(const std::string& url) {
    DiscoveryOptions options;
    options.cloud_url = url;
    return Find(options);
  }
  Result<Discovered> FindByResource(const std::string& url,
                                    const std::string& challenge = "") {
    DiscoveryOptions options;
    options.resource_url = url;
    if (!challenge.empty()) {
      options.challenge.Add("WWW-Authenticate", challenge);
    }
    return Find(options);
  }

  std::map<std::string, Result<HttpResponse>> web_;
  Urls asked_;
};

TEST_F(DiscoveryTest, LooksForAServerInTheOrderOfTheDocuments) {
  EXPECT_EQ(FindServer("https://login.example/t").status().reason(),
            Reason::kNotFound);
  EXPECT_EQ(
      asked_,
      (Urls{"https://login.example/.well-known/oauth-authorization-server/t",
            "https://login.example/.well-known/openid-configuration/t",
            "https://login.example/t/.well-known/openid-configuration"}));
  EXPECT_EQ(FindServer("https://login.example:8443/").status().reason(),
            Reason::kNotFound);
  EXPECT_EQ(
      asked_,
      (Urls{"https://login.example:8443/.well-known/oauth-authorization-server",
            "https://login.example:8443/.well-known/openid-configuration"}));
}

TEST_F(DiscoveryTest, TakesTheFirstThatIsThere) {
  Has("https://login.example/.well-known/openid-configuration/t",
      ServerOf("https://login.example/t"));
  const auto found = FindServer("https://login.example/t");
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->server.issuer, "https://login.example/t");
  EXPECT_EQ(found->server.token_endpoint, "https://login.example/token");
  EXPECT_EQ(asked_.size(), 2u);
}

TEST_F(DiscoveryTest, ACloudNamesIssuerClientAndScope) {
  Has("https://cloud.example/x/api/v1/auth/config",
      R"({"auth_url":"https://login.example","client_id":"clonit-cli",)"
      R"("scope":"openid offline_access"})");
  Has("https://login.example/.well-known/oauth-authorization-server",
      ServerOf(kIssuer));
  const auto found = FindByCloud("https://cloud.example/x/");
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->server.issuer, kIssuer);
  EXPECT_EQ(found->client_id, "clonit-cli");
  EXPECT_EQ(found->scope, "openid offline_access");
  EXPECT_EQ(found->resource, "");
}

TEST_F(DiscoveryTest, R13_ACloudThatNamesNoneIsRefusedWithAReason) {
  const auto reason_of = [&](const std::string& body) {
    Has("https://cloud.example/api/v1/auth/config", body);
    return FindByCloud("https://cloud.example").status().reason();
  };
  EXPECT_EQ(FindByCloud("https://cloud.example").status().reason(),
            Reason::kNotFound);
  for (const char* body :
       {"", "<html>", "[]", "{}", R"({"auth_url":"https://login.example"})",
        R"({"auth_url":"https://login.example","client_id":""})",
        R"({"auth_url":7,"client_id":"c"})"}) {
    EXPECT_EQ(reason_of(body), Reason::kAnswerMalformed) << body;
  }
  for (const auto& [url, reason] :
       {std::pair{"http://login.example", Reason::kInsecureUrl},
        {"http://127.0.0.1", Reason::kInsecureUrl},
        {"https://login.example?x", Reason::kUrlMalformed},
        {"login.example", Reason::kUrlMalformed}}) {
    EXPECT_EQ(reason_of(R"({"client_id":"c","auth_url":")" + std::string(url) +
                        "\"}"),
              reason);
  }
}

TEST_F(DiscoveryTest, AResourceIsAskedWhereItsChallengeSaysAndBesideIt) {
  EXPECT_FALSE(
      FindByResource("https://api.example/v1/me?x=1",
                     R"(Bearer resource_metadata="https://api.example/meta")")
          .ok());
  EXPECT_EQ(
      asked_,
      (Urls{"https://api.example/meta",
            "https://api.example/.well-known/oauth-protected-resource/v1/me",
            "https://api.example/.well-known/oauth-protected-resource"}));
  EXPECT_FALSE(FindByResource("https://api.example/").ok());
  EXPECT_EQ(asked_,
            (Urls{"https://api.example/.well-known/oauth-protected-resource"}));
}

TEST_F(DiscoveryTest, AResourceNamesItselfItsIssuerAndScope) {
  Has("https://api.example/.well-known/oauth-protected-resource",
      ResourceOf("https://api.example", R"(,"scopes_supported":["a","b"])"));
  Has("https://login.example/.well-known/oauth-authorization-server",
      ServerOf(kIssuer));
  const auto found = FindByResource("https://api.example/v1/me");
  ASSERT_TRUE(found.ok()) << found.status().ToString();
  EXPECT_EQ(found->server.issuer, kIssuer);
  EXPECT_EQ(found->resource, "https://api.example");
  EXPECT_EQ(found->scope, "a b");
  EXPECT_EQ(found->client_id, "");
  EXPECT_EQ(
      FindByResource("https://api.example/v1/me", R"(Bearer scope="c")")->scope,
      "c");
}

// Where only the scopes matter: what there is to ask for.
class DiscoveryOfScopeTest : public DiscoveryTest {
 protected:
  void SetUp() override {
    ResourceHas("");
    ServerKnows("");
    options_.resource_url = "https://api.example/v1";
  }
  void ResourceHas(const std::string& scopes) {
    Has("https://api.example/.well-known/oauth-protected-resource",
        ResourceOf("https://api.example",
                   R"(,"scopes_supported":[)" + scopes + "]"));
  }
  void ServerKnows(const std::string& scopes) {
    Has("https://login.example/.well-known/oauth-authorization-server",
        R"({"issuer":"https://login.example",)"
        R"("token_endpoint":"https://login.example/token",)"
        R"("scopes_supported":[)" +
            scopes + "]}");
  }
  Result<Discovered> FindAfter(const std::string& challenge) {
    options_.challenge = {{"WWW-Authenticate", challenge}};
    return Find(options_);
  }

  DiscoveryOptions options_;
};

TEST_F(DiscoveryOfScopeTest, AskingForMoreGivesNothingUp) {
  options_.asked_scope = "read list";
  const char* challenge =
      R"(Bearer error="insufficient_scope", scope="write read")";
  EXPECT_EQ(FindAfter(challenge)->scope, "read list write");
  ResourceHas(R"("read","admin")");
  EXPECT_EQ(FindAfter(R"(Bearer error="insufficient_scope")")->scope,
            "read list admin");
}

TEST_F(DiscoveryOfScopeTest, AskingForTheSameAgainIsRefused) {
  options_.asked_scope = "read list";
  for (const char* challenge :
       {R"(Bearer error="insufficient_scope", scope="read")",
        R"(Bearer error="insufficient_scope")"}) {
    EXPECT_EQ(FindAfter(challenge).status().reason(), Reason::kPermissionDenied)
        << challenge;
    EXPECT_EQ(asked_.back(),
              "https://api.example/.well-known/oauth-protected-resource");
  }
  EXPECT_EQ(FindAfter(R"(Bearer error="invalid_token", scope="read")")->scope,
            "read list");
}

TEST_F(DiscoveryOfScopeTest, ARefreshTokenIsAskedForWhereTheServerSaysHow) {
  options_.offline_access = true;
  ResourceHas(R"("read")");
  EXPECT_EQ(FindAfter("Bearer")->scope, "read");
  ServerKnows(R"("read","offline_access")");
  EXPECT_EQ(FindAfter("Bearer")->scope, "read offline_access");
  EXPECT_EQ(FindAfter(R"(Bearer scope="offline_access x")")->scope,
            "offline_access x");
  options_.offline_access = false;
  EXPECT_EQ(FindAfter("Bearer")->scope, "read");
}

TEST_F(DiscoveryOfScopeTest, WhatTheServerGrantsByDefaultIsNotNarrowed) {
  options_.offline_access = true;
  ServerKnows(R"("read","offline_access")");
  EXPECT_EQ(FindAfter("Bearer")->scope, "");
}

TEST_F(DiscoveryTest, O28_MetadataOfAnotherResourceIsRefused) {
  Has("https://login.example/.well-known/oauth-authorization-server",
      ServerOf(kIssuer));
  const auto reason_of = [&](const std::string& resource) {
    Has("https://api.example/.well-known/oauth-protected-resource/v1/me",
        ResourceOf(resource));
    return FindByResource("https://api.example/v1/me").status().reason();
  };
  for (const char* resource :
       {"https://api.example/v1/me", "https://api.example/v1",
        "https://api.example/v1/", "https://api.example",
        "https://API.example:443/"}) {
    EXPECT_EQ(reason_of(resource), Reason::kNone) << resource;
  }
  for (const char* resource :
       {"https://evil.example/v1/me", "https://api.example/v1/m",
        "https://api.example/v1/me/x", "https://api.example:444/v1",
        "http://api.example/v1", "https://api.example.evil.example/"}) {
    EXPECT_EQ(reason_of(resource), Reason::kForeignOrigin) << resource;
  }
  EXPECT_EQ(reason_of("api.example"), Reason::kUrlMalformed);
}

TEST_F(DiscoveryTest, O03_ADocumentOfAnotherIssuerEndsTheSearch) {
  Has("https://login.example/.well-known/oauth-authorization-server",
      ServerOf("https://login.example/"));
  Has("https://login.example/.well-known/openid-configuration",
      ServerOf(kIssuer));
  EXPECT_EQ(FindServer(kIssuer).status().reason(), Reason::kIssuerMismatch);
  EXPECT_EQ(asked_.size(), 1u);
}

TEST_F(DiscoveryTest, O03_ARedirectIsNotFollowed) {
  Has("https://login.example/.well-known/oauth-authorization-server", "", 302,
      {{"Location", "https://evil.example/"}});
  EXPECT_EQ(FindServer(kIssuer).status().reason(), Reason::kRedirectRefused);
  EXPECT_EQ(
      asked_,
      (Urls{"https://login.example/.well-known/oauth-authorization-server",
            "https://login.example/.well-known/openid-configuration"}));
}

TEST_F(DiscoveryTest, APageInADocumentsPlaceIsPassedOver) {
  Has("https://login.example/.well-known/oauth-authorization-server",
      "<!doctype html>");
  EXPECT_EQ(FindServer(kIssuer).status().reason(), Reason::kAnswerMalformed);
  Has("https://login.example/.well-known/openid-configuration",
      ServerOf(kIssuer));
  EXPECT_TRUE(FindServer(kIssuer).ok());
}

TEST_F(DiscoveryTest, ABadGatewayIsPassedOverAndYetNoMissingServer) {
  Has("https://login.example/.well-known/oauth-authorization-server", "", 502);
  EXPECT_EQ(FindServer(kIssuer).status().reason(), Reason::kServerError);
  EXPECT_EQ(asked_.size(), 2u);
  Has("https://login.example/.well-known/openid-configuration",
      ServerOf(kIssuer));
  EXPECT_TRUE(FindServer(kIssuer).ok());
}

TEST_F(DiscoveryTest, R16_AnOutageIsNoMissingServer) {
  for (const auto& [outcome, reason] :
       {std::pair{Answer(500), Reason::kServerError},
        {Answer(503), Reason::kOverloaded},
        {Answer(504), Reason::kServerError},
        {Answer(429), Reason::kRateLimited},
        {Answer(408), Reason::kTimeout},
        {Result<HttpResponse>(Status(Reason::kUnreachable)),
         Reason::kUnreachable},
        {Result<HttpResponse>(Status(Reason::kConnectionLost)),
         Reason::kConnectionLost},
        {Result<HttpResponse>(Status(Reason::kAddressRefused)),
         Reason::kAddressRefused}}) {
    Has("https://login.example/.well-known/oauth-authorization-server",
        outcome);
    EXPECT_EQ(FindServer(kIssuer).status().reason(), reason);
    EXPECT_EQ(asked_.size(), 1u);
  }
}

TEST_F(DiscoveryTest, IsGoodForAsLongAsTheServerSaysWithinBounds) {
  for (const auto& [cache, lifetime] :
       {std::pair{"", seconds(600)},
        {"max-age=3600", seconds(3600)},
        {"no-store", seconds(60)},
        {"max-age=1", seconds(60)},
        {"max-age=99999999", seconds(86'400)}}) {
    Has("https://login.example/.well-known/oauth-authorization-server",
        ServerOf(kIssuer), 200, {{"Cache-Control", cache}});
    EXPECT_EQ(FindServer(kIssuer)->fresh_until, kStart + lifetime) << cache;
  }
}

TEST_F(DiscoveryTest, R22_BeginsAtASecurePlaceAndOnlyAtOne) {
  EXPECT_EQ(Find({}).status().reason(), Reason::kInvalidArgument);
  DiscoveryOptions two;
  two.cloud_url = two.issuer = kIssuer;
  EXPECT_EQ(Find(two).status().reason(), Reason::kInvalidArgument);
  for (const auto& [url, reason] :
       {std::pair{"http://login.example", Reason::kInsecureUrl},
        {"http://0x7f.1/", Reason::kInsecureUrl},
        {"http://2130706433/", Reason::kInsecureUrl},
        {"http://[::ffff:127.0.0.1]/", Reason::kInsecureUrl},
        {"http://169.254.169.254/", Reason::kInsecureUrl},
        {"login.example", Reason::kUrlMalformed},
        {"https://u@login.example", Reason::kUrlMalformed},
        {"x", Reason::kUrlMalformed}}) {
    EXPECT_EQ(FindServer(url).status().reason(), reason) << url;
    EXPECT_EQ(FindByCloud(url).status().reason(), reason) << url;
    EXPECT_EQ(FindByResource(url).status().reason(), reason) << url;
    EXPECT_EQ(
        FindByResource("https://api.example", R"(Bearer resource_metadata=")" +
                                                  std::string(url) + "\"")
            .status()
            .reason(),
        reason)
        << url;
  }
  EXPECT_EQ(FindByResource("https://api.example",
                           R"(Bearer resource_metadata="http://127.0.0.1/")")
                .status()
                .reason(),
            Reason::kInsecureUrl);
  EXPECT_EQ(FindServer("http://127.0.0.1:8080").status().reason(),
            Reason::kNotFound);
}

TEST_F(DiscoveryTest, OnceItIsAbandonedThereIsNothingToDo) {
  DiscoveryOptions options;
  options.issuer = kIssuer;
  Discovery discovery = *Discovery::Create(options);
  discovery.Poll(kStart);
  EXPECT_EQ(std::get<OAuthFlow::WaitUntil>(discovery.Poll(kStart)).until,
            WallTime::max());
  discovery.Abandon(Status(Reason::kCancelled));
  discovery.Complete(Answer(200, ServerOf(kIssuer)), kStart);
  EXPECT_TRUE(std::holds_alternative<OAuthFlow::Done>(discovery.Poll(kStart)));
  EXPECT_EQ(discovery.Take().status().reason(), Reason::kCancelled);
}

}  // namespace
}  // namespace clone_auth

#include "clone/oauth_client.h"

#include <string>
#include <tuple>

#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

std::shared_ptr<const Secret> SharedSecret(const char* text) {
  return std::make_shared<const Secret>(Secret::CopyOf(text));
}

TEST(OAuthClient, APublicOneSaysItsIdInTheForm) {
  const auto client = *OAuthClient::Create(ClientOptions());
  const HttpRequest request = client.TokenRequest(
      {{"grant_type", "authorization_code"}, {"code", "a/b+c"}, {"x", ""}});
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "https://login.example/token");
  EXPECT_EQ(HeaderOf(request, "Content-Type"),
            "application/x-www-form-urlencoded");
  EXPECT_EQ(HeaderOf(request, "Accept"), "application/json");
  EXPECT_EQ(HeaderOf(request, "Authorization"), "");
  EXPECT_EQ(request.body,
            "grant_type=authorization_code&code=a%2Fb%2Bc&client_id=tool%201");
}

// RFC 6749 section 2.3.1: each half is encoded before they are joined.
TEST(OAuthClient, O25_ASecretGoesByBasicAndNeverInAUrl) {
  OAuthClientOptions options = ClientOptions();
  options.client_id = "a:b";
  options.client_secret = SharedSecret("p%:/w?>");
  const auto client = *OAuthClient::Create(options);
  const HttpRequest request = client.ClientCredentialsRequest("read");
  EXPECT_EQ(HeaderOf(request, "Authorization"),
            "Basic YSUzQWI6cCUyNSUzQSUyRnclM0YlM0U=");
  EXPECT_EQ(request.body, "grant_type=client_credentials&scope=read");
  EXPECT_EQ(request.target, "https://login.example/token");
}

TEST(OAuthClient, O25_ASecretGoesByPostWhereTheServerTakesNothingElse) {
  OAuthClientOptions options = ClientOptions();
  options.client_secret = SharedSecret("p w");
  options.server.token_endpoint_auth_methods_supported = {"client_secret_post",
                                                          "none"};
  const auto client = *OAuthClient::Create(options);
  const HttpRequest request = client.ClientCredentialsRequest("");
  EXPECT_EQ(HeaderOf(request, "Authorization"), "");
  EXPECT_EQ(request.body,
            "grant_type=client_credentials&client_id=tool%201"
            "&client_secret=p%20w");
  options.server.token_endpoint_auth_methods_supported.push_back(
      "client_secret_basic");
  EXPECT_NE(HeaderOf(OAuthClient::Create(options)->ClientCredentialsRequest(""),
                     "Authorization"),
            "");
}

TEST(OAuthClient, IsNotMadeOfWhatCannotWork) {
  const auto reason_of = [](auto change) {
    OAuthClientOptions options = ClientOptions();
    change(options);
    return OAuthClient::Create(options).status().reason();
  };
  EXPECT_EQ(reason_of([](auto& o) { o.client_id.clear(); }),
            Reason::kInvalidArgument);
  EXPECT_EQ(reason_of([](auto& o) {
              o.authentication = ClientAuthentication::kPost;
            }),
            Reason::kInvalidArgument);
  EXPECT_EQ(reason_of([](auto& o) { o.client_secret = SharedSecret(""); }),
            Reason::kInvalidArgument);
  EXPECT_EQ(reason_of([](auto& o) {
              o.client_secret = SharedSecret("x");
              o.authentication = ClientAuthentication::kNone;
            }),
            Reason::kInvalidArgument);
  EXPECT_EQ(reason_of([](auto& o) {
              o.server.token_endpoint = "http://login.example/token";
            }),
            Reason::kInsecureUrl);
  EXPECT_EQ(reason_of([](auto& o) { o.scheme.prefix = "x"; }),
            Reason::kSchemeInvalid);
}

TEST(OAuthClient, O28_SaysWithEveryRequestForTokensWhatTheyAreFor) {
  OAuthClientOptions options = ClientOptions();
  options.resource = "https://api.example/v1";
  const auto client = *OAuthClient::Create(options);
  const std::string resource = "&resource=https%3A%2F%2Fapi.example%2Fv1";
  EXPECT_EQ(client.ClientCredentialsRequest("").body,
            "grant_type=client_credentials&client_id=tool%201" + resource);
  EXPECT_EQ(client.DeviceAuthorizationRequest("a b")->body,
            "scope=a%20b&client_id=tool%201" + resource);
  EXPECT_EQ(client.SessionOptions("https://api.example").resource,
            options.resource);
  EXPECT_EQ(client.RevocationRequest(Secret::CopyOf("t"), "")->body,
            "token=t&client_id=tool%201");
}

TEST(OAuthClient, O27_ATokenThatTheServerDoesNotKnowIsGivenBack) {
  const auto client = *OAuthClient::Create(ClientOptions());
  const auto request =
      client.RevocationRequest(Secret::CopyOf("r/1"), "refresh_token");
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->target, "https://login.example/revoke");
  EXPECT_EQ(request->body,
            "token=r%2F1&token_type_hint=refresh_token&client_id=tool%201");
  const auto reason_of = [](const Result<HttpResponse>& outcome) {
    return OAuthClient::ReadRevocationAnswer(outcome).reason();
  };
  EXPECT_EQ(reason_of(Answer(200)), Reason::kNone);
  EXPECT_EQ(reason_of(Answer(200, "<html>")), Reason::kNone);
  EXPECT_EQ(reason_of(Refusal("unsupported_token_type")),
            Reason::kGrantUnsupported);
  EXPECT_EQ(reason_of(Refusal("invalid_client", 401)), Reason::kClientRefused);
  EXPECT_EQ(reason_of(Answer(503)), Reason::kOverloaded);
  EXPECT_EQ(reason_of(Status(Reason::kUnreachable)), Reason::kUnreachable);
}

TEST(OAuthClient, AsksForNothingThatTheServerDoesNotOffer) {
  OAuthClientOptions options = ClientOptions();
  options.server.device_authorization_endpoint.clear();
  options.server.revocation_endpoint.clear();
  const auto client = *OAuthClient::Create(options);
  EXPECT_EQ(client.DeviceAuthorizationRequest("").status().reason(),
            Reason::kGrantUnsupported);
  EXPECT_EQ(client.RevocationRequest(Secret::CopyOf("t"), "").status().reason(),
            Reason::kGrantUnsupported);
}

TEST(OAuthClient, ASessionGoesOnWithWhatWasGranted) {
  OAuthClientOptions options = ClientOptions();
  options.client_secret = SharedSecret("p");
  const auto client = *OAuthClient::Create(options);
  auto answer = client.ReadTokenAnswer(
      Answer(200, R"({"access_token":"a-1","refresh_token":"r-1",)"
                  R"("token_type":"bearer","expires_in":120})"),
      kStart);
  ASSERT_TRUE(answer.ok()) << answer.status().ToString();
  const auto session =
      TokenSession::Create(client.SessionOptions("https://api.example"),
                           std::move(answer->tokens), kStart);
  ASSERT_TRUE(session.ok()) << session.status().ToString();
  EXPECT_EQ((*session)->expires_at(), kStart + std::chrono::seconds(120));
  const auto step = (*session)->Start(kStart);
  const HttpRequest& request = std::get<TokenSession::Send>(step).request;
  EXPECT_EQ(request.target, "https://login.example/token");
  EXPECT_EQ(request.body, "grant_type=refresh_token&refresh_token=r-1");
  EXPECT_EQ(HeaderOf(request, "Authorization"), "Basic dG9vbCUyMDE6cA==");
}

}  // namespace
}  // namespace clone_auth

#include "clone/client_registration.h"

#include <chrono>
#include <string>
#include <vector>

#include "clone/json.h"
#include "gtest/gtest.h"
#include "unit/oauth/oauth_fixture.h"

namespace clone_auth {
namespace {

using Methods = std::vector<std::string>;

AuthServerMetadata ServerThatTakes(const Methods& methods) {
  AuthServerMetadata server = ClientOptions().server;
  server.registration_endpoint = "https://login.example/register";
  server.token_endpoint_auth_methods_supported = methods;
  return server;
}

ClientRegistration Tool() {
  ClientRegistration tool;
  tool.client_name = "A \"tool\"";
  tool.redirect_uris = {"http://127.0.0.1/callback"};
  return tool;
}

std::string MethodFor(const AuthServerMetadata& server,
                      const ClientRegistration& client) {
  const auto request = RegistrationRequest(server, client);
  if (!request.ok()) return std::string(request.status().message());
  return *JsonValue::Parse(request->body)
              ->FindString("token_endpoint_auth_method");
}

Reason ReasonOf(const Result<HttpResponse>& outcome) {
  return ReadRegistrationAnswer(outcome).status().reason();
}

TEST(ClientRegistration, SaysOfAProgramWhatItIs) {
  ClientRegistration tool = Tool();
  tool.scope = "read write";
  const auto request = RegistrationRequest(ServerThatTakes({"none"}), tool);
  ASSERT_TRUE(request.ok()) << request.status().ToString();
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->target, "https://login.example/register");
  EXPECT_EQ(HeaderOf(*request, "Content-Type"), "application/json");
  EXPECT_EQ(request->body,
            R"({"client_name":"A \"tool\"",)"
            R"("redirect_uris":["http://127.0.0.1/callback"],)"
            R"("grant_types":["authorization_code","refresh_token"],)"
            R"("response_types":["code"],)"
            R"("token_endpoint_auth_method":"none",)"
            R"("application_type":"native","scope":"read write"})");
}

TEST(ClientRegistration, OneWithoutABrowserComesBackToNowhere) {
  ClientRegistration box;
  box.grant_types = {"client_credentials"};
  const auto request = RegistrationRequest(ServerThatTakes({}), box);
  ASSERT_TRUE(request.ok()) << request.status().ToString();
  EXPECT_EQ(request->body,
            R"({"redirect_uris":[],"grant_types":["client_credentials"],)"
            R"("response_types":[],)"
            R"("token_endpoint_auth_method":"client_secret_basic",)"
            R"("application_type":"web"})");
}

TEST(ClientRegistration, KeepsNoSecretWhereTheServerWantsNone) {
  ClientRegistration tool = Tool();
  EXPECT_EQ(MethodFor(ServerThatTakes({}), tool), "client_secret_basic");
  EXPECT_EQ(MethodFor(ServerThatTakes({"client_secret_post",
                                       "client_secret_basic", "none"}),
                      tool),
            "none");
  EXPECT_EQ(MethodFor(ServerThatTakes(
                          {"x", "client_secret_post", "client_secret_basic"}),
                      tool),
            "client_secret_basic");
  EXPECT_EQ(MethodFor(ServerThatTakes({"client_secret_post"}), tool),
            "client_secret_post");
  tool.authentication = ClientAuthentication::kPost;
  EXPECT_EQ(MethodFor(ServerThatTakes({"none"}), tool), "client_secret_post");
}

TEST(ClientRegistration, IsNotAskedForWhatCannotWork) {
  const auto reason_of = [](const AuthServerMetadata& server,
                            const ClientRegistration& client) {
    return RegistrationRequest(server, client).status().reason();
  };
  EXPECT_EQ(reason_of(ClientOptions().server, Tool()),
            Reason::kGrantUnsupported);
  EXPECT_EQ(reason_of(ServerThatTakes({"private_key_jwt"}), Tool()),
            Reason::kGrantUnsupported);
  EXPECT_EQ(reason_of(ServerThatTakes({}), ClientRegistration()),
            Reason::kInvalidArgument);
}

TEST(ClientRegistration, MakesAClientThatSignsInAsTheAnswerSays) {
  const auto made = ReadRegistrationAnswer(Answer(
      201, R"({"client_id":"c-1","client_secret":"s3cret",)"
           R"("client_secret_expires_at":1767225600,)"
           R"("token_endpoint_auth_method":"client_secret_post","x":[]})"));
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_EQ(made->client_id, "c-1");
  EXPECT_EQ(made->client_secret->Reveal(), "s3cret");
  EXPECT_EQ(made->authentication, ClientAuthentication::kPost);
  EXPECT_EQ(made->secret_expires_at, kStart);
  OAuthClientOptions options = ClientOptions();
  options.client_id = made->client_id;
  options.client_secret = made->client_secret;
  options.authentication = made->authentication;
  EXPECT_TRUE(OAuthClient::Create(std::move(options)).ok());
}

TEST(ClientRegistration, WhatTheAnswerDoesNotSayIsLeftToTheClient) {
  const auto made = ReadRegistrationAnswer(
      Answer(200, R"({"client_id":"c","client_secret":"s",)"
                  R"("client_secret_expires_at":0})"));
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_NE(made->client_secret, nullptr);
  EXPECT_EQ(made->authentication, std::nullopt);
  EXPECT_EQ(made->secret_expires_at, std::nullopt);
}

TEST(ClientRegistration, APublicClientHasNoSecretWhateverComesWithIt) {
  for (const char* body :
       {R"({"client_id":"c","client_secret":"s",)"
        R"("client_secret_expires_at":1,"token_endpoint_auth_method":"none"})",
        R"({"client_id":"c","client_secret":""})"}) {
    const auto made = ReadRegistrationAnswer(Answer(201, body));
    ASSERT_TRUE(made.ok()) << made.status().ToString();
    EXPECT_EQ(made->client_secret, nullptr) << body;
    EXPECT_EQ(made->secret_expires_at, std::nullopt) << body;
  }
}

TEST(ClientRegistration, ARefusalHasAReason) {
  EXPECT_EQ(ReasonOf(Refusal("invalid_redirect_uri")), Reason::kRequestRefused);
  EXPECT_EQ(ReasonOf(Refusal("invalid_client_metadata")),
            Reason::kRequestRefused);
  EXPECT_EQ(ReasonOf(Answer(401)), Reason::kClientRefused);
  EXPECT_EQ(ReasonOf(Answer(429)), Reason::kRateLimited);
  EXPECT_EQ(ReasonOf(Status(Reason::kUnreachable)), Reason::kUnreachable);
  for (const char* body :
       {"", "[]", "{}", R"({"client_id":7})", R"({"client_id":""})",
        R"({"client_id":"c","token_endpoint_auth_method":"private_key_jwt"})",
        R"({"client_id":"c","token_endpoint_auth_method":)"
        R"("client_secret_basic"})"}) {
    EXPECT_EQ(ReasonOf(Answer(201, body)), Reason::kAnswerMalformed) << body;
  }
}

}  // namespace
}  // namespace clone_auth

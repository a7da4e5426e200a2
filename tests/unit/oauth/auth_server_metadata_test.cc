#include "clone/auth_server_metadata.h"

#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

constexpr const char* kIssuer = "https://login.example/t";

// Metadata of kIssuer with `more` members behind the ones that it needs.
std::string Metadata(const std::string& more = "") {
  return R"({"issuer":"https://login.example/t",)"
         R"("token_endpoint":"https://login.example/token")" +
         more + "}";
}

Reason ReasonOf(const std::string& body, const char* issuer = kIssuer) {
  return ParseAuthServerMetadata(body, issuer).status().reason();
}

TEST(AuthServerMetadata, SaysWhereWhatIsTaken) {
  const auto metadata = ParseAuthServerMetadata(
      Metadata(
          R"(,"authorization_endpoint":"https://login.example/auth?x=1",)"
          R"("device_authorization_endpoint":"https://login.example/device",)"
          R"("revocation_endpoint":"https://login.example/revoke",)"
          R"("introspection_endpoint":"https://login.example/introspect",)"
          R"("userinfo_endpoint":"https://login.example/me",)"
          R"("jwks_uri":"https://keys.example/keys",)"
          R"("code_challenge_methods_supported":["plain","S256"],)"
          R"("token_endpoint_auth_methods_supported":["client_secret_post"],)"
          R"("authorization_response_iss_parameter_supported":true,)"
          R"("registration_endpoint":"https://login.example/register",)"
          R"("scopes_supported":["read","offline_access"],)"
          R"("client_id_metadata_document_supported":true,)"
          R"("op_policy_uri":7)"),
      kIssuer);
  ASSERT_TRUE(metadata.ok()) << metadata.status().ToString();
  EXPECT_EQ(metadata->issuer, kIssuer);
  EXPECT_EQ(metadata->authorization_endpoint, "https://login.example/auth?x=1");
  EXPECT_EQ(metadata->token_endpoint, "https://login.example/token");
  EXPECT_EQ(metadata->device_authorization_endpoint,
            "https://login.example/device");
  EXPECT_EQ(metadata->revocation_endpoint, "https://login.example/revoke");
  EXPECT_EQ(metadata->introspection_endpoint,
            "https://login.example/introspect");
  EXPECT_EQ(metadata->userinfo_endpoint, "https://login.example/me");
  EXPECT_EQ(metadata->registration_endpoint, "https://login.example/register");
  EXPECT_EQ(metadata->jwks_uri, "https://keys.example/keys");
  EXPECT_EQ(metadata->code_challenge_methods_supported,
            (std::vector<std::string>{"plain", "S256"}));
  EXPECT_EQ(metadata->token_endpoint_auth_methods_supported,
            (std::vector<std::string>{"client_secret_post"}));
  EXPECT_EQ(metadata->scopes_supported,
            (std::vector<std::string>{"read", "offline_access"}));
  EXPECT_TRUE(metadata->authorization_response_iss_parameter_supported);
  EXPECT_TRUE(metadata->client_id_metadata_document_supported);
}

TEST(AuthServerMetadata, WhatIsNotSaidIsEmpty) {
  const auto metadata =
      ParseAuthServerMetadata(Metadata(R"(,"jwks_uri":null)"), kIssuer);
  ASSERT_TRUE(metadata.ok()) << metadata.status().ToString();
  EXPECT_EQ(metadata->authorization_endpoint, "");
  EXPECT_EQ(metadata->jwks_uri, "");
  EXPECT_TRUE(metadata->code_challenge_methods_supported.empty());
  EXPECT_TRUE(metadata->scopes_supported.empty());
  EXPECT_FALSE(metadata->authorization_response_iss_parameter_supported);
  EXPECT_FALSE(metadata->client_id_metadata_document_supported);
}

TEST(AuthServerMetadata, O03_IsThatOfTheVeryIssuerThatWasAsked) {
  for (const char* asked :
       {"https://login.example/t/", "https://login.example/T",
        "https://Login.example/t", "https://login.example:443/t",
        "https://login.example/%74", "https://evil.example/t",
        "https://login.example", ""}) {
    EXPECT_EQ(ReasonOf(Metadata(), asked), Reason::kIssuerMismatch) << asked;
  }
  EXPECT_EQ(ReasonOf(R"({"token_endpoint":"https://login.example/token"})"),
            Reason::kIssuerMismatch);
}

TEST(AuthServerMetadata, R13_WhatIsNoMetadataIsRefusedWithAReason) {
  for (const std::string& body :
       {std::string(), std::string("<!doctype html><title>Sign in</title>"),
        std::string("[]"), std::string("null"), std::string("\"text\""),
        std::string("\xef\xbb\xbf{}"), std::string("{\0}", 3),
        Metadata().substr(0, 40), Metadata() + "x",
        Metadata(R"(,"token_endpoint":"https://evil.example/token")"),
        Metadata(R"(,"issuer":"https://login.example/t")"),
        Metadata(",\"x\":\"" + std::string(256 * 1024, 'x') + "\""),
        Metadata(",\"x\":" + std::string(100, '[') + std::string(100, ']')),
        Metadata(R"(,"jwks_uri":7)"),
        Metadata(R"(,"code_challenge_methods_supported":"S256")"),
        Metadata(R"(,"code_challenge_methods_supported":["S256",1])"),
        Metadata(
            R"(,"authorization_response_iss_parameter_supported":"true")")}) {
    EXPECT_EQ(ReasonOf(body), Reason::kAnswerMalformed) << body.substr(0, 80);
  }
}

TEST(AuthServerMetadata, NamesNoPlaceThatEverybodyCanListenTo) {
  for (const char* name :
       {"authorization_endpoint", "device_authorization_endpoint",
        "revocation_endpoint", "introspection_endpoint", "userinfo_endpoint",
        "registration_endpoint", "jwks_uri"}) {
    const auto reason_of = [&](const std::string& url) {
      return ReasonOf(
          Metadata(std::string(",\"") + name + "\":\"" + url + "\""));
    };
    EXPECT_EQ(reason_of("http://login.example/x"), Reason::kInsecureUrl);
    EXPECT_EQ(reason_of("http://127.0.0.1/x"), Reason::kInsecureUrl);
    EXPECT_EQ(reason_of("https://localhost/x"), Reason::kInsecureUrl);
    EXPECT_EQ(reason_of("javascript:alert(1)"), Reason::kUrlMalformed);
    EXPECT_EQ(reason_of("file:///etc/passwd"), Reason::kUrlMalformed);
    EXPECT_EQ(reason_of("/x"), Reason::kUrlMalformed);
    EXPECT_EQ(reason_of("https://a@login.example/x"), Reason::kUrlMalformed);
  }
}

TEST(AuthServerMetadata, OfThisMachineMayNameThisMachine) {
  EXPECT_TRUE(
      ParseAuthServerMetadata(R"({"issuer":"http://127.0.0.1:8080",)"
                              R"("token_endpoint":"http://localhost:9/token"})",
                              "http://127.0.0.1:8080")
          .ok());
}

TEST(AuthServerMetadata, HasATokenEndpointAndAnIssuerThatCanBeOne) {
  AuthServerMetadata metadata;
  metadata.issuer = kIssuer;
  EXPECT_EQ(metadata.Validate().reason(), Reason::kUrlMalformed);
  metadata.token_endpoint = "https://login.example/token";
  EXPECT_TRUE(metadata.Validate().ok());
  metadata.issuer = "https://login.example/?t";
  EXPECT_EQ(metadata.Validate().reason(), Reason::kUrlMalformed);
  metadata.issuer = "http://login.example";
  EXPECT_EQ(metadata.Validate().reason(), Reason::kInsecureUrl);
}

}  // namespace
}  // namespace clone_auth

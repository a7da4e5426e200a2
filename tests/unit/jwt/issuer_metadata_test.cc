#include "jwt/issuer_metadata.h"

#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

using Urls = std::vector<std::string>;

TEST(IssuerMetadata, IsLookedForWhereBothDocumentsSay) {
  EXPECT_EQ(MetadataUrls("https://a.example"),
            (Urls{"https://a.example/.well-known/openid-configuration",
                  "https://a.example/.well-known/oauth-authorization-server"}));
  EXPECT_EQ(MetadataUrls("https://a.example/"),
            MetadataUrls("https://a.example"));
  EXPECT_EQ(
      MetadataUrls("https://a.example:8443/realms/x"),
      (Urls{"https://a.example:8443/realms/x/.well-known/openid-configuration",
            "https://a.example:8443/.well-known/oauth-authorization-server/"
            "realms/x"}));
}

TEST(IssuerMetadata, AnIssuerIsAnHttpsUrlWithoutQuery) {
  EXPECT_TRUE(CheckIssuer("https://a.example/t").ok());
  EXPECT_TRUE(CheckIssuer("http://127.0.0.1:8080").ok());
  EXPECT_EQ(CheckIssuer("http://a.example").reason(), Reason::kInsecureUrl);
  for (const char* issuer : {"", "a.example", "https://a.example?x",
                             "https://a.example/#x", "https://u@a.example"}) {
    EXPECT_EQ(CheckIssuer(issuer).reason(), Reason::kUrlMalformed) << issuer;
  }
}

Reason ReasonOf(const std::string& metadata,
                const std::string& issuer = "https://a.example") {
  return ReadJwksUri(metadata, issuer).status().reason();
}

TEST(IssuerMetadata, NamesTheKeysOfThatVeryIssuer) {
  EXPECT_EQ(*ReadJwksUri(R"({"issuer":"https://a.example","x":1,)"
                         R"("jwks_uri":"https://keys.example/k?v=1"})",
                         "https://a.example"),
            "https://keys.example/k?v=1");
  for (const char* issuer :
       {R"("https://a.example/")", R"("https://A.example")",
        R"("https://b.example")", "null", "7"}) {
    EXPECT_EQ(ReasonOf(std::string(R"({"issuer":)") + issuer +
                       R"(,"jwks_uri":"https://a.example/k"})"),
              Reason::kAnswerMalformed)
        << issuer;
  }
  EXPECT_EQ(ReasonOf(R"({"jwks_uri":"https://a.example/k"})"),
            Reason::kAnswerMalformed);
  EXPECT_EQ(ReasonOf(R"({"issuer":"https://a.example"})"),
            Reason::kAnswerMalformed);
  EXPECT_EQ(ReasonOf("<html>"), Reason::kJsonMalformed);
  EXPECT_EQ(ReasonOf("[]"), Reason::kAnswerMalformed);
}

TEST(IssuerMetadata, SendsNobodyToPlainHttpOrToTheirOwnMachine) {
  const auto reason_of = [](const std::string& uri, const std::string& issuer) {
    return ReasonOf(
        R"({"issuer":")" + issuer + R"(","jwks_uri":")" + uri + "\"}", issuer);
  };
  EXPECT_EQ(reason_of("http://a.example/k", "https://a.example"),
            Reason::kInsecureUrl);
  EXPECT_EQ(reason_of("http://127.0.0.1/k", "https://a.example"),
            Reason::kInsecureUrl);
  EXPECT_EQ(reason_of("https://localhost/k", "https://a.example"),
            Reason::kInsecureUrl);
  EXPECT_EQ(reason_of("file:///etc/passwd", "https://a.example"),
            Reason::kUrlMalformed);
  EXPECT_EQ(reason_of("http://127.0.0.1/k", "http://127.0.0.1:80"),
            Reason::kNone);
}

}  // namespace
}  // namespace clone_auth

#include "clone/user_info.h"

#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

Reason ReasonOf(const std::string& body, const char* subject = "") {
  return ParseUserInfo(body, subject).status().reason();
}

AuthServerMetadata Server() {
  AuthServerMetadata server;
  server.issuer = "https://login.example";
  server.userinfo_endpoint = "https://login.example/me";
  return server;
}

TEST(UserInfoRequest, PresentsTheTokenAtTheEndpoint) {
  const auto request = UserInfoRequest(Server(), Secret::CopyOf("abc"));
  ASSERT_TRUE(request.ok());
  EXPECT_EQ(request->method, "GET");
  EXPECT_EQ(request->target, "https://login.example/me");
  ASSERT_NE(request->headers.Find("Authorization"), nullptr);
  EXPECT_EQ(*request->headers.Find("Authorization"), "Bearer abc");
}

TEST(UserInfoRequest, AsksNobodyWithoutEndpointOrToken) {
  EXPECT_EQ(UserInfoRequest(Server(), Secret()).status().reason(),
            Reason::kGrantUnsupported);
  AuthServerMetadata server = Server();
  server.userinfo_endpoint.clear();
  EXPECT_EQ(UserInfoRequest(server, Secret::CopyOf("abc")).status().reason(),
            Reason::kGrantUnsupported);
}

TEST(ParseUserInfo, ReadsWhoItIs) {
  const auto info = ParseUserInfo(
      R"({"sub":"248","name":"Ann","preferred_username":"ann",)"
      R"("email":"ann@example.com","email_verified":true,"x":[1]})",
      "248");
  ASSERT_TRUE(info.ok()) << info.status().ToString();
  EXPECT_EQ(info->subject, "248");
  EXPECT_EQ(info->name, "Ann");
  EXPECT_EQ(info->preferred_username, "ann");
  EXPECT_EQ(info->email, "ann@example.com");
  EXPECT_TRUE(info->email_verified);
}

TEST(ParseUserInfo, LeavesEmptyWhatIsNotTold) {
  const auto info = ParseUserInfo(R"({"sub":"248","email":null})");
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->email, "");
  EXPECT_FALSE(info->email_verified);
}

TEST(ParseUserInfo, TakesAVerifiedAddressAlsoAsAWord) {
  const auto told = [](const char* value) {
    const auto info = ParseUserInfo(R"({"sub":"2","email_verified":)" +
                                    std::string(value) + "}");
    return info.ok() && info->email_verified;
  };
  EXPECT_TRUE(told(R"("true")"));
  EXPECT_FALSE(told(R"("false")"));
  EXPECT_FALSE(told("false"));
}

TEST(ParseUserInfo, RefusesWhatIsNoAnswerOfTheKind) {
  for (const char* body :
       {"", "<html>", "[]", "{}", R"({"sub":""})", R"({"sub":7})",
        R"({"sub":"a","sub":"b"})", R"({"sub":"a","email":[]})",
        R"({"sub":"a","email_verified":1})", "eyJhbGciOiJub25lIn0.e30."}) {
    EXPECT_EQ(ReasonOf(body), Reason::kAnswerMalformed) << body;
  }
}

TEST(ParseUserInfo, RefusesAnAnswerAboutSomebodyElse) {
  EXPECT_EQ(ReasonOf(R"({"sub":"249"})", "248"), Reason::kTokenClaim);
  EXPECT_EQ(ReasonOf(R"({"sub":"249"})"), Reason::kNone);
}

}  // namespace
}  // namespace clone_auth

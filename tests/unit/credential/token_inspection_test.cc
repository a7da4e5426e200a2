#include "clone/token_inspection.h"

#include <string>

#include "base/base64url.h"
#include "gtest/gtest.h"
#include "support/tokens.h"

namespace clone_auth {
namespace {

using testing::TokenOf;

TEST(TokenInspection, ReadsClaimsAndTimes) {
  const auto token =
      InspectToken(TokenOf(R"({"sub":"u","iat":1700000000,"exp":1700003600})"));
  ASSERT_TRUE(token.ok()) << token.status().ToString();
  EXPECT_EQ(*token->claims.FindString("sub"), "u");
  EXPECT_EQ(*token->header.FindString("alg"), "ES256");
  EXPECT_EQ(token->issued_at,
            FromUnixSeconds(std::chrono::seconds(1'700'000'000)));
  EXPECT_EQ(token->expires_at,
            FromUnixSeconds(std::chrono::seconds(1'700'003'600)));
}

TEST(TokenInspection, RoundsFractionsOfASecondDown) {
  const auto token = InspectToken(TokenOf(R"({"exp":1700003600.9})"));
  ASSERT_TRUE(token.ok());
  EXPECT_EQ(token->expires_at,
            FromUnixSeconds(std::chrono::seconds(1'700'003'600)));
}

TEST(TokenInspection, HasNoTimeWhereTheClaimIsNone) {
  for (const char* claims :
       {"{}", R"({"exp":"1700003600"})", R"({"exp":null})", R"({"exp":-1})",
        R"({"exp":1e99})", R"({"exp":[1]})", R"({"exp":true})"}) {
    const auto token = InspectToken(TokenOf(claims));
    ASSERT_TRUE(token.ok()) << claims;
    EXPECT_EQ(token->expires_at, std::nullopt) << claims;
    EXPECT_EQ(token->issued_at, std::nullopt) << claims;
  }
}

TEST(TokenInspection, RefusesWhatIsNoJwtByItsForm) {
  const std::string good = Base64UrlEncode("{}");
  for (const std::string& text :
       {std::string(), std::string("opaque"), good + "." + good,
        good + "." + good + ".a.b", good + ".." + good, "." + good + "." + good,
        good + "=." + good + ".sig0", good + "." + good + ".a+b/",
        Base64UrlEncode("[]") + "." + good + ".sig0",
        good + "." + Base64UrlEncode("1") + ".sig0",
        good + "." + Base64UrlEncode(R"({"a":1,"a":2})") + ".sig0",
        good + "." + Base64UrlEncode("{") + ".sig0"}) {
    EXPECT_EQ(InspectToken(text).status().reason(), Reason::kTokenMalformed)
        << text;
  }
}

TEST(TokenInspection, RefusesMoreThan16KiB) {
  EXPECT_EQ(InspectToken(std::string(16 * 1024 + 1, 'a')).status().reason(),
            Reason::kTokenTooLarge);
}

}  // namespace
}  // namespace clone_auth

#include "clone/api_key_scheme.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/scheme.h"

namespace clone_auth {
namespace {

TEST(ApiKeyScheme, TheOneInUseIsValid) {
  EXPECT_TRUE(testing::TestScheme().Validate().ok());
}

TEST(ApiKeyScheme, TakesPrefixesFromTwoToSixteenCharacters) {
  for (const std::string prefix : {"ab_", "a1_", "0123456789abcdef_"}) {
    EXPECT_TRUE((ApiKeyScheme{prefix, "X-Key"}).Validate().ok()) << prefix;
  }
}

TEST(ApiKeyScheme, RefusesAnyOtherPrefix) {
  for (const std::string prefix :
       {"", "_", "a_", "ab", "ab_cd_", "ab__", "Ab_", "a-b_", "a b_", "ab_ ",
        "\xc3\xa4z_", "0123456789abcdefg_"}) {
    EXPECT_EQ((ApiKeyScheme{prefix, "X-Key"}).Validate().reason(),
              Reason::kSchemeInvalid)
        << prefix;
  }
}

TEST(ApiKeyScheme, RefusesAHeaderThatIsNoToken) {
  for (const std::string& header :
       {std::string(), std::string("X Key"), std::string("X-Key:"),
        std::string("X-Key\r\nA"), std::string("X-K\0ey", 6),
        std::string("X-K\xc3\xa9y"), std::string(65, 'x')}) {
    EXPECT_EQ((ApiKeyScheme{"ab_", header}).Validate().reason(),
              Reason::kSchemeInvalid)
        << header;
  }
  EXPECT_TRUE((ApiKeyScheme{"ab_", std::string(64, 'x')}).Validate().ok());
}

TEST(ApiKeyScheme, RefusesAHeaderThatHttpGivesAMeaning) {
  for (const std::string header :
       {"Authorization", "authorization", "COOKIE", "Host", "DPoP", "Accept",
        "Accept-Language", "Content-Length", "content-type", "If-Match",
        "Proxy-Authorization", "Sec-Fetch-Site", "X-Forwarded-For",
        "Transfer-Encoding", "Idempotency-Key"}) {
    EXPECT_EQ((ApiKeyScheme{"ab_", header}).Validate().reason(),
              Reason::kSchemeInvalid)
        << header;
  }
}

TEST(ApiKeyScheme, MatchesByThePrefixWithItsCase) {
  const ApiKeyScheme& scheme = testing::TestScheme();
  EXPECT_TRUE(scheme.Matches(scheme.prefix + "x"));
  EXPECT_TRUE(scheme.Matches(scheme.prefix));
  EXPECT_FALSE(scheme.Matches(""));
  EXPECT_FALSE(
      scheme.Matches(scheme.prefix.substr(0, scheme.prefix.size() - 1)));
  std::string upper = scheme.prefix;
  upper[0] = static_cast<char>(upper[0] - 'a' + 'A');
  EXPECT_FALSE(scheme.Matches(upper + "x"));
}

}  // namespace
}  // namespace clone_auth

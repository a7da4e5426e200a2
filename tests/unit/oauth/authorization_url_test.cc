#include "oauth/authorization_url.h"

#include <gtest/gtest.h>

namespace clone_auth {
namespace {

TEST(AuthorizationUrlTest, ParametersStandBehindTheEndpointsOwnQuery) {
  EXPECT_EQ(WithParameters("https://a.example/x", {{"a", "1"}, {"b", "2"}}),
            "https://a.example/x?a=1&b=2");
  EXPECT_EQ(WithParameters("https://a.example/x?tenant=t", {{"a", "1"}}),
            "https://a.example/x?tenant=t&a=1");
  EXPECT_EQ(WithParameters("https://a.example", {{"a", "1"}}),
            "https://a.example?a=1");
}

TEST(AuthorizationUrlTest, AnEmptyRestOfAQueryIsNotDoubled) {
  EXPECT_EQ(WithParameters("https://a.example/x?", {{"a", "1"}}),
            "https://a.example/x?a=1");
  EXPECT_EQ(WithParameters("https://a.example/x?b=2&", {{"a", "1"}}),
            "https://a.example/x?b=2&a=1");
}

TEST(AuthorizationUrlTest, ValuesAreEncodedAndEmptyOnesLeftOut) {
  EXPECT_EQ(WithParameters("https://a.example/x",
                           {{"scope", "openid a/b"},
                            {"prompt", ""},
                            {"login_hint", "me+you@a.example&b=c#\xc3\xa9"}}),
            "https://a.example/x?scope=openid%20a%2Fb&login_hint="
            "me%2Byou%40a.example%26b%3Dc%23%C3%A9");
  EXPECT_EQ(WithParameters("https://a.example/x", {{"a", ""}}),
            "https://a.example/x");
}

}  // namespace
}  // namespace clone_auth

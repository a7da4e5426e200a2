#include <gtest/gtest.h>

#include "clone/http.h"

namespace clone_auth {
namespace {

TEST(HttpHeadersTest, FindsANameInAnyCaseAndTheFirstOfSeveral) {
  HttpHeaders headers{{"X-One", "1"}, {"x-one", "2"}, {"Other", "3"}};
  ASSERT_NE(headers.Find("x-ONE"), nullptr);
  EXPECT_EQ(*headers.Find("x-ONE"), "1");
  EXPECT_EQ(headers.Count("X-One"), 2u);
  EXPECT_EQ(headers.Find("X-On"), nullptr);
  EXPECT_EQ(headers.Count("X-Ones"), 0u);
}

TEST(HttpHeadersTest, SetLeavesOneFieldOfThatName) {
  HttpHeaders headers{{"A", "1"}, {"B", "2"}, {"a", "3"}};
  headers.Set("a", "4");
  EXPECT_EQ(headers.Count("A"), 1u);
  EXPECT_EQ(*headers.Find("A"), "4");
  EXPECT_EQ(*headers.Find("B"), "2");
  EXPECT_EQ(headers.size(), 2u);
}

TEST(HttpHeadersTest, AddKeepsTheOrder) {
  HttpHeaders headers;
  EXPECT_TRUE(headers.empty());
  headers.Add("B", "1");
  headers.Add("A", "2");
  EXPECT_EQ(headers.begin()->name, "B");
}

TEST(EqualsIgnoreAsciiCaseTest, TreatsOnlyAsciiLettersAlike) {
  EXPECT_TRUE(EqualsIgnoreAsciiCase("aZ-9", "Az-9"));
  EXPECT_FALSE(EqualsIgnoreAsciiCase("a", "ab"));
  EXPECT_FALSE(EqualsIgnoreAsciiCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoreAsciiCase("\xc3\x84", "\xc3\xa4"));
}

}  // namespace
}  // namespace clone_auth

#include "oauth/query.h"

#include <gtest/gtest.h>

namespace clone_auth {
namespace {

TEST(QueryTest, BlanksAndPercentSignsAreDecoded) {
  const auto query = Query::Parse("a=x+y%2Fz%3d&b%20c=%C3%A9");
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(*query->Find("a"), "x y/z=");
  EXPECT_EQ(*query->Find("b c"), "\xc3\xa9");
}

TEST(QueryTest, AValueMayHoldEqualsSigns) {
  EXPECT_EQ(*Query::Parse("code=a==")->Find("code"), "a==");
}

TEST(QueryTest, AFieldWithoutValueCountsAsAbsent) {
  const auto query = Query::Parse("code&state=&iss=x&&");
  ASSERT_TRUE(query.has_value());
  EXPECT_EQ(query->Find("code"), nullptr);
  EXPECT_EQ(query->Find("state"), nullptr);
  EXPECT_EQ(*query->Find("iss"), "x");
  EXPECT_FALSE(query->HasRepeats());
}

TEST(QueryTest, RepeatsAreNoticedHoweverTheyAreWritten) {
  EXPECT_TRUE(Query::Parse("code=a&x=1&code=a")->HasRepeats());
  EXPECT_TRUE(Query::Parse("code=a&c%6Fde=b")->HasRepeats());
  EXPECT_FALSE(Query::Parse("code=a&codes=a")->HasRepeats());
}

TEST(QueryTest, BrokenPercentEncodingIsNoQuery) {
  for (const char* text : {"a=%", "a=%4", "a=%zz", "%=a", "a=%4g"}) {
    EXPECT_FALSE(Query::Parse(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace clone_auth

#include "service/url_form.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using service::UrlForm;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(UrlForm, ReadsNamesAndValuesInTheirOrder) {
  const auto form = UrlForm::Parse("b=2&a=1&b=3");
  ASSERT_TRUE(form.ok());
  EXPECT_THAT(form->fields(),
              ElementsAre(Pair("b", "2"), Pair("a", "1"), Pair("b", "3")));
  EXPECT_THAT(form->All("b"), ElementsAre("2", "3"));
  EXPECT_THAT(form->All("c"), IsEmpty());
}

TEST(UrlForm, DecodesEscapesAndPlus) {
  const auto form = UrlForm::Parse("s%63ope=pull+push%20x%2B%c3%A4");
  ASSERT_TRUE(form.ok());
  EXPECT_THAT(form->All("scope"), ElementsAre("pull push x+\xc3\xa4"));
}

TEST(UrlForm, TakesAFieldWithoutAValueAsAbsent) {
  const auto form = UrlForm::Parse("&a&b=&&c==&");
  ASSERT_TRUE(form.ok());
  EXPECT_THAT(form->fields(),
              ElementsAre(Pair("a", ""), Pair("b", ""), Pair("c", "=")));
  EXPECT_THAT(form->All("a"), IsEmpty());
  EXPECT_THAT(form->All("b"), IsEmpty());
}

TEST(UrlForm, RefusesBrokenEscapesAndControlCharacters) {
  for (const char* text : {"a=%", "a=%4", "a=%zz", "%=a", "a=%00", "a=b%0d%0ac",
                           "a=\n", "a%7f=b", "a=%-1", "a=%+1"}) {
    EXPECT_EQ(UrlForm::Parse(text).status().reason(), Reason::kInvalidArgument)
        << text;
  }
}

TEST(UrlForm, HoldsAtMostSixtyFourFields) {
  std::string text;
  for (std::size_t i = 0; i < UrlForm::kMaxFields; ++i) text += "a=b&";
  EXPECT_TRUE(UrlForm::Parse(text).ok());
  EXPECT_FALSE(UrlForm::Parse(text + "a=b").ok());
}

}  // namespace
}  // namespace clone_auth::testing

#include "rest/error_body.h"

#include <gtest/gtest.h>

#include <string>

namespace clone_auth {
namespace {

HttpResponse Of(std::string body, std::string type = "application/json") {
  return {400, {{"Content-Type", std::move(type)}}, std::move(body)};
}

TEST(ErrorBody, ReadsCodeAndDetailOrOAuthsError) {
  const ErrorBody ours = ReadErrorBody(Of(R"({"detail":"d","code":"c"})"));
  EXPECT_EQ(ours.code, "c");
  EXPECT_EQ(ours.detail, "d");
  EXPECT_EQ(ours.fields, "");
  EXPECT_EQ(ReadErrorBody(Of(R"({"error":"invalid_grant"})")).code,
            "invalid_grant");
}

TEST(ErrorBody, ReadsAListOfSentences) {
  EXPECT_EQ(ReadErrorBody(Of(R"(["One.","Two."])")).fields, "One. Two.");
}

TEST(ErrorBody, SaysNothingWhereTheBodySaysNothing) {
  for (const char* body :
       {"", "x", "3", "null", "{", R"({"a":1})", R"({"a":{"b":["c"]}})",
        R"({"a":[1,null]})", R"({"code":1})"}) {
    const ErrorBody read = ReadErrorBody(Of(body));
    EXPECT_EQ(read.code, "") << body;
    EXPECT_EQ(read.fields, "") << body;
  }
  EXPECT_EQ(ReadErrorBody(Of(R"({"code":"c"})", "text/html")).code, "");
}

TEST(ErrorBody, IsShownInOneLineOfBoundedLength) {
  const ErrorBody read =
      ReadErrorBody(Of(R"({"a\u001b[31m":["line\r\nbreak \u009b31m"],"b":[")" +
                       std::string(5000, 'x') + R"("],"c":[")" +
                       std::string(5000, 'y') + R"("]})"));
  EXPECT_EQ(read.fields.rfind("a [31m: line  break   31m b: xxx", 0), 0u)
      << read.fields;
  EXPECT_LT(read.fields.size(), 1000u);
  for (const char c : read.fields) EXPECT_GE(c, ' ');
}

TEST(CleanText, CutsBetweenCharacters) {
  EXPECT_EQ(CleanText("a\xc3\xa9z", 2), "a");
  EXPECT_EQ(CleanText("a\xc3\xa9z", 3), "a\xc3\xa9");
  EXPECT_EQ(CleanText("\xe2\x82\xac", 2), "");
}

TEST(MayBeJson, TakesJsonTypesAndNone) {
  for (const char* type : {"application/json", "Application/JSON; charset=x",
                           "application/problem+json"}) {
    EXPECT_TRUE(MayBeJson(Of("{}", type))) << type;
  }
  EXPECT_TRUE(MayBeJson({200, {}, "{}"}));
  for (const char* type : {"text/html", "text/json", "application/jsonp",
                           "+json", "application/json/x"}) {
    EXPECT_FALSE(MayBeJson(Of("{}", type))) << type;
  }
}

TEST(MediaTypeForDisplay, ShowsOnlyWordsOfOurs) {
  EXPECT_EQ(MediaTypeForDisplay(Of("", "Text/HTML; x=y")), "text/html");
  EXPECT_EQ(MediaTypeForDisplay(Of("", "text/canary")), "of another type");
  EXPECT_EQ(MediaTypeForDisplay({200, {}, ""}), "of no type");
}

TEST(ErrorBody, ShowsNoTextThatHoldsASecret) {
  const ErrorBody read = ReadErrorBody(
      Of(R"({"a":["no \u0063anary","yes"],"canary":["b"]})"), {"", "canary"});
  EXPECT_EQ(read.fields, "a: (not shown) a: yes (not shown): b");
}

}  // namespace
}  // namespace clone_auth

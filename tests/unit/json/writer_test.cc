#include <limits>

#include "clone/json.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

TEST(JsonWriter, WritesCompactTextInTheOrderOfTheCalls) {
  JsonWriter writer;
  writer.BeginObject().Name("a").Int(1).Name("b").BeginArray();
  writer.Bool(true).Null().BeginObject().EndObject().String("x").EndArray();
  writer.Name("c").Bool(false).EndObject();
  EXPECT_EQ(writer.Take(), R"({"a":1,"b":[true,null,{},"x"],"c":false})");
}

TEST(JsonWriter, IsEmptyAfterTake) {
  JsonWriter writer;
  writer.BeginArray().Int(1).EndArray();
  EXPECT_EQ(writer.Take(), "[1]");
  writer.String("again");
  EXPECT_EQ(writer.Take(), "\"again\"");
}

TEST(JsonWriter, EscapesWhatJsonRequires) {
  JsonWriter writer;
  writer.String(std::string_view("\"\\\b\f\n\r\t\x01\x1f\0/", 11));
  EXPECT_EQ(writer.Take(), R"("\"\\\b\f\n\r\t\u0001\u001f\u0000/")");
}

TEST(JsonWriter, KeepsValidUtf8AndReplacesTheRest) {
  const auto written = [](std::string_view text) {
    return JsonWriter().String(text).Take();
  };
  const std::string key = "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x94\x91";
  EXPECT_EQ(written(key), "\"" + key + "\"");
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(written("a\xff"
                    "b"),
            "\"a" + bad + "b\"");
  EXPECT_EQ(written("\xc3"), "\"" + bad + "\"");
  EXPECT_EQ(written("\xc0\xaf"), "\"" + bad + bad + "\"");
  EXPECT_EQ(written("\xed\xa0\x80"), "\"" + bad + bad + bad + "\"");
  EXPECT_EQ(written("\xf4\x90\x80\x80"), "\"" + bad + bad + bad + bad + "\"");
  EXPECT_EQ(written("\xe2\x82"
                    "a"),
            "\"" + bad + bad + "a\"");
}

TEST(JsonWriter, WhatItWritesIsReadBackTheSame) {
  constexpr std::string_view kText =
      R"({"s":"a\"\u0007\u00e9","i":-9223372036854775808,"d":[0.1,1e+300],)"
      R"("t":true,"n":null,"o":{"x":[]}})";
  const auto value = JsonValue::Parse(kText);
  ASSERT_TRUE(value.ok());
  const std::string once = JsonWriter().Value(*value).Take();
  const auto again = JsonValue::Parse(once);
  ASSERT_TRUE(again.ok()) << once;
  EXPECT_EQ(JsonWriter().Value(*again).Take(), once);
  EXPECT_EQ(again->Find("d")->AsArray()->front().AsNumber(), 0.1);
}

TEST(JsonWriter, WritesALargeDoubleAsNoInteger) {
  for (const double large : {1e18, 18446744073709551616.0,
                             1.2345678901234567e20, -1.7976931348623157e308}) {
    const auto read =
        JsonValue::Parse(JsonWriter().Value(JsonValue(large)).Take());
    ASSERT_TRUE(read.ok()) << large;
    EXPECT_EQ(read->AsInt(), nullptr) << large;
    EXPECT_EQ(read->AsNumber(), large);
  }
}

TEST(JsonWriter, WritesNullForWhatIsNoNumber) {
  const JsonValue infinite(std::numeric_limits<double>::infinity());
  EXPECT_EQ(JsonWriter().Value(infinite).Take(), "null");
  EXPECT_EQ(JsonWriter().Value(JsonValue()).Take(), "null");
}

}  // namespace
}  // namespace clone_auth

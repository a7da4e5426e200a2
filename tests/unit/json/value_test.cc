#include <cmath>
#include <limits>
#include <thread>

#include "clone/json.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

std::string Nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

Reason ReasonOf(std::string_view text, const JsonLimits& limits = {}) {
  const auto value = JsonValue::Parse(text, limits);
  return value.ok() ? Reason::kNone : value.status().reason();
}

TEST(JsonParse, ReadsEveryTypeAndKeepsTheOrderOfMembers) {
  const auto value = JsonValue::Parse(
      R"( {"s":"a\u00e9\n","i":-7,"d":2.5,"t":true,"n":null,"a":[1,"x"]} )");
  ASSERT_TRUE(value.ok());
  EXPECT_EQ(*value->FindString("s"), "a\xc3\xa9\n");
  EXPECT_EQ(*value->Find("i")->AsInt(), -7);
  EXPECT_EQ(value->Find("d")->AsNumber(), 2.5);
  EXPECT_EQ(value->Find("d")->AsInt(), nullptr);
  EXPECT_TRUE(*value->Find("t")->AsBool());
  EXPECT_TRUE(value->Find("n")->IsNull());
  EXPECT_EQ(value->Find("a")->AsArray()->size(), 2u);
  EXPECT_EQ(value->AsObject()->front().name, "s");
  EXPECT_EQ(value->AsObject()->back().name, "a");
  EXPECT_EQ(value->Find("missing"), nullptr);
  EXPECT_EQ(value->FindString("i"), nullptr);
  EXPECT_EQ(value->Find("s")->Find("x"), nullptr);
}

TEST(JsonParse, TakesAScalarAlone) {
  EXPECT_EQ(*JsonValue::Parse("\"x\"")->AsString(), "x");
  EXPECT_EQ(*JsonValue::Parse(" 12\n")->AsInt(), 12);
  EXPECT_TRUE(JsonValue::Parse("null")->IsNull());
  EXPECT_FALSE(JsonValue::Parse("null")->AsNumber().has_value());
}

TEST(JsonParse, RefusesWhatIsNoJson) {
  for (const char* text :
       {"",          " ",          "{",           "{}}",     "{} x",
        "[1,]",      "{\"a\":1,}", "{a:1}",       "{'a':1}", "01",
        "+1",        ".5",         "1.",          "1e",      "0x10",
        "NaN",       "Infinity",   "-",           "tru",     "True",
        "\"\t\"",    "\"\\x41\"",  "\"\\u12g4\"", "\"",      "[1 2]",
        "{\"a\" 1}", "// c\n1",    "1 /* c */",   "{\"a\"}", "[\"a\",,1]",
        "nul",       "\"\\u00\"",  "[",           "1 1",     "\x00"}) {
    EXPECT_EQ(ReasonOf(text), Reason::kJsonMalformed) << text;
  }
  EXPECT_EQ(ReasonOf(std::string_view()), Reason::kJsonMalformed);
  EXPECT_EQ(ReasonOf(std::string_view("{}\0", 3)), Reason::kJsonMalformed);
  EXPECT_EQ(ReasonOf(std::string_view("\"\0\"", 3)), Reason::kJsonMalformed);
}

TEST(JsonParse, RefusesAByteOrderMark) {
  EXPECT_EQ(ReasonOf("\xef\xbb\xbf{}"), Reason::kJsonMalformed);
}

TEST(JsonParse, RefusesInvalidUtf8InValuesAndNames) {
  for (const char* bytes : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\x80",
                            "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xff"}) {
    const std::string text(bytes);
    EXPECT_EQ(ReasonOf("\"" + text + "\""), Reason::kJsonMalformed);
    EXPECT_EQ(ReasonOf("{\"" + text + "\":1}"), Reason::kJsonMalformed);
  }
  EXPECT_EQ(ReasonOf("\"\xf0\x9f\x94\x91\""), Reason::kNone);
}

TEST(JsonParse, RefusesHalfASurrogatePair) {
  for (const char* text :
       {R"("\ud83d")", R"("\udd11")", R"("\uD83D\u0041")", R"("\ud83dx\udd11")",
        R"("\ud83d\ud83d")", R"("\udd11\ud83d")", R"({"\uDFFF":1})",
        R"("\ud83d\n\udd11")", R"("\ud83d\udd1")"}) {
    EXPECT_EQ(ReasonOf(text), Reason::kJsonMalformed) << text;
  }
  EXPECT_EQ(*JsonValue::Parse(R"("\ud83d\uDD11")")->AsString(),
            "\xf0\x9f\x94\x91");
  // An escaped backslash is no escape of what follows it.
  EXPECT_EQ(*JsonValue::Parse(R"("\\ud83d")")->AsString(), "\\ud83d");
  EXPECT_EQ(*JsonValue::Parse(R"("\ud7ff\ue000")")->AsString(),
            "\xed\x9f\xbf\xee\x80\x80");
}

TEST(JsonParse, KeepsAnEscapedNul) {
  EXPECT_EQ(*JsonValue::Parse(R"("a\u0000b")")->AsString(),
            std::string("a\0b", 3));
}

TEST(JsonParse, RefusesARepeatedNameAlsoWhenWrittenWithEscapes) {
  for (const char* text :
       {R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})",
        R"([{"x":{"b":1,"c":2,"b":3}}])", R"({"a/b":1,"a\/b":2})"}) {
    EXPECT_EQ(ReasonOf(text), Reason::kJsonDuplicateName) << text;
  }
  EXPECT_EQ(ReasonOf(R"({"a":1,"A":2,"a\u0000":3})"), Reason::kNone);
}

TEST(JsonParse, RefusesARepeatedNameAmongMany) {
  std::string members;
  for (int i = 0; i < 500; ++i) {
    members += "\"n" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  }
  EXPECT_EQ(ReasonOf("{" + members + "\"n\":0}"), Reason::kNone);
  EXPECT_EQ(ReasonOf("{" + members + "\"n250\":0}"),
            Reason::kJsonDuplicateName);
}

TEST(JsonParse, ReadsIntegersOnlyWhereWrittenAsOneThatFits) {
  EXPECT_EQ(*JsonValue::Parse("9223372036854775807")->AsInt(),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(*JsonValue::Parse("-9223372036854775808")->AsInt(),
            std::numeric_limits<std::int64_t>::min());
  for (const char* text : {"9223372036854775808", "18446744073709551615", "1e3",
                           "1.0", "1E0", "-0.0"}) {
    const auto value = JsonValue::Parse(text);
    ASSERT_TRUE(value.ok()) << text;
    EXPECT_EQ(value->AsInt(), nullptr) << text;
    EXPECT_EQ(value->AsNumber(), std::stod(text)) << text;
  }
  EXPECT_EQ(JsonValue::Parse("7")->AsNumber(), 7.0);
}

TEST(JsonParse, RefusesIntegersOfMoreThan64BitsAndInfiniteNumbers) {
  for (const std::string& text :
       {std::string("18446744073709551616"),
        std::string("-9223372036854775809"), std::string("1e400"),
        std::string("-1e400"), std::string(10000, '9')}) {
    EXPECT_EQ(ReasonOf(text), Reason::kJsonMalformed) << text.substr(0, 30);
  }
  EXPECT_EQ(JsonValue::Parse("1e-400")->AsNumber(), 0.0);
}

TEST(JsonParse, BoundsTheDepth) {
  EXPECT_EQ(ReasonOf(Nested(32)), Reason::kNone);
  EXPECT_EQ(ReasonOf(Nested(33)), Reason::kJsonLimit);
  EXPECT_EQ(ReasonOf(Nested(100'000)), Reason::kJsonLimit);
  EXPECT_EQ(ReasonOf(R"({"a":1})", {100, 1}), Reason::kNone);
  EXPECT_EQ(ReasonOf(R"({"a":[]})", {100, 1}), Reason::kJsonLimit);
  EXPECT_EQ(ReasonOf("1", {100, 0}), Reason::kNone);
  EXPECT_EQ(ReasonOf("[]", {100, 0}), Reason::kJsonLimit);
}

TEST(JsonParse, BoundsTheSize) {
  EXPECT_EQ(ReasonOf("[1,2]", {5, 32}), Reason::kNone);
  EXPECT_EQ(ReasonOf("[1,2]", {4, 32}), Reason::kJsonLimit);
  EXPECT_EQ(ReasonOf(std::string(2'000'000, ' ')), Reason::kJsonLimit);
}

TEST(JsonParse, ReadsALargeTextAndThenASmallOne) {
  const std::string large = "\"" + std::string(500'000, 'x') + "\"";
  EXPECT_EQ(JsonValue::Parse(large)->AsString()->size(), 500'000u);
  EXPECT_EQ(*JsonValue::Parse("1")->AsInt(), 1);
}

TEST(JsonParse, IsNotTouchedByWhatWasReadBefore) {
  EXPECT_EQ(ReasonOf("[1,2,3,4,5,6,7,8,9,10]"), Reason::kNone);
  EXPECT_EQ(ReasonOf("[1"), Reason::kJsonMalformed);
  EXPECT_EQ(*JsonValue::Parse("2")->AsInt(), 2);
}

TEST(JsonParse, SaysNothingOfTheContent) {
  const auto value = JsonValue::Parse(R"({"hunter2":1,"hunter2":2})");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.status().ToString().find("hunter2"), std::string::npos);
}

TEST(JsonParse, EachThreadReadsItsOwn) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i) {
        const std::string text = "[" + std::to_string(t * 1000 + i) + "]";
        const auto value = JsonValue::Parse(text);
        ASSERT_TRUE(value.ok());
        EXPECT_EQ(*value->AsArray()->front().AsInt(), t * 1000 + i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace clone_auth

// The reader in one pass agrees with the parser that makes a tree.

#include "json/reader.h"

#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "unit/json/mutate.h"

namespace clone_auth {
namespace {

constexpr JsonLimits kLimits{16 * 1024, 32};

Status Read(std::string_view text, const JsonLimits& limits = kLimits) {
  JsonReader reader(text, limits);
  while (reader.Next()) {
  }
  return reader.status();
}

Reason ReasonOf(std::string_view text, const JsonLimits& limits = kLimits) {
  return Read(text, limits).reason();
}

std::string Nested(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
  return text + "1" + std::string(depth, '}');
}

TEST(JsonReader, TellsNamesAndValuesAsTheyAreWritten) {
  JsonReader reader(R"( {"a" : "x\ny", "\u0062":[1, {"c":2}],"":-0.5e1} )",
                    kLimits);
  std::string storage;
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.name(), "a");
  EXPECT_EQ(reader.value().text, R"("x\ny")");
  EXPECT_TRUE(reader.value().escaped);
  EXPECT_EQ(reader.value().String(storage), "x\ny");
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.name(), "b");
  EXPECT_TRUE(reader.value().IsArray());
  EXPECT_EQ(reader.value().text, R"([1, {"c":2}])");
  ASSERT_TRUE(reader.Next());
  EXPECT_EQ(reader.name(), "");
  EXPECT_EQ(reader.value().text, "-0.5e1");
  EXPECT_FALSE(reader.Next());
  EXPECT_TRUE(reader.status().ok());
  EXPECT_FALSE(reader.Next());
}

TEST(JsonReader, WalksOverTheItemsOfAnArray) {
  JsonReader reader(R"(["a", 2 ,null,"\/"])", kLimits);
  std::vector<std::string> items;
  while (reader.Next()) items.emplace_back(reader.value().text);
  EXPECT_TRUE(reader.status().ok());
  EXPECT_EQ(items, (std::vector<std::string>{"\"a\"", "2", "null", "\"\\/\""}));
}

TEST(JsonReader, RefusesARepeatedNameAtAnyDepthAndInAnySpelling) {
  for (const char* text :
       {R"({"a":1,"a":1})", R"({"a":1,"b":2,"\u0061":3})",
        R"({"\u0061":1,"\u0061":1})", R"({"x":{"a":1,"a":2}})",
        R"({"x":[{"a":1},{"b":1,"b":2}]})", R"({"":1,"":2})"}) {
    EXPECT_EQ(ReasonOf(text), Reason::kJsonDuplicateName) << text;
  }
  EXPECT_EQ(ReasonOf(R"({"a":{"a":{"a":1}},"A":1})"), Reason::kNone);
}

TEST(JsonReader, RefusesARepeatedNameAmongMany) {
  std::string members;
  for (int i = 0; i < 200; ++i) {
    members += "\"n" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  }
  EXPECT_EQ(ReasonOf("{" + members + "\"n\":1}"), Reason::kNone);
  for (const char* name : {"n0", "n23", "n24", "n199"}) {
    EXPECT_EQ(ReasonOf("{" + members + "\"" + name + "\":1}"),
              Reason::kJsonDuplicateName)
        << name;
  }
}

TEST(JsonReader, BoundsDepthAndSize) {
  EXPECT_EQ(ReasonOf(Nested(32)), Reason::kNone);
  EXPECT_EQ(ReasonOf(Nested(33)), Reason::kJsonLimit);
  EXPECT_EQ(ReasonOf("{}", {2, 1}), Reason::kNone);
  EXPECT_EQ(ReasonOf("{} ", {2, 1}), Reason::kJsonLimit);
}

TEST(JsonReader, TakesOnlyObjectsAndArrays) {
  for (const char* text : {"", " ", "1", "\"x\"", "null", "\xef\xbb\xbf{}"}) {
    EXPECT_EQ(ReasonOf(text), Reason::kJsonMalformed) << text;
  }
}

TEST(JsonReader, RefusesWhatTheParserRefuses) {
  const std::vector<std::string> values = {"01",
                                           "+1",
                                           ".5",
                                           "1.",
                                           "1e",
                                           "-",
                                           "1e400",
                                           "tru",
                                           "nul",
                                           "\"\t\"",
                                           "\"\\x41\"",
                                           "\"\\u12g4\"",
                                           "\"\\ud800\"",
                                           "\"\xff\"",
                                           "\"\xc0\xaf\"",
                                           "\"\xed\xa0\x80\"",
                                           "1 1",
                                           "'x'",
                                           "99999999999999999999",
                                           std::string("\"\0\"", 3)};
  for (const std::string& value : values) {
    EXPECT_FALSE(Read("{\"a\":" + value + "}").ok()) << value;
    EXPECT_FALSE(Read("[" + value + "]").ok()) << value;
    EXPECT_FALSE(JsonValue::Parse("[" + value + "]", kLimits).ok()) << value;
  }
}

// Mutations of a payload with everything in it. Whether both agree is what
// matters; that some pass and some do not shows that they are worth it.
TEST(JsonReader, AgreesWithTheParserOnMutatedTexts) {
  const std::string seed =
      R"({"iss":"https:\/\/a","sub":"\u00fc)"
      "\xc3\xbc\xe2\x82\xac"
      R"(\ud83d\ude00","aud":["x","y"],"exp":1767225700.5e0,"n":-12,)"
      R"("o":{"a":[true,false,null,{}],"b":{"c":1}},"e":[], "z" : 0 })";
  std::mt19937 random(20260101);
  int good = 0, bad = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string text = Mutate(seed, random);
    const std::size_t first = text.find_first_not_of(" \n\t");
    if (first == std::string::npos ||
        (text[first] != '{' && text[first] != '[')) {
      continue;
    }
    const bool ok = JsonValue::Parse(text, kLimits).ok();
    ASSERT_EQ(Read(text).ok(), ok) << text;
    ++(ok ? good : bad);
  }
  EXPECT_GT(good, 1'000);
  EXPECT_GT(bad, 10'000);
}

}  // namespace
}  // namespace clone_auth

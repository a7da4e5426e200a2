// What the short cut takes, the strict reader takes with the same members.

#include "json/plain_object.h"

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "unit/json/mutate.h"

namespace clone_auth {
namespace {

using Members = std::vector<std::pair<std::string, std::string>>;

constexpr char kPayload[] =
    R"({"iss":"https://auth.example.com","sub":"8d3f","aud":["a","b"],)"
    R"("exp":1767225700,"gen":0,"e":[],"ok":true,"no":false,"nil":null})";

bool ReadPlain(const std::string& text, Members& members) {
  // Ends where its memory does, so that the address sanitizer finds a look
  // beyond it.
  const std::unique_ptr<char[]> copy(new char[text.size()]);
  text.copy(copy.get(), text.size());
  return ReadPlainObject({copy.get(), text.size()},
                         [&](std::string_view name, const JsonSlice& value) {
                           members.emplace_back(name, value.text);
                           if (value.number != JsonSlice::kNoNumber) {
                             EXPECT_EQ(std::to_string(value.number),
                                       value.text);
                           }
                         });
}

// As the strict reader sees it; false for what is no object either.
bool ReadStrictly(const std::string& text, Members& members) {
  JsonReader reader(text, {16 * 1024, 32});
  while (reader.Next()) {
    members.emplace_back(reader.name(), reader.value().text);
  }
  return reader.status().ok() && reader.is_object();
}

bool IsPlain(const std::string& text) {
  Members members;
  return ReadPlain(text, members);
}

bool IsUpToIt() { return IsPlain(kPayload); }

TEST(PlainObject, TellsTheMembersOfAUsualPayload) {
  if (!IsUpToIt()) GTEST_SKIP() << "this processor has no AVX2";
  Members plain, strict;
  EXPECT_TRUE(ReadPlain(kPayload, plain));
  EXPECT_TRUE(ReadStrictly(kPayload, strict));
  EXPECT_EQ(plain, strict);
  EXPECT_EQ(plain.size(), 9U);
}

TEST(PlainObject, LeavesAllElseToTheStrictReader) {
  const std::string filler =
      R"("filler":"0123456789012345678901234567890123456789012345678901234")";
  if (IsUpToIt()) {
    EXPECT_TRUE(IsPlain("{" + filler + ",\"a\":\"b\"}"));
  }
  for (const std::string member : {R"("a":-1)",
                                   R"("a":1.5)",
                                   R"("a":1e3)",
                                   R"("a":01)",
                                   R"("a":1234567890123456789)",
                                   R"("a":{})",
                                   R"("a":[1])",
                                   R"("a":["b",])",
                                   R"("a":["b")",
                                   R"("a":[)",
                                   R"("a": 1)",
                                   R"("a" :1)",
                                   R"("a":)",
                                   R"("a")",
                                   R"(a:1)",
                                   R"("a":tru)",
                                   R"("a":truee)",
                                   R"("a":b)",
                                   R"("a":"b""c")",
                                   R"("a":"\u0062")",
                                   R"("a":"b)",
                                   R"("filler":1)",
                                   "\"a\":\"\xc3\xbc\"",
                                   "\"a\":\"\t\"",
                                   "",
                                   ","}) {
    EXPECT_FALSE(IsPlain("{" + filler + "," + member + "}")) << member;
  }
  const std::string object = "{" + filler + "}";
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("{}"), object + "}",
        object + " ", " " + object, object + object, "[" + object + "]"}) {
    EXPECT_FALSE(IsPlain(text)) << text;
  }
}

TEST(PlainObject, ReadsWholeNumbersOfUpToEighteenDigits) {
  if (!IsUpToIt()) GTEST_SKIP() << "this processor has no AVX2";
  const std::string before =
      R"({"filler":"0123456789012345678901234567890123456789012345","a":)";
  for (std::size_t size = 1; size <= 18; ++size) {
    const std::string digits =
        std::string("987654321098765432").substr(0, size);
    for (const char* after : {"}", R"(,"b":"c"})"}) {
      Members members;
      ASSERT_TRUE(ReadPlain(before + digits + after, members)) << digits;
      EXPECT_EQ(members[1].second, digits);
    }
  }
}

TEST(PlainObject, FindsWhatIsNoDigitAtEveryPlaceOfANumber) {
  const std::string before =
      R"({"filler":"0123456789012345678901234567890123456789012345","a":)";
  const std::string digits = "1767225700";
  for (std::size_t place = 0; place < digits.size(); ++place) {
    for (int byte = 1; byte < 256; ++byte) {
      std::string number = digits;
      number[place] = static_cast<char>(byte);
      if (byte >= '1' && byte <= '9') continue;
      if (byte == '0' && place > 0) continue;
      EXPECT_FALSE(IsPlain(before + number + "}")) << place << " " << byte;
    }
  }
}

TEST(PlainObject, TakesNothingThatTheStrictReaderRefuses) {
  if (!IsUpToIt()) GTEST_SKIP() << "this processor has no AVX2";
  std::mt19937 random(20260103);
  int plain_ones = 0, others = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::string text = Mutate(kPayload, random);
    Members plain, strict;
    if (ReadPlain(text, plain)) {
      ++plain_ones;
      ASSERT_TRUE(ReadStrictly(text, strict)) << text;
      ASSERT_EQ(plain, strict) << text;
    } else {
      ++others;
    }
  }
  EXPECT_GT(plain_ones, 1'000);
  EXPECT_GT(others, 10'000);
}

}  // namespace
}  // namespace clone_auth

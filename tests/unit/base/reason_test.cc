#include "clone/reason.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

constexpr int kLast = static_cast<int>(Reason::kInternal);

Reason At(int index) { return static_cast<Reason>(index); }

TEST(Reason, RowsStandInTheOrderOfTheEnum) {
  for (int i = 0; i <= kLast; ++i) {
    EXPECT_EQ(static_cast<int>(Describe(At(i)).reason), i);
  }
}

TEST(Reason, WordsAreUniqueAndMadeOfLowerCaseLettersDigitsAndUnderscores) {
  std::set<std::string> words;
  for (int i = 0; i <= kLast; ++i) {
    const std::string word(Describe(At(i)).word);
    EXPECT_TRUE(words.insert(word).second) << word;
    EXPECT_FALSE(word.empty());
    EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
              std::string::npos)
        << word;
  }
}

TEST(Reason, EachFailureHasACodeASentenceAndARemedy) {
  EXPECT_EQ(Describe(Reason::kNone).code, StatusCode::kOk);
  for (int i = 1; i <= kLast; ++i) {
    const ReasonInfo& info = Describe(At(i));
    EXPECT_NE(info.code, StatusCode::kOk) << info.word;
    for (const std::string_view sentence : {info.text, info.remedy}) {
      ASSERT_FALSE(sentence.empty()) << info.word;
      EXPECT_EQ(sentence.back(), '.') << info.word;
      EXPECT_EQ(sentence.find('\n'), std::string_view::npos) << info.word;
    }
  }
}

TEST(Reason, AnOutageIsNeverALogout) {
  for (const Reason reason :
       {Reason::kStoreUnavailable, Reason::kKeySetUnavailable,
        Reason::kUnreachable, Reason::kServerError, Reason::kOverloaded}) {
    EXPECT_EQ(Describe(reason).code, StatusCode::kUnavailable);
  }
}

TEST(Reason, IsFoundByItsWord) {
  for (int i = 0; i <= kLast; ++i) {
    EXPECT_EQ(ReasonFromWord(Describe(At(i)).word), At(i));
  }
  EXPECT_FALSE(ReasonFromWord("").has_value());
  EXPECT_FALSE(ReasonFromWord("Token_expired").has_value());
  EXPECT_FALSE(ReasonFromWord("token_expired ").has_value());
}

TEST(Reason, ANumberBeyondTheTableIsAnInternalError) {
  EXPECT_EQ(Describe(At(255)).reason, Reason::kInternal);
}

}  // namespace
}  // namespace clone_auth

#include "clone/random.h"

#include <array>
#include <map>

#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

// Delivers 0, 1, 2, ... 255, 0, ... so that each byte comes equally often.
class CountingBytes final : public RandomSource {
 public:
  Status Fill(void* bytes, std::size_t size) override {
    auto* next = static_cast<unsigned char*>(bytes);
    for (std::size_t i = 0; i < size; ++i) next[i] = next_++;
    return Status();
  }

 private:
  unsigned char next_ = 0;
};

TEST(SystemRandom, FillsTheWholeBuffer) {
  std::array<unsigned char, 4096> first{};
  std::array<unsigned char, 4096> second{};
  ASSERT_TRUE(SystemRandom().Fill(first.data(), first.size()).ok());
  ASSERT_TRUE(SystemRandom().Fill(second.data(), second.size()).ok());
  EXPECT_NE(first, second);
  // 64 zeros in a row are what a part that was not filled looks like.
  std::size_t zeros = 0;
  for (const unsigned char byte : first) {
    zeros = byte == 0 ? zeros + 1 : 0;
    EXPECT_LT(zeros, 64u);
  }
  EXPECT_TRUE(SystemRandom().Fill(nullptr, 0).ok());
}

TEST(RandomText, GivesEachCharacterTheSameChance) {
  for (const std::string_view alphabet :
       {std::string_view("ab"), std::string_view("abcde"),
        std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                         "abcdefghijklmnopqrstuvwxyz")}) {
    CountingBytes random;
    const std::size_t rounds = 256 / alphabet.size();
    // Four passes through all bytes; whoever took bytes modulo the size would
    // give the first letters more.
    const std::string text =
        *RandomText(random, alphabet, 4 * rounds * alphabet.size());
    std::map<char, std::size_t> count;
    for (const char c : text) ++count[c];
    ASSERT_EQ(count.size(), alphabet.size());
    for (const auto& [letter, times] : count) {
      EXPECT_EQ(times, 4 * rounds) << letter;
    }
  }
}

TEST(RandomText, HasTheLengthAskedFor) {
  testing::FakeRandom random;
  for (const std::size_t length : {0u, 1u, 63u, 64u, 65u, 1000u}) {
    EXPECT_EQ(RandomText(random, "abc", length)->size(), length);
  }
}

TEST(RandomText, RefusesAnAlphabetOfOneOrOfMoreThanAByte) {
  testing::FakeRandom random;
  EXPECT_EQ(RandomText(random, "a", 3).status().reason(),
            Reason::kInvalidArgument);
  EXPECT_EQ(RandomText(random, std::string(257, 'a'), 3).status().reason(),
            Reason::kInvalidArgument);
  EXPECT_TRUE(RandomText(random, std::string(256, 'a'), 3).ok());
}

TEST(RandomText, FailsWhereTheSourceFails) {
  testing::FakeRandom random;
  random.Fail();
  EXPECT_EQ(RandomText(random, "abc", 3).status().reason(),
            Reason::kRandomUnavailable);
}

}  // namespace
}  // namespace clone_auth

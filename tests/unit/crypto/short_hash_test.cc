#include "crypto/short_hash.h"

#include <string>

#include "crypto/constant_time.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

TEST(ShortHash, IsTheSameForTheSameTextAndKeyAlone) {
  const auto one = ShortHash::Create(SystemRandom());
  const auto two = ShortHash::Create(SystemRandom());
  ASSERT_TRUE(one.ok());
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(one->Of("text"), one->Of("text"));
  EXPECT_NE(one->Of("text"), one->Of("texu"));
  EXPECT_NE(one->Of("text"), two->Of("text"));
}

TEST(ConstantTimeEqualTexts, FindsADifferenceAtEveryPlaceOfEverySize) {
  for (std::size_t size = 0; size < 40; ++size) {
    const std::string text(size, 'a');
    EXPECT_TRUE(ConstantTimeEqualTexts(text, std::string(size, 'a')));
    EXPECT_FALSE(ConstantTimeEqualTexts(text, text + "a"));
    for (std::size_t at = 0; at < size; ++at) {
      std::string other = text;
      other[at] = 'b';
      EXPECT_FALSE(ConstantTimeEqualTexts(text, other)) << size << " " << at;
    }
  }
}

}  // namespace
}  // namespace clone_auth

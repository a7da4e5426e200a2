#include "service/refresh_tokens.h"

#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"

namespace clone_auth::testing {
namespace {

using service::RefreshToken;
using service::RefreshTokens;

Secret KeyOf(char c) { return Secret::CopyOf(std::string(32, c)); }

class RefreshText : public ::testing::Test {
 protected:
  FakeRandom random_;
  RefreshToken token_{*Uuid::Generate(random_), 7};
  RefreshTokens tokens_{KeyOf('k')};
  std::string text_ = tokens_.Make(token_);
};

TEST_F(RefreshText, ReadsBackAndIsTheSameEachTime) {
  const auto read = tokens_.Read(text_);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->session, token_.session);
  EXPECT_EQ(read->generation, 7);
  EXPECT_EQ(tokens_.Make(*read), text_);
  EXPECT_NE(tokens_.Make({token_.session, 8}), text_);
  EXPECT_EQ(tokens_.Read(tokens_.Make({token_.session, 1LL << 62}))->generation,
            1LL << 62);
}

TEST_F(RefreshText, IsRefusedWithAnyCharacterChangedOrCut) {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    std::string altered = text_;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(tokens_.Read(altered).status().reason(), Reason::kRefreshInvalid)
        << i;
    EXPECT_FALSE(tokens_.Read(text_.substr(0, i)).ok());
  }
  EXPECT_FALSE(tokens_.Read(text_ + "=").ok());
  EXPECT_FALSE(tokens_.Read(" " + text_).ok());
}

// An alias would be taken for an older token of the session, and end it.
TEST_F(RefreshText, HasNoSecondSpellingBeyondAscii) {
  for (std::size_t i = 3; i < text_.size(); ++i) {
    for (int byte = 0x80; byte <= 0xff; ++byte) {
      std::string altered = text_;
      altered[i] = static_cast<char>(byte);
      EXPECT_EQ(tokens_.Read(altered).status().reason(),
                Reason::kRefreshInvalid)
          << i << " " << byte;
    }
  }
}

TEST_F(RefreshText, IsRefusedUnderAnotherKey) {
  const RefreshTokens other(KeyOf('x'));
  EXPECT_EQ(other.Read(text_).status().reason(), Reason::kRefreshInvalid);
}

TEST_F(RefreshText, IsNoJwt) {
  EXPECT_EQ(tokens_.Read("a.b.c").status().reason(), Reason::kTokenType);
  EXPECT_EQ(tokens_.Read("a.b").status().reason(), Reason::kRefreshInvalid);
}

}  // namespace
}  // namespace clone_auth::testing

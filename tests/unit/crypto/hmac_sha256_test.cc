#include "crypto/hmac_sha256.h"

#include <string>

#include "crypto/constant_time.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

std::string Hex(const Sha256Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 0x0f];
  }
  return text;
}

std::string Mac(std::string_view key, std::string_view text) {
  return Hex(HmacSha256(key).Digest(text));
}

// FIPS 180-2 appendix B.
TEST(Sha256, MatchesThePublishedExamples) {
  EXPECT_EQ(Hex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223"
            "b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex(Sha256("")),
            "e3b0c44298fc1c149afbf4c8996fb924"
            "27ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67"
            "f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, ResumesWhereABlockEnded) {
  const std::string text(200, 'x');
  std::array<std::uint8_t, kSha256BlockSize> block;
  block.fill('x');
  const Sha256Midstate midstate = Sha256AfterBlock(block);
  for (const std::size_t size : {64u, 65u, 119u, 120u, 128u, 200u}) {
    EXPECT_EQ(Sha256Resume(midstate, text.substr(64, size - 64)),
              Sha256(text.substr(0, size)))
        << size;
  }
}

// RFC 4231 sections 4.2, 4.3, 4.4, 4.7 and 4.8.
TEST(HmacSha256, MatchesThePublishedExamples) {
  EXPECT_EQ(Mac(std::string(20, '\x0b'), "Hi There"),
            "b0344c61d8db38535ca8afceaf0bf12b"
            "881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Mac("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c7"
            "5a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Mac(std::string(20, '\xaa'), std::string(50, '\xdd')),
            "773ea91e36800e46854db8ebd09181a7"
            "2959098b3ef8c122d9635514ced565fe");
  const std::string long_key(131, '\xaa');
  EXPECT_EQ(
      Mac(long_key, "Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f"
      "8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(Mac(long_key,
                "This is a test using a larger than block-size key and a "
                "larger than block-size data. The key needs to be hashed "
                "before being used by the HMAC algorithm."),
            "9b09ffa71b942fcb27635fbcd5b0e944"
            "bfdc63644f0713938a7f51535c3a35e2");
}

TEST(HmacSha256, TakesAnEmptyKeyAndAnEmptyText) {
  EXPECT_EQ(Mac("", ""),
            "b613679a0814d9ec772f95d778c35fc5"
            "ff1697c493715653c6c712144292c5ad");
}

TEST(HmacSha256, GivesTheSameDigestEachTime) {
  const HmacSha256 mac("key");
  const Sha256Digest first = mac.Digest("text");
  EXPECT_NE(mac.Digest("other"), first);
  EXPECT_EQ(mac.Digest("text"), first);
}

TEST(ConstantTimeEquals, FindsADifferenceInAnyByte) {
  const Sha256Digest digest = Sha256("abc");
  EXPECT_TRUE(ConstantTimeEquals(digest, Sha256("abc")));
  for (std::size_t i = 0; i < digest.size(); ++i) {
    Sha256Digest other = digest;
    other[i] ^= 1;
    EXPECT_FALSE(ConstantTimeEquals(digest, other)) << i;
  }
}

}  // namespace
}  // namespace clone_auth

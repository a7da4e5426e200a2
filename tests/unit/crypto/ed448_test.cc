#include "crypto/ed448.h"

#include <openssl/err.h>

#include <algorithm>

#include "crypto/ed448_point.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

KeyParts PublicOf(const KeyParts& parts) {
  KeyParts copy;
  copy.push_back(parts[0].Clone());
  return copy;
}

// RFC 8032 section 7.4, one octet.
TEST(Ed448, MatchesThePublishedExample) {
  KeyParts parts;
  parts.push_back(Secret::CopyOf(std::string_view(
      "\x43\xba\x28\xf4\x30\xcd\xff\x45\x6a\xe5\x31\x54\x5f\x7e\xcd\x0a"
      "\xc8\x34\xa5\x5d\x93\x58\xc0\x37\x2b\xfa\x0c\x6c\x67\x98\xc0\x86"
      "\x6a\xea\x01\xeb\x00\x74\x28\x02\xb8\x43\x8e\xa4\xcb\x82\x16\x9c"
      "\x23\x51\x60\x62\x7b\x4c\x3a\x94\x80",
      57)));
  parts.push_back(Secret::CopyOf(std::string_view(
      "\xc4\xea\xb0\x5d\x35\x70\x07\xc6\x32\xf3\xdb\xb4\x84\x89\x92\x4d"
      "\x55\x2b\x08\xfe\x0c\x35\x3a\x0d\x4a\x1f\x00\xac\xda\x2c\x46\x3a"
      "\xfb\xea\x67\xc5\xe8\xd2\x87\x7c\x5e\x3b\xc3\x97\xa6\x59\x94\x9e"
      "\xf8\x02\x1e\x95\x4e\x0a\x12\x27\x4e",
      57)));
  const std::string expected(
      "\x26\xb8\xf9\x17\x27\xbd\x62\x89\x7a\xf1\x5e\x41\xeb\x43\xc3\x77"
      "\xef\xb9\xc6\x10\xd4\x8f\x23\x35\xcb\x0b\xd0\x08\x78\x10\xf4\x35"
      "\x25\x41\xb1\x43\xc4\xb9\x81\xb7\xe1\x8f\x62\xde\x8c\xcd\xf6\x33"
      "\xfc\x1b\xf0\x37\xab\x7c\xd7\x79\x80\x5e\x0d\xbc\xc0\xaa\xe1\xcb"
      "\xce\xe1\xaf\xb2\xe0\x27\xdf\x36\xbc\x04\xdc\xec\xbf\x15\x43\x36"
      "\xc1\x9f\x0a\xf7\xe0\xa6\x47\x29\x05\xe7\x99\xf1\x95\x3d\x2a\x0f"
      "\xf3\x34\x8a\xb2\x1a\xa4\xad\xaf\xd1\xd2\x34\x44\x1c\xf8\x07\xc0"
      "\x3a\x00",
      114);
  EXPECT_EQ(ReadEd448Private(parts).value()->Sign("\x03").value(), expected);
  EXPECT_TRUE(
      ReadEd448Public(PublicOf(parts)).value()->Verify("\x03", expected));
}

TEST(Ed448, VerifiesWhatItSignedAndNothingElse) {
  const KeyParts parts = GenerateEd448().value();
  const auto private_key = ReadEd448Private(parts).value();
  const auto public_key = ReadEd448Public(PublicOf(parts)).value();
  const std::string signature = private_key->Sign("text").value();
  EXPECT_TRUE(public_key->Verify("text", signature));
  EXPECT_TRUE(public_key->Verify("text", signature));
  EXPECT_FALSE(public_key->Verify("Text", signature));
  EXPECT_FALSE(public_key->Verify("text", signature.substr(0, 113)));
  EXPECT_FALSE(public_key->Verify("text", signature + "x"));
  EXPECT_FALSE(public_key->Verify("text", ""));
  EXPECT_FALSE(public_key->Verify("text", std::string(114, '\0')));
  for (std::size_t i = 0; i < signature.size(); i += 7) {
    std::string other = signature;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(public_key->Verify("text", other)) << i;
  }
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(Ed448, RefusesPublicKeysThatAreNoPointOrOfSmallOrder) {
  const std::string zero(57, '\0');
  std::string one = zero;
  one[0] = '\x01';
  std::string one_with_sign = one;
  one_with_sign[56] = '\x80';
  // p = 2^448 - 2^224 - 1 in little-endian.
  std::string p(57, '\xff');
  p[28] = '\xfe';
  p[56] = '\0';
  std::string minus_one = p;
  minus_one[0] = '\xfe';
  std::string above = p;
  above[28] = '\xff';
  std::string spare = std::string(GenerateEd448().value()[0].Reveal());
  spare[56] = static_cast<char>(spare[56] | 1);
  for (const std::string& point :
       {std::string(), zero.substr(1), zero + "x", zero, one, one_with_sign, p,
        minus_one, above, std::string(57, '\xff'), spare}) {
    EXPECT_FALSE(IsEd448Point(point));
    KeyParts parts;
    parts.push_back(Secret::CopyOf(point));
    const auto key = ReadEd448Public(parts);
    ASSERT_FALSE(key.ok());
    EXPECT_EQ(key.status().reason(), Reason::kKeySetMalformed);
  }
  // Of the numbers from 2 to 101 about half belong to a point.
  int points = 0;
  for (int y = 2; y < 102; ++y) {
    std::string encoded = zero;
    encoded[0] = static_cast<char>(y);
    points += IsEd448Point(encoded) ? 1 : 0;
  }
  EXPECT_GT(points, 30);
  EXPECT_LT(points, 70);
}

TEST(Ed448, RefusesAPrivateKeyOfAnotherPoint) {
  KeyParts parts = GenerateEd448().value();
  parts[0] = std::move(GenerateEd448().value()[0]);
  EXPECT_FALSE(ReadEd448Private(parts).ok());
  parts[1] = Secret::OfSize(56);
  EXPECT_FALSE(ReadEd448Private(parts).ok());
}

}  // namespace
}  // namespace clone_auth

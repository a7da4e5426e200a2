#include "crypto/ed25519.h"

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

KeyParts PublicOf(const KeyParts& parts) {
  KeyParts copy;
  copy.push_back(parts[0].Clone());
  return copy;
}

// RFC 8032 section 7.1, test 2.
TEST(Ed25519, MatchesThePublishedExample) {
  KeyParts parts;
  parts.push_back(Secret::CopyOf(std::string_view(
      "\x3d\x40\x17\xc3\xe8\x43\x89\x5a\x92\xb7\x0a\xa7\x4d\x1b\x7e\xbc"
      "\x9c\x98\x2c\xcf\x2e\xc4\x96\x8c\xc0\xcd\x55\xf1\x2a\xf4\x66\x0c",
      32)));
  parts.push_back(Secret::CopyOf(std::string_view(
      "\x4c\xcd\x08\x9b\x28\xff\x96\xda\x9d\xb6\xc3\x46\xec\x11\x4e\x0f"
      "\x5b\x8a\x31\x9f\x35\xab\xa6\x24\xda\x8c\xf6\xed\x4f\xb8\xa6\xfb",
      32)));
  const std::string expected(
      "\x92\xa0\x09\xa9\xf0\xd4\xca\xb8\x72\x0e\x82\x0b\x5f\x64\x25\x40"
      "\xa2\xb2\x7b\x54\x16\x50\x3f\x8f\xb3\x76\x22\x23\xeb\xdb\x69\xda"
      "\x08\x5a\xc1\xe4\x3e\x15\x99\x6e\x45\x8f\x36\x13\xd0\xf1\x1d\x8c"
      "\x38\x7b\x2e\xae\xb4\x30\x2a\xee\xb0\x0d\x29\x16\x12\xbb\x0c\x00",
      64);
  EXPECT_EQ(ReadEd25519Private(parts).value()->Sign("\x72").value(), expected);
  EXPECT_TRUE(
      ReadEd25519Public(PublicOf(parts)).value()->Verify("\x72", expected));
}

TEST(Ed25519, VerifiesWhatItSignedAndNothingElse) {
  const KeyParts parts = GenerateEd25519().value();
  const auto private_key = ReadEd25519Private(parts).value();
  const auto public_key = ReadEd25519Public(PublicOf(parts)).value();
  const std::string signature = private_key->Sign("text").value();
  EXPECT_TRUE(public_key->Verify("text", signature));
  EXPECT_FALSE(public_key->Verify("Text", signature));
  EXPECT_FALSE(public_key->Verify("text", signature.substr(0, 63)));
  EXPECT_FALSE(public_key->Verify("text", signature + "x"));
  EXPECT_FALSE(public_key->Verify("text", ""));
  EXPECT_FALSE(public_key->Verify("text", std::string(64, '\0')));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string other = signature;
    other[i] = static_cast<char>(other[i] ^ 1);
    EXPECT_FALSE(public_key->Verify("text", other)) << i;
  }
  const auto stranger =
      ReadEd25519Public(PublicOf(GenerateEd25519().value())).value();
  EXPECT_FALSE(stranger->Verify("text", signature));
}

TEST(Ed25519, RefusesPublicKeysThatAnybodyCouldSignFor) {
  std::string identity(32, '\0');
  identity[0] = '\x01';
  for (const std::string& point :
       {std::string(), std::string(31, 'x'), std::string(33, 'x'),
        std::string(32, '\0'), std::string(32, '\xff'), identity}) {
    KeyParts parts;
    parts.push_back(Secret::CopyOf(point));
    const auto key = ReadEd25519Public(parts);
    ASSERT_FALSE(key.ok());
    EXPECT_EQ(key.status().reason(), Reason::kKeySetMalformed);
  }
}

TEST(Ed25519, RefusesAPrivateKeyOfAnotherPoint) {
  KeyParts parts = GenerateEd25519().value();
  parts[0] = std::move(GenerateEd25519().value()[0]);
  EXPECT_FALSE(ReadEd25519Private(parts).ok());
  parts[1] = Secret::OfSize(31);
  EXPECT_FALSE(ReadEd25519Private(parts).ok());
}

}  // namespace
}  // namespace clone_auth

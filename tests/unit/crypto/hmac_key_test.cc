#include "crypto/hmac_key.h"

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

KeyParts Of(std::string_view secret) {
  KeyParts parts;
  parts.push_back(Secret::CopyOf(secret));
  return parts;
}

TEST(Hs256, VerifiesWhatItSignedAndNothingElse) {
  const KeyParts parts = GenerateHmac(Hash::kSha256).value();
  const std::string mac =
      ReadHmacPrivate(Hash::kSha256, parts).value()->Sign("text").value();
  const auto key = ReadHmacVerification(Hash::kSha256, parts).value();
  EXPECT_TRUE(key->Verify("text", mac));
  EXPECT_FALSE(key->Verify("texu", mac));
  EXPECT_FALSE(key->Verify("text", mac.substr(0, 16)));
  EXPECT_FALSE(key->Verify("text", mac + "x"));
  EXPECT_FALSE(key->Verify("text", ""));
  EXPECT_FALSE(
      ReadHmacVerification(Hash::kSha256, GenerateHmac(Hash::kSha256).value())
          .value()
          ->Verify("text", mac));
}

TEST(Hs256, RefusesASecretShorterThanItsDigest) {
  EXPECT_TRUE(
      ReadHmacVerification(Hash::kSha256, Of(std::string(32, 'k'))).ok());
  EXPECT_TRUE(ReadHmacPrivate(Hash::kSha256, Of(std::string(200, 'k'))).ok());
  for (const std::size_t size : {0u, 6u, 31u}) {
    const KeyParts parts = Of(std::string(size, 'k'));
    EXPECT_EQ(ReadHmacVerification(Hash::kSha256, parts).status().reason(),
              Reason::kKeyWeak);
    EXPECT_EQ(ReadHmacPrivate(Hash::kSha256, parts).status().reason(),
              Reason::kKeyWeak);
  }
}

}  // namespace
}  // namespace clone_auth

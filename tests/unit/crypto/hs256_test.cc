#include "crypto/hs256.h"

#include "gtest/gtest.h"

namespace clone_auth {
namespace {

KeyParts Of(std::string_view secret) {
  KeyParts parts;
  parts.push_back(Secret::CopyOf(secret));
  return parts;
}

TEST(Hs256, VerifiesWhatItSignedAndNothingElse) {
  const KeyParts parts = GenerateHs256().value();
  const std::string mac = ReadHs256Private(parts).value()->Sign("text").value();
  const auto key = ReadHs256Verification(parts).value();
  EXPECT_TRUE(key->Verify("text", mac));
  EXPECT_FALSE(key->Verify("texu", mac));
  EXPECT_FALSE(key->Verify("text", mac.substr(0, 16)));
  EXPECT_FALSE(key->Verify("text", mac + "x"));
  EXPECT_FALSE(key->Verify("text", ""));
  EXPECT_FALSE(ReadHs256Verification(GenerateHs256().value())
                   .value()
                   ->Verify("text", mac));
}

TEST(Hs256, RefusesASecretShorterThanItsDigest) {
  EXPECT_TRUE(ReadHs256Verification(Of(std::string(32, 'k'))).ok());
  EXPECT_TRUE(ReadHs256Private(Of(std::string(200, 'k'))).ok());
  for (const std::size_t size : {0u, 6u, 31u}) {
    const KeyParts parts = Of(std::string(size, 'k'));
    EXPECT_EQ(ReadHs256Verification(parts).status().reason(), Reason::kKeyWeak);
    EXPECT_EQ(ReadHs256Private(parts).status().reason(), Reason::kKeyWeak);
  }
}

}  // namespace
}  // namespace clone_auth

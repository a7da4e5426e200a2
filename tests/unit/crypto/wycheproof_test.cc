// Vectors of C2SP/wycheproof. A JWT takes neither truncated tags nor short
// secrets, which those files call valid; they are skipped and counted.

#include <iostream>

#include "clone/json.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/hmac_key.h"
#include "gtest/gtest.h"
#include "support/vectors.h"

namespace clone_auth {
namespace {

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return bytes;
}

std::string Hex(const JsonValue& object, std::string_view name) {
  return FromHex(*object.FindString(name));
}

JsonValue Read(const std::string& text) {
  return JsonValue::Parse(text, {16 * 1024 * 1024, 32}).value();
}

// Fails unless `key` says of each signature in the group what the file says.
int CheckGroup(const JsonValue& group, const VerificationKey* key) {
  int run = 0;
  for (const JsonValue& test : *group.Find("tests")->AsArray()) {
    const bool valid = *test.FindString("result") == "valid";
    const bool held =
        key != nullptr && key->Verify(Hex(test, "msg"), Hex(test, "sig"));
    EXPECT_EQ(held, valid) << *test.Find("tcId")->AsInt() << " "
                           << *test.FindString("comment");
    ++run;
  }
  return run;
}

TEST(Wycheproof, Ed25519) {
  const auto text = testing::SharedVectors("wycheproof/ed25519_test.json");
  if (!text.has_value()) GTEST_SKIP() << testing::kNoVectors;
  const JsonValue file = Read(*text);
  int run = 0;
  for (const JsonValue& group : *file.Find("testGroups")->AsArray()) {
    KeyParts parts;
    parts.push_back(Secret::CopyOf(Hex(*group.Find("publicKey"), "pk")));
    const auto key = ReadEd25519Public(parts);
    run += CheckGroup(group, key.ok() ? key->get() : nullptr);
  }
  EXPECT_EQ(run, *file.Find("numberOfTests")->AsInt());
}

TEST(Wycheproof, EcdsaP256InTheFormOfTokens) {
  const auto text = testing::SharedVectors(
      "wycheproof/ecdsa_secp256r1_sha256_p1363_test.json");
  if (!text.has_value()) GTEST_SKIP() << testing::kNoVectors;
  const JsonValue file = Read(*text);
  int run = 0;
  for (const JsonValue& group : *file.Find("testGroups")->AsArray()) {
    const std::string point = Hex(*group.Find("publicKey"), "uncompressed");
    KeyParts parts;
    parts.push_back(Secret::CopyOf(point.substr(1, 32)));
    parts.push_back(Secret::CopyOf(point.substr(33)));
    const auto key = ReadEcdsaPublic(EcCurve::kP256, parts);
    run += CheckGroup(group, key.ok() ? key->get() : nullptr);
  }
  EXPECT_EQ(run, *file.Find("numberOfTests")->AsInt());
}

TEST(Wycheproof, HmacSha256) {
  const auto text = testing::SharedVectors("wycheproof/hmac_sha256_test.json");
  if (!text.has_value()) GTEST_SKIP() << testing::kNoVectors;
  const JsonValue file = Read(*text);
  int run = 0, refused_on_purpose = 0;
  for (const JsonValue& group : *file.Find("testGroups")->AsArray()) {
    const bool whole = *group.Find("tagSize")->AsInt() == 256;
    for (const JsonValue& test : *group.Find("tests")->AsArray()) {
      KeyParts parts;
      parts.push_back(Secret::CopyOf(Hex(test, "key")));
      const auto key = ReadHmacVerification(Hash::kSha256, parts);
      EXPECT_EQ(key.ok(), parts[0].size() >= 32);
      const bool held =
          key.ok() && (*key)->Verify(Hex(test, "msg"), Hex(test, "tag"));
      const bool valid = *test.FindString("result") == "valid";
      const bool refused = valid && (!whole || !key.ok());
      EXPECT_EQ(held, valid && !refused) << *test.Find("tcId")->AsInt();
      refused_on_purpose += refused ? 1 : 0;
      ++run;
    }
  }
  EXPECT_EQ(run, *file.Find("numberOfTests")->AsInt());
  std::cout << run << " vectors, " << refused_on_purpose
            << " truncated or short-keyed ones refused\n";
}

}  // namespace
}  // namespace clone_auth

// Vectors of C2SP/wycheproof. What those files allow and we do not is refused
// and counted: truncated tags, secrets shorter than their digest, RSA
// keys with e = 3, and an encoding of RSA signatures that RFC 8017 does not
// have
// ("acceptable" there).

#include <iostream>
#include <string>

#include "clone/json.h"
#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/hmac_key.h"
#include "crypto/rsa.h"
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

using Verification = Result<std::unique_ptr<const VerificationKey>>;

struct File {
  const char* name;
  Verification (*read)(const JsonValue& group);
  /// What the file calls valid or acceptable and is refused on purpose.
  int refused_on_purpose = 0;
};

void PrintTo(const File& file, std::ostream* out) { *out << file.name; }

// The halves of an uncompressed point.
template <EcCurve curve, std::size_t size>
Verification ReadEc(const JsonValue& group) {
  const std::string point = Hex(*group.Find("publicKey"), "uncompressed");
  KeyParts parts;
  parts.push_back(Secret::CopyOf(point.substr(1, size)));
  parts.push_back(Secret::CopyOf(point.substr(1 + size)));
  return ReadEcdsaPublic(curve, parts);
}

Verification ReadEd(const JsonValue& group) {
  KeyParts parts;
  parts.push_back(Secret::CopyOf(Hex(*group.Find("publicKey"), "pk")));
  return ReadEd25519Public(parts);
}

template <RsaPadding padding, Hash hash>
Verification ReadRsa(const JsonValue& group) {
  KeyParts parts;
  for (const char* name : {"modulus", "publicExponent"}) {
    std::string number = Hex(*group.Find("publicKey"), name);
    number.erase(0, number.find_first_not_of('\0'));
    parts.push_back(Secret::CopyOf(number));
  }
  return ReadRsaPublic(padding, hash, parts);
}

constexpr auto kRs256 = ReadRsa<RsaPadding::kPkcs1, Hash::kSha256>;
constexpr auto kRs384 = ReadRsa<RsaPadding::kPkcs1, Hash::kSha384>;
constexpr auto kRs512 = ReadRsa<RsaPadding::kPkcs1, Hash::kSha512>;
constexpr auto kPs256 = ReadRsa<RsaPadding::kPss, Hash::kSha256>;
constexpr auto kPs384 = ReadRsa<RsaPadding::kPss, Hash::kSha384>;
constexpr auto kPs512 = ReadRsa<RsaPadding::kPss, Hash::kSha512>;

// In each file of RSA signatures one lacks the NULL behind the hash's name; the
// others that are refused are under keys with e = 3.
const File kFiles[] = {
    {"ed25519", ReadEd},
    {"ecdsa_secp256r1_sha256_p1363", ReadEc<EcCurve::kP256, 32>},
    {"ecdsa_secp384r1_sha384_p1363", ReadEc<EcCurve::kP384, 48>},
    {"ecdsa_secp521r1_sha512_p1363", ReadEc<EcCurve::kP521, 66>},
    {"rsa_signature_2048_sha256", kRs256, 3},
    {"rsa_signature_2048_sha384", kRs384, 1},
    {"rsa_signature_2048_sha512", kRs512, 2},
    {"rsa_signature_3072_sha256", kRs256, 2},
    {"rsa_signature_3072_sha384", kRs384, 1},
    {"rsa_signature_3072_sha512", kRs512, 2},
    {"rsa_signature_4096_sha256", kRs256, 1},
    {"rsa_signature_4096_sha384", kRs384, 1},
    {"rsa_signature_4096_sha512", kRs512, 1},
    {"rsa_pss_2048_sha256_mgf1_32", kPs256},
    {"rsa_pss_2048_sha384_mgf1_48", kPs384},
    {"rsa_pss_3072_sha256_mgf1_32", kPs256},
    {"rsa_pss_4096_sha256_mgf1_32", kPs256},
    {"rsa_pss_4096_sha384_mgf1_48", kPs384},
    {"rsa_pss_4096_sha512_mgf1_64", kPs512},
};

JsonValue Read(const std::string& text) {
  return JsonValue::Parse(text, {16 * 1024 * 1024, 32}).value();
}

struct Count {
  int accepted = 0;
  int refused = 0;
  int refused_on_purpose = 0;

  int all() const { return accepted + refused; }
};

// Fails unless `key` says of each signature in the group what the file says.
void CheckGroup(const JsonValue& group, const VerificationKey* key,
                Count& count) {
  for (const JsonValue& test : *group.Find("tests")->AsArray()) {
    const std::string& result = *test.FindString("result");
    const bool held =
        key != nullptr && key->Verify(Hex(test, "msg"), Hex(test, "sig"));
    EXPECT_EQ(held, key != nullptr && result == "valid")
        << *test.Find("tcId")->AsInt() << " " << *test.FindString("comment");
    ++(held ? count.accepted : count.refused);
    if (!held && result != "invalid") ++count.refused_on_purpose;
  }
}

class Wycheproof : public ::testing::TestWithParam<File> {};

TEST_P(Wycheproof, EverySignatureIsJudgedAsTheFileSays) {
  const File& file = GetParam();
  const auto text = testing::SharedVectors(
      "wycheproof/" + std::string(file.name) + "_test.json");
  if (!text.has_value()) GTEST_SKIP() << testing::kNoVectors;
  const JsonValue json = Read(*text);
  Count count;
  for (const JsonValue& group : *json.Find("testGroups")->AsArray()) {
    const Verification key = file.read(group);
    EXPECT_TRUE(key.ok() || key.status().reason() == Reason::kKeyWeak);
    CheckGroup(group, key.ok() ? key->get() : nullptr, count);
  }
  EXPECT_EQ(count.all(), *json.Find("numberOfTests")->AsInt());
  EXPECT_EQ(count.refused_on_purpose, file.refused_on_purpose);
  std::cout << file.name << ": " << count.accepted << " accepted, "
            << count.refused << " refused, " << count.refused_on_purpose
            << " of them on purpose\n";
}

INSTANTIATE_TEST_SUITE_P(Files, Wycheproof, ::testing::ValuesIn(kFiles),
                         [](const auto& file) {
                           return std::string(file.param.name);
                         });

struct HmacFile {
  const char* name;
  Hash hash;
  std::size_t size;
};

void PrintTo(const HmacFile& file, std::ostream* out) { *out << file.name; }

const HmacFile kHmacFiles[] = {{"hmac_sha256", Hash::kSha256, 32},
                               {"hmac_sha384", Hash::kSha384, 48},
                               {"hmac_sha512", Hash::kSha512, 64}};

class WycheproofHmac : public ::testing::TestWithParam<HmacFile> {};

TEST_P(WycheproofHmac, EveryTagIsJudgedAsTheFileSaysOrRefusedOnPurpose) {
  const HmacFile& file = GetParam();
  const auto text = testing::SharedVectors(
      "wycheproof/" + std::string(file.name) + "_test.json");
  if (!text.has_value()) GTEST_SKIP() << testing::kNoVectors;
  const JsonValue json = Read(*text);
  Count count;
  for (const JsonValue& group : *json.Find("testGroups")->AsArray()) {
    const auto bits = static_cast<std::size_t>(*group.Find("tagSize")->AsInt());
    for (const JsonValue& test : *group.Find("tests")->AsArray()) {
      KeyParts parts;
      parts.push_back(Secret::CopyOf(Hex(test, "key")));
      const auto key = ReadHmacVerification(file.hash, parts);
      EXPECT_EQ(key.ok(), parts[0].size() >= file.size);
      const bool held =
          key.ok() && (*key)->Verify(Hex(test, "msg"), Hex(test, "tag"));
      const bool valid = *test.FindString("result") == "valid";
      const bool on_purpose = valid && (bits != file.size * 8 || !key.ok());
      EXPECT_EQ(held, valid && !on_purpose) << *test.Find("tcId")->AsInt();
      ++(held ? count.accepted : count.refused);
      count.refused_on_purpose += on_purpose ? 1 : 0;
    }
  }
  EXPECT_EQ(count.all(), *json.Find("numberOfTests")->AsInt());
  EXPECT_GT(count.accepted, 0);
  std::cout << file.name << ": " << count.accepted << " accepted, "
            << count.refused << " refused, " << count.refused_on_purpose
            << " of them for a truncated tag or a short secret\n";
}

INSTANTIATE_TEST_SUITE_P(Files, WycheproofHmac, ::testing::ValuesIn(kHmacFiles),
                         [](const auto& file) {
                           return std::string(file.param.name);
                         });

}  // namespace
}  // namespace clone_auth

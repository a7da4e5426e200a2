// The examples of RFC 7515, 7517, 7520, 7797 and 8037, from the IETF's cookbook
// and from latchset/jose, on the layer below the claims: most payloads are no
// JSON. Ours is the compact form; of the two JSON forms (RFC 7515 section 7.2)
// each signature with a protected header is put into it.

#include <iostream>
#include <optional>
#include <string>

#include "clone/json.h"
#include "gtest/gtest.h"
#include "support/vectors.h"
#include "unit/jwt/jws.h"

namespace clone_auth {
namespace {

using testing::JwsHolds;
using testing::SetOf;
using testing::SharedVectors;

struct Count {
  int held = 0;
  int refused = 0;

  void Add(bool holds) { ++(holds ? held : refused); }
  void Print(const char* what) const {
    std::cout << what << ": " << held << " signatures hold, " << refused
              << " are refused as they must be\n";
  }
};

std::string TextOf(const JsonValue& object, std::string_view name) {
  const std::string* text = object.FindString(name);
  return text == nullptr ? "" : *text;
}

// One value, or each member of an array.
JsonValue::Array AllOf(const JsonValue* value) {
  if (value == nullptr) return {};
  return value->AsArray() != nullptr ? *value->AsArray()
                                     : JsonValue::Array{*value};
}

std::string KeysOf(const JsonValue& keys) {
  if (keys.AsArray() == nullptr) return SetOf(keys);
  return "{\"keys\":" + JsonWriter().Value(keys).Take() + "}";
}

// RFC 7797 section 3.
bool IsUnencoded(const JsonValue& signature) {
  const JsonValue* header = signature.Find("protected");
  return header != nullptr && header->Find("b64") != nullptr;
}

void JudgeCookbook(const std::string& file, Count& count) {
  SCOPED_TRACE(file);
  const JsonValue example =
      JsonValue::Parse(*SharedVectors("cookbook/" + file)).value();
  const std::string keys = KeysOf(*example.Find("input")->Find("key"));
  bool unencoded = false;
  for (const JsonValue& signature : AllOf(example.Find("signing"))) {
    unencoded |= IsUnencoded(signature);
    const bool holds =
        !IsUnencoded(signature) && signature.Find("protected") != nullptr;
    EXPECT_EQ(JwsHolds(keys, TextOf(signature, "sig-input") + "." +
                                 TextOf(signature, "sig")),
              holds);
    count.Add(holds);
  }
  const std::string compact = TextOf(*example.Find("output"), "compact");
  if (compact.empty()) return;
  const bool detached = compact.find("..") != std::string::npos;
  EXPECT_EQ(JwsHolds(keys, compact), !unencoded && !detached);
  count.Add(!unencoded && !detached);
}

TEST(RfcExamples, OfTheCookbookHold) {
  if (!SharedVectors("cookbook/LICENSE").has_value()) {
    GTEST_SKIP() << testing::kNoVectors;
  }
  Count count;
  for (const char* file :
       {"jws/4_1.rsa_v15_signature.json", "jws/4_2.rsa-pss_signature.json",
        "jws/4_3.ecdsa_signature.json",
        "jws/4_4.hmac-sha2_integrity_protection.json",
        "jws/4_5.signature_with_detached_content.json",
        "jws/4_6.protecting_specific_header_fields.json",
        "jws/4_7.protecting_content_only.json",
        "jws/4_8.multiple_signatures.json", "curve25519/jws.json",
        "rfc7797/4.2.hmac-sha2_b64_false.json",
        "rfc7797/hmac-sha2_b64_false.json"}) {
    JudgeCookbook(file, count);
  }
  EXPECT_EQ(count.held, 14);
  count.Print("cookbook");
}

std::optional<std::string> Latchset(const std::string& name) {
  return SharedVectors("more/latchset-jose/tests/vectors/" + name);
}

// A file may hold the name of the one that it is a link to.
JsonValue LatchsetKey(const std::string& name) {
  const std::string text = Latchset(name).value();
  return text.front() == '{' ? JsonValue::Parse(text).value()
                             : LatchsetKey(text.substr(0, text.find('\n')));
}

// Of one example each form that it has; the payload of RFC 7520 section 4.5 is
// detached, and the header of 4.7 not protected.
void JudgeLatchset(const std::string& name, Count& count) {
  SCOPED_TRACE(name);
  const bool has_set = Latchset(name + ".jwkset").has_value();
  const std::string keys =
      SetOf(LatchsetKey(name + (has_set ? ".jwkset" : ".jwk")));
  if (const auto token = Latchset(name + ".jwsc")) {
    const bool detached = token->find("..") != std::string::npos;
    EXPECT_EQ(JwsHolds(keys, *token), !detached);
    count.Add(!detached);
  }
  for (const char* suffix : {".jwsf", ".jwsg"}) {
    const auto text = Latchset(name + suffix);
    if (!text.has_value()) continue;
    const JsonValue json = JsonValue::Parse(*text).value();
    const JsonValue* many = json.Find("signatures");
    for (const JsonValue& one : AllOf(many != nullptr ? many : &json)) {
      const std::string header = TextOf(one, "protected");
      const std::string payload = TextOf(json, "payload");
      const bool holds = !header.empty() && !payload.empty();
      EXPECT_EQ(JwsHolds(keys, header + "." + payload + "." +
                                   TextOf(one, "signature")),
                holds);
      count.Add(holds);
    }
  }
}

TEST(RfcExamples, OfLatchsetHold) {
  if (!Latchset("rfc7515_A.1.jwk").has_value()) {
    GTEST_SKIP() << testing::kNoVectors;
  }
  Count count;
  for (const char* name :
       {"rfc7515_A.1", "rfc7515_A.2", "rfc7515_A.3", "rfc7515_A.4",
        "rfc7515_A.6", "rfc7515_A.7", "rfc7520_4.1", "rfc7520_4.2",
        "rfc7520_4.3", "rfc7520_4.4", "rfc7520_4.5", "rfc7520_4.6",
        "rfc7520_4.7", "rfc7520_4.8"}) {
    JudgeLatchset(name, count);
  }
  EXPECT_EQ(count.held, 23);
  count.Print("latchset/jose");
}

TEST(RfcExamples, WithoutASignatureAreRefused) {
  const auto token = Latchset("rfc7515_A.5.jwsc");
  if (!token.has_value()) GTEST_SKIP() << testing::kNoVectors;
  for (const char* name : {"rfc7515_A.1.jwk", "rfc7515_A.2.jwk"}) {
    EXPECT_FALSE(JwsHolds(SetOf(LatchsetKey(name)), *token));
  }
}

TEST(RfcExamples, OfKeysAreReadWhereTheyAreForSignatures) {
  struct Row {
    const char* file;
    std::size_t usable;
    std::size_t skipped;
  };
  if (!Latchset("rfc7517_A.1.jwkset").has_value()) {
    GTEST_SKIP() << testing::kNoVectors;
  }
  // RFC 7517 appendix A has a key for encryption in each set; the key of RFC
  // 7520 section 3.6 is for encryption, too.
  for (const Row& row :
       {Row{"rfc7517_A.1.jwkset", 1, 1}, Row{"rfc7517_A.2.jwkset", 1, 1},
        Row{"rfc7517_A.3.jwkset", 1, 1}, Row{"rfc7520_3.1.jwk", 1, 0},
        Row{"rfc7520_3.2.jwk", 1, 0}, Row{"rfc7520_3.3.jwk", 1, 0},
        Row{"rfc7520_3.4.jwk", 1, 0}, Row{"rfc7520_3.5.jwk", 1, 0},
        Row{"rfc7520_3.6.jwk", 0, 1}}) {
    const auto set =
        JwkSet::Parse(SetOf(LatchsetKey(row.file)), JwkTrust::kLocal);
    ASSERT_TRUE(set.ok()) << row.file;
    EXPECT_EQ(set->size(), row.usable) << row.file;
    EXPECT_EQ(set->skipped(), row.skipped) << row.file;
  }
}

}  // namespace
}  // namespace clone_auth

#include <openssl/err.h>

#include "clone/json.h"
#include "clone/jwk.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

constexpr char kX[] = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr char kY[] = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr char kSecret[] = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr8";

// A good key of P-256; `more` is put in front of its members.
std::string Ec(const std::string& more, const std::string& y = kY) {
  return "{" + more + R"("kty":"EC","crv":"P-256","x":")" + kX + R"(","y":")" +
         y + "\"}";
}

std::string Oct(const std::string& more) {
  return "{" + more + R"("kty":"oct","k":")" + kSecret + "\"}";
}

template <typename... Keys>
std::string SetOf(const std::string& first, const Keys&... rest) {
  std::string text = "{\"keys\":[" + first;
  ((text += "," + rest), ...);
  return text + "]}";
}

JwkSet Parsed(const std::string& json, JwkTrust trust = JwkTrust::kLocal) {
  auto set = JwkSet::Parse(json, trust);
  EXPECT_TRUE(set.ok()) << set.status().ToString();
  EXPECT_EQ(ERR_peek_error(), 0u);
  return std::move(set).value();
}

Reason ReasonOf(const std::string& json) {
  const auto set = JwkSet::Parse(json, JwkTrust::kLocal);
  return set.ok() ? Reason::kNone : set.status().reason();
}

TEST(JwkSet, SkipsAndCountsAKeyThatCannotVerify) {
  const std::string broken[] = {
      "{}",
      "7",
      "null",
      R"({"kty":"ZZZ","x":"AA"})",
      R"({"kty":"RSA","n":"AQAB","e":"AQAB"})",
      R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})",
      R"({"kty":"EC","crv":"P-256"})",
      R"({"kty":"OKP","crv":"X25519","x":")" + std::string(kX) + "\"}",
      R"({"kty":"OKP","crv":"Ed25519",)"
      R"("x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})",
      R"({"kty":"oct","k":""})",
      R"({"kty":"oct","k":"c2VjcmV0"})",
      R"({"kty":"oct","k":7})",
      Ec("", std::string(kX)),
      Ec(R"("use":"enc",)"),
      Ec(R"("use":["sig"],)"),
      Ec(R"("key_ops":["encrypt"],)"),
      Ec(R"("key_ops":"verify",)"),
      Ec(R"("key_ops":[],)"),
      Ec(R"("alg":"HS256",)"),
      Ec(R"("alg":"EdDSA",)"),
      Ec(R"("alg":"ECDH-ES",)"),
      Ec(R"("alg":256,)"),
      Ec(R"("kid":1,)"),
      Ec(R"("kid":"a\u0000b",)"),
      Oct(R"("alg":"A256GCM",)"),
      Oct(R"("use":"enc",)"),
  };
  for (const std::string& key : broken) {
    const JwkSet set = Parsed(SetOf(key, Ec(R"("kid":"good",)")));
    EXPECT_EQ(set.size(), 1u) << key;
    EXPECT_EQ(set.skipped(), 1u) << key;
  }
}

TEST(JwkSet, TakesKeysThatSayLittleOrMore) {
  for (const std::string& key :
       {Ec(""), Ec(R"("alg":"ES256","use":"sig","kid":"a",)"),
        Ec(R"("key_ops":["sign","verify"],)"), Ec(R"("x5t":"unknown","d":1,)"),
        Oct(""), Oct(R"("alg":"HS256",)")}) {
    EXPECT_EQ(Parsed(SetOf(key)).size(), 1u) << key;
  }
}

TEST(JwkSet, IsEmptyWhereNothingIsInIt) {
  const JwkSet set = Parsed(R"({"keys":[]})");
  EXPECT_EQ(set.size(), 0u);
  EXPECT_EQ(set.ToPublicJson(), R"({"keys":[]})");
}

TEST(JwkSet, RefusesWhatIsNoKeySet) {
  EXPECT_EQ(ReasonOf("{}"), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOf(R"({"keys":{}})"), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOf("[]"), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOf("<html>"), Reason::kJsonMalformed);
  EXPECT_EQ(ReasonOf(SetOf(Ec(R"("kty":"EC",)"))), Reason::kJsonDuplicateName);
}

TEST(JwkSet, RefusesTwoKeysOfOneNameAndType) {
  EXPECT_EQ(ReasonOf(SetOf(Ec(R"("kid":"a",)"), Ec(R"("kid":"a",)"))),
            Reason::kKeySetAmbiguous);
  EXPECT_EQ(ReasonOf(SetOf(Ec(R"("kid":"a",)"), Ec(R"("kid":"b",)"))),
            Reason::kNone);
  EXPECT_EQ(ReasonOf(SetOf(Ec(R"("kid":"a",)"), Oct(R"("kid":"a",)"))),
            Reason::kNone);
  EXPECT_EQ(ReasonOf(SetOf(Ec(""), Ec(""))), Reason::kNone);
  // One that is skipped confuses nobody.
  EXPECT_EQ(
      ReasonOf(SetOf(Ec(R"("kid":"a",)"), Ec(R"("kid":"a","use":"enc",)"))),
      Reason::kNone);
}

TEST(JwkSet, TakesNoSymmetricKeyFromAfar) {
  const std::string json = SetOf(Oct(R"("kid":"a",)"), Ec(R"("kid":"b",)"));
  EXPECT_EQ(Parsed(json, JwkTrust::kLocal).size(), 2u);
  const JwkSet remote = Parsed(json, JwkTrust::kRemote);
  EXPECT_EQ(remote.size(), 1u);
  EXPECT_EQ(remote.skipped(), 1u);
}

TEST(JwkSet, HoldsAtMost100KeysAnd256KiB) {
  std::string keys = "{}";
  for (int i = 1; i < 100; ++i) keys += ",{}";
  EXPECT_EQ(Parsed(SetOf(keys)).skipped(), 100u);
  EXPECT_EQ(ReasonOf(SetOf(keys + ",{}")), Reason::kJsonLimit);
  const std::string filler(256 * 1024, ' ');
  EXPECT_EQ(ReasonOf(R"({"keys":[]})" + filler), Reason::kJsonLimit);
  EXPECT_EQ(ReasonOf(R"({"keys":[]})" + filler.substr(11)), Reason::kNone);
}

TEST(JwkSet, PublishesPublicKeysOnly) {
  const auto ec = JwtSigningKey::Generate(JwtAlgorithm::kEs256, "e").value();
  const auto ed = JwtSigningKey::Generate(JwtAlgorithm::kEdDsa, "d").value();
  const auto hs = JwtSigningKey::Generate(JwtAlgorithm::kHs256, "h").value();
  const JwkSet set = JwkSet::Of({&hs, &ec, &ed}).value();
  EXPECT_EQ(set.size(), 3u);
  const std::string json = set.ToPublicJson();
  EXPECT_EQ(json,
            "{\"keys\":[" + ec.ToPublicJwk() + "," + ed.ToPublicJwk() + "]}");
  const JwkSet read = Parsed(json, JwkTrust::kRemote);
  EXPECT_EQ(read.size(), 2u);
  EXPECT_EQ(read.ToPublicJson(), json);
}

TEST(JwkSet, PublishesNoPrivateMemberThatItWasGiven) {
  const JwkSet set = Parsed(SetOf(Ec(R"("d":"AQAB","kid":"k",)")));
  EXPECT_EQ(set.ToPublicJson(),
            SetOf(R"({"kty":"EC","crv":"P-256","kid":"k","use":"sig","x":")" +
                  std::string(kX) + R"(","y":")" + kY + "\"}"));
}

TEST(JwkSet, OfTwoKeysWithOneNameIsAmbiguous) {
  const auto a = JwtSigningKey::Generate(JwtAlgorithm::kEs256, "k").value();
  const auto b = JwtSigningKey::Generate(JwtAlgorithm::kEs256, "k").value();
  const auto c = JwtSigningKey::Generate(JwtAlgorithm::kEdDsa, "k").value();
  EXPECT_EQ(JwkSet::Of({&a, &b}).status().reason(), Reason::kKeySetAmbiguous);
  EXPECT_EQ(JwkSet::Of({&a, &c})->size(), 2u);
}

}  // namespace
}  // namespace clone_auth

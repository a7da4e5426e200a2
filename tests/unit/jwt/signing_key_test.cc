#include <openssl/err.h>

#include <vector>

#include "clone/json.h"
#include "clone/jwk.h"
#include "gtest/gtest.h"
#include "jwt/algorithms.h"

namespace clone_auth {
namespace {

std::vector<JwtAlgorithm> EveryAlgorithm() {
  std::vector<JwtAlgorithm> all;
  for (int i = 0; i <= static_cast<int>(JwtAlgorithm::kEd448); ++i) {
    all.push_back(static_cast<JwtAlgorithm>(i));
  }
  return all;
}

// RFC 8037 appendix A.1.
constexpr char kEd25519Jwk[] =
    R"({"kty":"OKP","crv":"Ed25519",)"
    R"("d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",)"
    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";

// RFC 7515 appendix A.3.1.
constexpr char kEs256Jwk[] =
    R"({"kty":"EC","crv":"P-256","kid":"a3",)"
    R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",)"
    R"("d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})";

Reason ReasonOf(std::string_view jwk) {
  const auto key = JwtSigningKey::FromJwk(Secret::CopyOf(jwk));
  EXPECT_EQ(ERR_peek_error(), 0u);
  return key.ok() ? Reason::kNone : key.status().reason();
}

std::string Replaced(std::string text, std::string_view from,
                     std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(JwtAlgorithm, RowsStandInTheOrderOfTheEnum) {
  std::size_t index = 0;
  for (const Algorithm& row : Algorithms()) {
    EXPECT_EQ(ParseJwtAlgorithm(ToString(row.id)).value(), row.id);
    if (index <= static_cast<std::size_t>(JwtAlgorithm::kEd448)) {
      EXPECT_EQ(static_cast<std::size_t>(row.id), index++);
      EXPECT_EQ(&Describe(row.id), &row);
    }
    for (std::size_t i = 0; i < row.type->sign_count; ++i) {
      EXPECT_FALSE(row.type->members[i].empty());
    }
    EXPECT_LE(row.type->public_count, row.type->verify_count);
    EXPECT_LE(row.type->verify_count, row.type->sign_count);
  }
}

TEST(JwtAlgorithm, NamesAreExact) {
  EXPECT_EQ(*ParseJwtAlgorithm("EdDSA"), JwtAlgorithm::kEdDsa);
  EXPECT_EQ(*ParseJwtAlgorithm("Ed25519"), JwtAlgorithm::kEd25519);
  EXPECT_EQ(*ParseJwtAlgorithm("Ed448"), JwtAlgorithm::kEd448);
  for (const char* name :
       {"", "none", "None", "es256", "ES256 ", "EDDSA", "HS1", "HS256\n"}) {
    EXPECT_EQ(ParseJwtAlgorithm(name).status().reason(),
              Reason::kAlgorithmUnsupported)
        << name;
  }
}

// A new RSA key takes a tenth of a second, so all algorithms share one.
JwtSigningKey KeyOf(JwtAlgorithm algorithm) {
  if (Describe(algorithm).type->name != "RSA") {
    return JwtSigningKey::Generate(algorithm).value();
  }
  static const Secret pem =
      JwtSigningKey::Generate(JwtAlgorithm::kRs256)->ToPem().value();
  return JwtSigningKey::FromPem(pem, algorithm).value();
}

TEST(JwtSigningKey, IsTheSameAfterBeingStoredAndReadBack) {
  for (const JwtAlgorithm algorithm : EveryAlgorithm()) {
    const auto key = KeyOf(algorithm);
    const Secret stored = key.ToJwk();
    const auto read = JwtSigningKey::FromJwk(stored);
    ASSERT_TRUE(read.ok()) << read.status().ToString();
    EXPECT_EQ(read->algorithm(), algorithm);
    EXPECT_EQ(read->key_id(), key.key_id());
    EXPECT_EQ(read->ToJwk().Reveal(), stored.Reveal());
    EXPECT_EQ(read->ToPublicJwk(), key.ToPublicJwk());
  }
}

TEST(JwtSigningKey, NewOnesDiffer) {
  for (const JwtAlgorithm algorithm : EveryAlgorithm()) {
    if (Describe(algorithm).type->name == "RSA") continue;
    EXPECT_NE(JwtSigningKey::Generate(algorithm)->key_id(),
              JwtSigningKey::Generate(algorithm)->key_id());
  }
  EXPECT_NE(JwtSigningKey::Generate(JwtAlgorithm::kPs512)->key_id(),
            KeyOf(JwtAlgorithm::kPs512).key_id());
  EXPECT_EQ(JwtSigningKey::Generate(JwtAlgorithm::kEs256, "mine")->key_id(),
            "mine");
}

TEST(JwtSigningKey, ThePublicHalfHoldsNothingPrivate) {
  for (const JwtAlgorithm algorithm : EveryAlgorithm()) {
    if (Describe(algorithm).symmetric()) continue;
    const auto key = KeyOf(algorithm);
    const auto jwk = JsonValue::Parse(key.ToPublicJwk()).value();
    for (const char* name : {"d", "p", "q", "dp", "dq", "qi"}) {
      EXPECT_EQ(jwk.Find(name), nullptr);
    }
    EXPECT_EQ(*jwk.FindString("kid"), key.key_id());
    EXPECT_EQ(*jwk.FindString("alg"), ToString(algorithm));
    EXPECT_EQ(*jwk.FindString("use"), "sig");
    EXPECT_NE(jwk.FindString(Describe(algorithm).type->members[0]), nullptr);
  }
  EXPECT_EQ(JwtSigningKey::Generate(JwtAlgorithm::kHs256)->ToPublicJwk(), "");
}

// RFC 8037 appendix A.3.
TEST(JwtSigningKey, IsNamedByItsThumbprint) {
  const auto key = JwtSigningKey::FromJwk(Secret::CopyOf(kEd25519Jwk)).value();
  EXPECT_EQ(key.key_id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  EXPECT_EQ(key.algorithm(), JwtAlgorithm::kEdDsa);
}

TEST(JwtSigningKey, KeepsTheNameThatItsJwkGivesIt) {
  const auto key = JwtSigningKey::FromJwk(Secret::CopyOf(kEs256Jwk)).value();
  EXPECT_EQ(key.key_id(), "a3");
  EXPECT_EQ(key.algorithm(), JwtAlgorithm::kEs256);
}

TEST(JwtSigningKey, RefusesAJwkThatIsNoPrivateKeyToSignWith) {
  const std::string good = kEs256Jwk;
  const std::pair<std::string, Reason> cases[] = {
      {"", Reason::kJsonMalformed},
      {"[]", Reason::kKeySetMalformed},
      {"{}", Reason::kKeySetMalformed},
      {good + "x", Reason::kJsonMalformed},
      {Replaced(good, R"("kid")", R"("kty":"EC","kid")"),
       Reason::kJsonDuplicateName},
      {Replaced(good, R"("d":)", R"("D":)"), Reason::kKeySetMalformed},
      {Replaced(good, R"("x":)", R"("w":)"), Reason::kKeySetMalformed},
      {Replaced(good, "jpsQ", "jps="), Reason::kKeySetMalformed},
      {Replaced(good, "jpsQ", "apsQ"), Reason::kKeySetMalformed},
      {Replaced(good, "jpsQ", ""), Reason::kKeySetMalformed},
      {Replaced(good, R"("a3")", "3"), Reason::kKeySetMalformed},
      {Replaced(good, R"("a3")", R"("a\u0000")"), Reason::kKeySetMalformed},
      {Replaced(good, "P-256", "P-255"), Reason::kAlgorithmUnsupported},
      {Replaced(good, "\"EC\"", "\"ec\""), Reason::kAlgorithmUnsupported},
      {Replaced(good, R"("kid")", R"("alg":"EdDSA","kid")"),
       Reason::kAlgorithmUnsupported},
      {Replaced(good, R"("kid")", R"("alg":"ES999","kid")"),
       Reason::kAlgorithmUnsupported},
      {Replaced(good, R"("kid")", R"("alg":256,"kid")"),
       Reason::kKeySetMalformed},
      {Replaced(good, R"("kid")", R"("use":"enc","kid")"),
       Reason::kKeySetMalformed},
      {Replaced(good, R"("kid")", R"("key_ops":["verify"],"kid")"),
       Reason::kKeySetMalformed},
      {R"({"kty":"oct","k":"c2hvcnQ","alg":"HS256"})", Reason::kKeyWeak},
  };
  EXPECT_EQ(ReasonOf(good), Reason::kNone);
  EXPECT_EQ(ReasonOf(Replaced(good, R"("kid")",
                              R"("use":"sig","key_ops":["sign"],"kid")")),
            Reason::kNone);
  for (const auto& [jwk, reason] : cases)
    EXPECT_EQ(ReasonOf(jwk), reason) << jwk;
}

TEST(JwtSigningKey, ErrorsDoNotRepeatTheKey) {
  const auto key = JwtSigningKey::FromJwk(
      Secret::CopyOf(Replaced(kEs256Jwk, "jpsQ", "jps=")));
  EXPECT_EQ(key.status().ToString().find("nnGQ"), std::string::npos);
}

TEST(JwtSigningKey, ASharedSecretIsAsLongAsItsDigest) {
  const auto make = [](std::size_t size, std::string key_id) {
    return JwtSigningKey::FromSharedSecret(
        Secret::CopyOf(std::string(size, 's')), std::move(key_id));
  };
  EXPECT_EQ(make(31, "k").status().reason(), Reason::kKeyWeak);
  EXPECT_EQ(make(32, "k")->key_id(), "k");
  for (const auto& [algorithm, size] :
       {std::pair{JwtAlgorithm::kHs384, 48}, {JwtAlgorithm::kHs512, 64}}) {
    const auto with = [algorithm = algorithm](int bytes) {
      return JwtSigningKey::FromSharedSecret(
          Secret::OfSize(static_cast<std::size_t>(bytes)), "k", algorithm);
    };
    EXPECT_EQ(with(size - 1).status().reason(), Reason::kKeyWeak);
    EXPECT_EQ(with(size)->algorithm(), algorithm);
  }
  EXPECT_EQ(JwtSigningKey::FromSharedSecret(Secret::OfSize(64), "k",
                                            JwtAlgorithm::kEs256)
                .status()
                .reason(),
            Reason::kInvalidArgument);
  EXPECT_EQ(make(32, "")->key_id(), "");
  EXPECT_EQ(make(32, std::string("a\0", 2)).status().reason(),
            Reason::kInvalidArgument);
  EXPECT_EQ(
      JwtSigningKey::Generate(JwtAlgorithm::kEs256, "\xff").status().reason(),
      Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth

#include <limits>

#include "base/base64url.h"
#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

JwtClaims Claims() {
  JwtClaims claims;
  claims.issuer = "https://issuer";
  claims.subject = "user-1";
  claims.audience = {"api"};
  claims.issued_at = FromUnixSeconds(seconds(1'767'225'600));
  claims.expires_at = claims.issued_at + seconds(3600);
  return claims;
}

JwtSigner Signer(std::string type = "at+jwt") {
  return JwtSigner::Create(
             JwtSigningKey::Generate(JwtAlgorithm::kHs256, "k").value(),
             std::move(type))
      .value();
}

std::string PartOf(const std::string& token, int part) {
  std::size_t begin = 0;
  for (int i = 0; i < part; ++i) begin = token.find('.', begin) + 1;
  return Base64UrlDecode(token.substr(begin, token.find('.', begin) - begin))
      .value();
}

Reason ReasonOf(const JwtClaims& claims) {
  const auto token = Signer().Sign(claims);
  return token.ok() ? Reason::kNone : token.status().reason();
}

TEST(JwtSigner, EveryAlgorithmsTokensVerify) {
  const testing::FakeClock clock;
  const auto rsa = JwtSigningKey::Generate(JwtAlgorithm::kRs256)->ToPem();
  for (int i = 0; i <= static_cast<int>(JwtAlgorithm::kEd448); ++i) {
    const auto algorithm = static_cast<JwtAlgorithm>(i);
    const bool is_rsa =
        algorithm >= JwtAlgorithm::kRs256 && algorithm <= JwtAlgorithm::kPs512;
    const auto key = is_rsa ? JwtSigningKey::FromPem(*rsa, algorithm).value()
                            : JwtSigningKey::Generate(algorithm).value();
    JwtPolicy policy;
    policy.algorithms = {algorithm};
    policy.issuers = {"https://issuer"};
    policy.audiences = {"api"};
    const auto verifier =
        JwtVerifier::Create(policy, JwkSet::Of({&key}).value(), &clock);
    const auto signer = JwtSigner::Create(key);
    const auto jwt = verifier->Verify(*signer->Sign(Claims()));
    ASSERT_TRUE(jwt.ok()) << jwt.status().ToString();
    EXPECT_EQ(jwt->key_id(), key.key_id());
    EXPECT_EQ(jwt->subject(), "user-1");
  }
}

// Two writers make the payload: one for text that needs no escape.
TEST(JwtSigner, WritesTheSameWhetherOrNotTextIsPlain) {
  JwtClaims claims = Claims();
  claims.audience = {"api", "admin"};
  claims.not_before = claims.issued_at;
  claims.jwt_id = "j-1";
  claims.more = {{"text", JsonValue(std::string("exactly eight."))},
                 {"", JsonValue(std::string())},
                 {"low", JsonValue(std::numeric_limits<std::int64_t>::min())},
                 {"yes", JsonValue(true)},
                 {"no", JsonValue(false)}};
  std::string expected = PartOf(Signer().Sign(claims).value(), 1);
  EXPECT_TRUE(JsonValue::Parse(expected).ok());
  expected.pop_back();
  const std::pair<JsonValue, std::string> others[] = {
      {JsonValue(std::string("\"")), R"("\"")"},
      {JsonValue(std::string("a\\b and more than eight")),
       R"("a\\b and more than eight")"},
      {JsonValue(std::string("a line\n")), R"("a line\n")"},
      {JsonValue(std::string("\x7f and beyond: \xc3\xa9")),
       "\"\x7f and beyond: \xc3\xa9\""},
      {JsonValue(1.5), "1.5"},
      {JsonValue(), "null"}};
  for (const auto& [value, text] : others) {
    JwtClaims other = claims;
    other.more.push_back({"z", value});
    EXPECT_EQ(PartOf(Signer().Sign(other).value(), 1),
              expected + ",\"z\":" + text + "}");
  }
}

TEST(JwtSigner, KeepsTextOfEveryLengthWhateverCharacterStandsWhere) {
  const auto signer = Signer();
  const auto written = [&signer](const std::string& text) {
    JwtClaims claims = Claims();
    claims.more = {{"text", JsonValue(text)}};
    const auto value =
        JsonValue::Parse(PartOf(signer.Sign(claims).value(), 1)).value();
    return *value.Find("text")->AsString();
  };
  for (std::size_t size = 0; size < 50; ++size) {
    const std::string plain(size, 'a');
    EXPECT_EQ(written(plain), plain);
    for (std::size_t at = 0; at < size; ++at) {
      for (const char c : {'"', '\\', '\n', '\x1f'}) {
        std::string text = plain;
        text[at] = c;
        EXPECT_EQ(written(text), text) << size << " at " << at;
      }
    }
  }
  for (const std::size_t size : {1800u, 2000u, 2100u, 5000u}) {
    EXPECT_EQ(written(std::string(size, 'a')), std::string(size, 'a'));
  }
}

TEST(JwtSigner, OutlivesItsKey) {
  const JwtSigner signer = Signer();
  EXPECT_TRUE(signer.Sign(Claims()).ok());
}

TEST(JwtSigner, WritesHeaderAndClaimsInOneOrder) {
  JwtClaims claims = Claims();
  claims.audience = {"api", "admin"};
  claims.not_before = claims.issued_at;
  claims.jwt_id = "j-1";
  claims.more.push_back({"org", JsonValue(std::string("o"))});
  claims.more.push_back({"gen", JsonValue(std::int64_t{7})});
  const std::string token = Signer().Sign(claims).value();
  EXPECT_EQ(PartOf(token, 0), R"({"alg":"HS256","typ":"at+jwt","kid":"k"})");
  EXPECT_EQ(PartOf(token, 1),
            R"({"iss":"https://issuer","sub":"user-1","aud":["api","admin"],)"
            R"("exp":1767229200,"nbf":1767225600,"iat":1767225600,)"
            R"("jti":"j-1","org":"o","gen":7})");
}

TEST(JwtSigner, LeavesOutWhatIsEmptyAndWritesOneAudienceAsAString) {
  JwtClaims claims = Claims();
  EXPECT_EQ(PartOf(Signer().Sign(claims).value(), 1),
            R"({"iss":"https://issuer","sub":"user-1","aud":"api",)"
            R"("exp":1767229200,"iat":1767225600})");
  claims.issuer.clear();
  claims.subject.clear();
  claims.audience.clear();
  EXPECT_EQ(PartOf(Signer().Sign(claims).value(), 1),
            R"({"exp":1767229200,"iat":1767225600})");
}

TEST(JwtSigner, NamesNoKeyThatHasNoName) {
  const auto key =
      JwtSigningKey::FromSharedSecret(Secret::CopyOf(std::string(32, 's')), "")
          .value();
  const std::string token =
      JwtSigner::Create(key, "JWT")->Sign(Claims()).value();
  EXPECT_EQ(PartOf(token, 0), R"({"alg":"HS256","typ":"JWT"})");
}

TEST(JwtSigner, WritesNoTypeWhereNoneIsWanted) {
  const auto key = JwtSigningKey::Generate(JwtAlgorithm::kHs256, "k").value();
  const std::string token =
      JwtSigner::CreateUntyped(key).Sign(Claims()).value();
  EXPECT_EQ(PartOf(token, 0), R"({"alg":"HS256","kid":"k"})");
}

TEST(JwtSigner, SignsAJsonObjectByteByByte) {
  const std::string claims = "{ \"b\":1.0e3,\r\n\"a\":[18446744073.5, null]}";
  EXPECT_EQ(PartOf(Signer().SignJson(claims).value(), 1), claims);
  EXPECT_EQ(PartOf(Signer().SignJson("{}").value(), 1), "{}");
}

TEST(JwtSigner, RefusesWhatNoVerifierCouldRead) {
  const auto reason_of = [](const std::string& claims) {
    return Signer().SignJson(claims).status().reason();
  };
  EXPECT_EQ(reason_of("[]"), Reason::kInvalidArgument);
  EXPECT_EQ(reason_of("{} {}"), Reason::kJsonMalformed);
  EXPECT_EQ(reason_of(R"({"a":1,"a":2})"), Reason::kJsonDuplicateName);
  EXPECT_EQ(
      reason_of("{\"a\":" + std::string(32, '[') + std::string(32, ']') + "}"),
      Reason::kJsonLimit);
  EXPECT_EQ(
      reason_of("{\"a\":\"" + std::string(kJwtMaxSize - 100, 'a') + "\"}"),
      Reason::kInvalidArgument);
}

TEST(JwtSigner, RefusesTimesThatMakeNoToken) {
  JwtClaims claims = Claims();
  claims.expires_at = claims.issued_at;
  EXPECT_EQ(ReasonOf(claims), Reason::kInvalidArgument);
  claims.expires_at = claims.issued_at + std::chrono::milliseconds(999);
  EXPECT_EQ(ReasonOf(claims), Reason::kInvalidArgument);
  claims = Claims();
  claims.issued_at = FromUnixSeconds(seconds(-1));
  EXPECT_EQ(ReasonOf(claims), Reason::kInvalidArgument);
  claims = Claims();
  claims.not_before = FromUnixSeconds(seconds(-1));
  EXPECT_EQ(ReasonOf(claims), Reason::kInvalidArgument);
}

TEST(JwtSigner, RefusesARepeatedClaim) {
  for (const char* name :
       {"iss", "sub", "aud", "exp", "nbf", "iat", "jti", "org"}) {
    JwtClaims claims = Claims();
    claims.more.push_back({"org", JsonValue(true)});
    claims.more.push_back({name, JsonValue(true)});
    EXPECT_EQ(ReasonOf(claims), Reason::kInvalidArgument) << name;
  }
}

TEST(JwtSigner, RefusesNamesThatReadersWouldTakeForOthers) {
  for (const std::string& name : {std::string("a\0", 2), std::string("\xff")}) {
    std::vector<JwtClaims> spoilt(5, Claims());
    spoilt[0].issuer = name;
    spoilt[1].subject = name;
    spoilt[2].audience = {"api", name};
    spoilt[3].jwt_id = name;
    spoilt[4].more.push_back({name, JsonValue(true)});
    for (const JwtClaims& claims : spoilt) {
      EXPECT_EQ(ReasonOf(claims), Reason::kInvalidArgument);
    }
  }
}

TEST(JwtSigner, MakesNoTokenThatIsTooLargeToVerify) {
  JwtClaims claims = Claims();
  claims.more.push_back({"x", JsonValue(std::string(kJwtMaxSize, 'x'))});
  EXPECT_EQ(ReasonOf(claims), Reason::kInvalidArgument);
}

TEST(JwtSigner, RefusesATypeThatIsNoPrintableText) {
  const auto key = JwtSigningKey::Generate(JwtAlgorithm::kHs256).value();
  for (const char* type : {"", " ", "at jwt", "at\n", "\xc3\xa9"}) {
    EXPECT_EQ(JwtSigner::Create(key, type).status().reason(),
              Reason::kInvalidArgument)
        << type;
  }
}

}  // namespace
}  // namespace clone_auth

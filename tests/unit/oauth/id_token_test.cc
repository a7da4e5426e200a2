// What an ID token has to say (OpenID Connect Core 1.0 section 3.1.3.7).

#include "clone/id_token.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "base/base64url.h"
#include "crypto/sha256.h"
#include "crypto/sha512.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kNow = 1'767'225'600;
constexpr char kAccess[] = "an-access-token";

WallTime Now() { return FromUnixSeconds(seconds(kNow)); }

IdTokenExpectation Expected() {
  IdTokenExpectation expected;
  expected.issuer = "https://auth.example";
  expected.client_id = "app";
  expected.nonce = "n-1";
  expected.access_token = kAccess;
  return expected;
}

// The claims of a good token, of which one may be another.
struct Claims {
  std::string iss = R"("https://auth.example")";
  std::string aud = R"("app")";
  std::string sub = R"("user-1")";
  std::string exp = "1767229200";
  std::string iat = "1767225600";
  std::string nonce = R"("n-1")";
  std::string more = {};  // ,"name":value

  std::string Json() const {
    std::string json = "{\"typ\":\"ID\"";
    for (const auto& [name, value] :
         {std::pair("iss", &iss), std::pair("aud", &aud),
          std::pair("sub", &sub), std::pair("exp", &exp),
          std::pair("iat", &iat), std::pair("nonce", &nonce)}) {
      if (value->empty()) continue;
      json.append(",\"").append(name).append("\":").append(*value);
    }
    return json + more + "}";
  }
};

template <typename Digest>
std::string LeftHalf(const Digest& digest) {
  return Base64UrlEncode(
      {reinterpret_cast<const char*>(digest.data()), digest.size() / 2});
}

class IdTokenTest : public ::testing::Test {
 protected:
  static JwtSigningKey KeyOf(JwtAlgorithm algorithm) {
    return JwtSigningKey::Generate(algorithm, "k").value();
  }
  static std::string Sign(const JwtSigningKey& key, const Claims& claims,
                          const char* type = "JWT") {
    return JwtSigner::Create(key, type)->SignJson(claims.Json()).value();
  }
  std::string Sign(const Claims& claims) const { return Sign(key_, claims); }

  static Reason ReasonOf(const JwtSigningKey& key, const std::string& token,
                         const IdTokenExpectation& expected = Expected(),
                         WallTime now = Now()) {
    const auto keys = JwkSet::Of({&key});
    return CheckIdToken(token, *keys, expected, now).status().reason();
  }
  Reason ReasonOf(const Claims& claims,
                  const IdTokenExpectation& expected = Expected(),
                  WallTime now = Now()) const {
    return ReasonOf(key_, Sign(claims), expected, now);
  }

  const JwtSigningKey key_ = KeyOf(JwtAlgorithm::kEs256);
};

TEST_F(IdTokenTest, AGoodOneTellsWhoSignedIn) {
  const auto keys = JwkSet::Of({&key_});
  const auto token = CheckIdToken(Sign(Claims()), *keys, Expected(), Now());
  ASSERT_TRUE(token.ok()) << token.status().ToString();
  EXPECT_EQ(token->subject(), "user-1");
}

TEST_F(IdTokenTest, ItNeedNotSayItsType) {
  const auto token = JwtSigner::CreateUntyped(key_).SignJson(Claims().Json());
  EXPECT_EQ(ReasonOf(key_, *token), Reason::kNone);
}

TEST_F(IdTokenTest, IssuerAndAudienceCompareByteByByte) {
  Claims claims;
  claims.iss = R"("https://auth.example/")";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenIssuer);
  claims.iss = R"("https://AUTH.example")";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenIssuer);
  claims = Claims();
  claims.aud = R"("App")";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenAudience);
  claims.aud = R"(["other"])";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenAudience);
}

TEST_F(IdTokenTest, EachClaimThatIsRequiredIsMissed) {
  for (const auto member : {&Claims::iss, &Claims::aud, &Claims::sub,
                            &Claims::exp, &Claims::iat, &Claims::nonce}) {
    Claims claims;
    claims.*member = "";
    EXPECT_EQ(ReasonOf(claims), Reason::kTokenClaim) << claims.Json();
  }
}

TEST_F(IdTokenTest, AmongOthersInTheAudienceTheClientMustBeTheParty) {
  Claims claims;
  claims.aud = R"(["app","api"])";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenClaim);
  claims.more = R"(,"azp":"api")";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenClaim);
  claims.more = R"(,"azp":["app"])";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenClaim);
  claims.more = R"(,"azp":"app")";
  EXPECT_EQ(ReasonOf(claims), Reason::kNone);
}

TEST_F(IdTokenTest, AnotherPartyIsRefusedWhateverTheAudience) {
  Claims claims;
  claims.more = R"(,"azp":"other")";
  EXPECT_EQ(ReasonOf(claims), Reason::kTokenClaim);
}

TEST_F(IdTokenTest, TheNonceMustBeTheOneThatWasSent) {
  for (const char* nonce : {R"("n-2")", R"("N-1")", R"("")", "1", "null"}) {
    Claims claims;
    claims.nonce = nonce;
    EXPECT_EQ(ReasonOf(claims), Reason::kTokenClaim) << nonce;
  }
}

TEST_F(IdTokenTest, WhereNoNonceWasSentThereNeedBeNone) {
  IdTokenExpectation expected = Expected();
  expected.nonce.clear();
  Claims claims;
  EXPECT_EQ(ReasonOf(claims, expected), Reason::kNone);
  claims.nonce = "";
  EXPECT_EQ(ReasonOf(claims, expected), Reason::kNone);
}

TEST_F(IdTokenTest, TheAccessHashIsMadeWithTheDigestOfTheSignature) {
  const std::pair<JwtAlgorithm, std::string> cases[] = {
      {JwtAlgorithm::kEs256, LeftHalf(Sha256(kAccess))},
      {JwtAlgorithm::kRs256, LeftHalf(Sha256(kAccess))},
      {JwtAlgorithm::kEs384, LeftHalf(Sha384(kAccess))},
      {JwtAlgorithm::kEs512, LeftHalf(Sha512(kAccess))},
      {JwtAlgorithm::kEd25519, LeftHalf(Sha512(kAccess))}};
  for (const auto& [algorithm, hash] : cases) {
    const JwtSigningKey key = KeyOf(algorithm);
    Claims claims;
    claims.more = ",\"at_hash\":\"" + hash + "\"";
    EXPECT_EQ(ReasonOf(key, Sign(key, claims)), Reason::kNone)
        << ToString(algorithm);
    claims.more = ",\"at_hash\":\"" + hash.substr(1) + "\"";
    EXPECT_EQ(ReasonOf(key, Sign(key, claims)), Reason::kTokenClaim)
        << ToString(algorithm);
  }
}

TEST_F(IdTokenTest, TheAccessHashOfOpenIdConnectsExampleIsTaken) {
  // OpenID Connect Core 1.0, appendix A.3, whose ID token is signed with RS256.
  IdTokenExpectation expected = Expected();
  expected.access_token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
  Claims claims;
  claims.more = R"(,"at_hash":"77QmUPtjPfzWtF2AnpK9RQ")";
  EXPECT_EQ(ReasonOf(claims, expected), Reason::kNone);
}

TEST_F(IdTokenTest, WithoutAccessTokenItsHashIsNotLookedAt) {
  IdTokenExpectation expected = Expected();
  expected.access_token = {};
  Claims claims;
  claims.more = R"(,"at_hash":"x")";
  EXPECT_EQ(ReasonOf(claims, expected), Reason::kNone);
}

TEST_F(IdTokenTest, TimesAreHeldAgainstTheClockWithItsTolerance) {
  const Claims claims;
  const WallTime end = FromUnixSeconds(seconds(1'767'229'200));
  EXPECT_EQ(ReasonOf(claims, Expected(), end + seconds(59)), Reason::kNone);
  EXPECT_EQ(ReasonOf(claims, Expected(), end + seconds(60)),
            Reason::kTokenExpired);
  EXPECT_EQ(ReasonOf(claims, Expected(), Now() - seconds(61)),
            Reason::kClockSkew);
}

TEST_F(IdTokenTest, TheSignInMustBeAsRecentAsWasAskedFor) {
  IdTokenExpectation expected = Expected();
  expected.max_age = seconds(100);
  const std::pair<const char*, Reason> cases[] = {
      {"", Reason::kTokenClaim},
      {R"(,"auth_time":"1767225600")", Reason::kTokenClaim},
      {R"(,"auth_time":1767225600)", Reason::kNone},
      {R"(,"auth_time":1767225440)", Reason::kNone},
      {R"(,"auth_time":1767225439)", Reason::kTokenClaim},
      {R"(,"auth_time":-1e300)", Reason::kTokenClaim}};
  for (const auto& [more, reason] : cases) {
    Claims claims;
    claims.more = more;
    EXPECT_EQ(ReasonOf(claims, expected), reason) << more;
  }
}

TEST_F(IdTokenTest, WhoeverHoldsNoKeyOfTheIssuerIsNotBelieved) {
  const JwtSigningKey other = KeyOf(JwtAlgorithm::kEs256);
  EXPECT_EQ(ReasonOf(key_, Sign(other, Claims())), Reason::kTokenSignature);

  const std::string payload = Base64UrlEncode(Claims().Json());
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None"})", R"({"alg":"HS256"})"}) {
    EXPECT_EQ(ReasonOf(key_, Base64UrlEncode(header) + "." + payload + "."),
              Reason::kTokenAlgorithm)
        << header;
  }
}

TEST_F(IdTokenTest, ASharedSecretSignsNoIdToken) {
  const auto key = JwtSigningKey::FromSharedSecret(
      Secret::CopyOf("a client's secret of thirty-two bytes"), "k");
  EXPECT_EQ(ReasonOf(*key, Sign(*key, Claims())), Reason::kTokenAlgorithm);
}

TEST_F(IdTokenTest, AnAccessTokenIsNone) {
  EXPECT_EQ(ReasonOf(key_, Sign(key_, Claims(), "at+jwt")), Reason::kTokenType);
}

TEST_F(IdTokenTest, WithoutIssuerOrClientNothingIsChecked) {
  IdTokenExpectation expected = Expected();
  expected.issuer.clear();
  EXPECT_EQ(ReasonOf(Claims(), expected), Reason::kInvalidArgument);
  expected = Expected();
  expected.client_id.clear();
  EXPECT_EQ(ReasonOf(Claims(), expected), Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth

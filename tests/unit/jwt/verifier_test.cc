// What a verifier refuses, and with which word.

#include <openssl/err.h>

#include <thread>

#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using testing::RawKey;

constexpr std::int64_t kNow = 1'767'225'600;
constexpr char kHeader[] = R"({"alg":"ES256","typ":"at+jwt","kid":"k"})";

JwtPolicy Policy() {
  JwtPolicy policy;
  policy.algorithms = {JwtAlgorithm::kEs256};
  policy.issuers = {"https://issuer", "https://second"};
  policy.audiences = {"api", "admin"};
  return policy;
}

// Claims that pass, with `more` members behind them.
std::string Claims(const std::string& more = {}) {
  return R"({"iss":"https://issuer","aud":"api","sub":"u","exp":1767225700)" +
         more + "}";
}

class JwtVerify : public ::testing::Test {
 protected:
  JwtVerifier Verifier(JwtPolicy policy = Policy()) {
    return JwtVerifier::Create(std::move(policy), Keys(key_.Keys()), &clock_)
        .value();
  }

  static JwkSet Keys(const std::string& json) {
    return JwkSet::Parse(json, JwkTrust::kLocal).value();
  }

  static Reason ReasonOf(const JwtVerifier& verifier,
                         const std::string& token) {
    const auto jwt = verifier.Verify(token);
    EXPECT_EQ(ERR_peek_error(), 0u);
    return jwt.ok() ? Reason::kNone : jwt.status().reason();
  }

  Reason ReasonOf(const std::string& header, const std::string& claims,
                  JwtPolicy policy = Policy()) {
    return ReasonOf(Verifier(std::move(policy)), key_.Sign(header, claims));
  }

  Reason ReasonOfClaims(const std::string& claims,
                        JwtPolicy policy = Policy()) {
    return ReasonOf(kHeader, claims, std::move(policy));
  }

  FakeClock clock_{FromUnixSeconds(seconds(kNow))};
  RawKey key_{JwtAlgorithm::kEs256, "k"};
};

TEST_F(JwtVerify, TellsWhatTheTokenSays) {
  const auto jwt = Verifier().Verify(key_.Sign(
      kHeader,
      R"({"iss":"https://second","aud":["x","admin"],"sub":"u","jti":"j",)"
      R"("exp":1767225700.75,"iat":1767225590,"gen":3,"org":"o"})"));
  ASSERT_TRUE(jwt.ok()) << jwt.status().ToString();
  EXPECT_EQ(jwt->issuer(), "https://second");
  EXPECT_EQ(jwt->subject(), "u");
  EXPECT_EQ(jwt->audience(), (std::vector<std::string>{"x", "admin"}));
  EXPECT_EQ(jwt->expires_at(), FromUnixSeconds(seconds(1767225700)) +
                                   std::chrono::milliseconds(750));
  EXPECT_EQ(jwt->issued_at(), FromUnixSeconds(seconds(1767225590)));
  EXPECT_EQ(jwt->jwt_id(), "j");
  EXPECT_EQ(jwt->key_id(), "k");
  EXPECT_EQ(*jwt->Claim("gen")->AsInt(), 3);
  EXPECT_FALSE(jwt->Claim("none").has_value());
}

TEST_F(JwtVerify, LooksAtNoTokenOfMoreThan16KiB) {
  const JwtVerifier verifier = Verifier();
  EXPECT_EQ(ReasonOf(verifier, std::string(kJwtMaxSize + 1, 'a')),
            Reason::kTokenTooLarge);
  EXPECT_EQ(ReasonOf(verifier, std::string(kJwtMaxSize, 'a')),
            Reason::kTokenMalformed);
}

TEST_F(JwtVerify, TakesExactlyThreeParts) {
  const JwtVerifier verifier = Verifier();
  const std::string good = key_.Sign(kHeader, Claims());
  EXPECT_EQ(ReasonOf(verifier, good), Reason::kNone);
  const std::string payload_on = good.substr(good.find('.'));
  for (const std::string& token :
       {std::string(), std::string("."), std::string(".."), good + ".",
        good + ".x", "." + good, payload_on, good.substr(0, good.rfind('.')),
        good.substr(0, good.find('.')) + "." + good.substr(good.rfind('.')),
        " " + good, good + "\n", good + "=", "Bearer " + good}) {
    EXPECT_EQ(ReasonOf(verifier, token), Reason::kTokenMalformed) << token;
  }
}

TEST_F(JwtVerify, SaysWhichHeaderItDoesNotUnderstand) {
  const std::pair<const char*, Reason> members[] = {
      {R"("crit":["exp"])", Reason::kTokenCritical},
      {R"("crit":[])", Reason::kTokenCritical},
      {R"("crit":null)", Reason::kTokenCritical},
      {R"("b64":false)", Reason::kTokenUnencoded},
      {R"("b64":true)", Reason::kTokenUnencoded},
      {R"("crit":["b64"],"b64":false)", Reason::kTokenUnencoded},
      {R"("enc":"A256GCM")", Reason::kTokenEncrypted},
      {R"("cty":"JWT")", Reason::kTokenNested},
      {R"("cty":"application/jwt")", Reason::kTokenNested},
      {R"("zip":"DEF")", Reason::kTokenMalformed},
      {R"("cty":1)", Reason::kTokenMalformed},
      {R"("kid":1)", Reason::kTokenMalformed},
      {R"("kid":null)", Reason::kTokenMalformed},
      {R"("kid":"k\u0000")", Reason::kTokenMalformed},
      {R"("alg":"ES256")", Reason::kTokenMalformed}};
  for (const auto& [member, reason] : members) {
    const std::string header =
        std::string(R"({"alg":"ES256","typ":"at+jwt",)") + member + "}";
    EXPECT_EQ(ReasonOf(header, Claims()), reason) << member;
  }
  EXPECT_EQ(ReasonOf("[]", Claims()), Reason::kTokenMalformed);
  EXPECT_EQ(ReasonOf("{}x", Claims()), Reason::kTokenMalformed);
  EXPECT_EQ(ReasonOf(Verifier(), "a.b.c.d.e"), Reason::kTokenEncrypted);
  EXPECT_EQ(ReasonOf(Verifier(), "a.b.c.d.e.f"), Reason::kTokenMalformed);
}

TEST_F(JwtVerify, DoesNotLookAtKeysThatTheTokenBrings) {
  const RawKey stranger(JwtAlgorithm::kEs256, "k");
  const std::string jwk = stranger.Keys().substr(
      9, stranger.Keys().size() - 11);  // without {"keys":[ and ]}
  const std::string header =
      R"({"alg":"ES256","typ":"at+jwt","kid":"k","jwk":)" + jwk +
      R"(,"jku":"https://evil","x5u":"x"})";
  EXPECT_EQ(ReasonOf(Verifier(), stranger.Sign(header, Claims())),
            Reason::kTokenSignature);
  EXPECT_EQ(ReasonOf(header, Claims()), Reason::kNone);
}

TEST_F(JwtVerify, TakesOnlyTheAlgorithmsOfItsPolicy) {
  for (const char* header : {R"({"alg":"none","typ":"at+jwt","kid":"k"})",
                             R"({"alg":"EdDSA","typ":"at+jwt","kid":"k"})",
                             R"({"alg":"HS256","typ":"at+jwt","kid":"k"})",
                             R"({"alg":"es256","typ":"at+jwt","kid":"k"})",
                             R"({"alg":null,"typ":"at+jwt","kid":"k"})",
                             R"({"typ":"at+jwt","kid":"k"})"}) {
    EXPECT_EQ(ReasonOf(header, Claims()), Reason::kTokenAlgorithm) << header;
  }
}

TEST_F(JwtVerify, TakesNoOtherAlgorithmThoughItHasAKeyForIt) {
  const RawKey shared(JwtAlgorithm::kHs256, "h");
  const std::string token =
      shared.Sign(R"({"alg":"HS256","typ":"at+jwt","kid":"h"})", Claims());
  JwtPolicy policy = Policy();
  const auto verdict = [&] {
    const auto verifier =
        JwtVerifier::Create(policy, Keys(shared.Keys()), &clock_);
    return ReasonOf(*verifier, token);
  };
  EXPECT_EQ(verdict(), Reason::kTokenAlgorithm);
  policy.algorithms.push_back(JwtAlgorithm::kHs256);
  EXPECT_EQ(verdict(), Reason::kNone);
}

TEST_F(JwtVerify, TheKeyDecidesTheAlgorithmAndNotTheToken) {
  JwtPolicy policy = Policy();
  policy.algorithms.push_back(JwtAlgorithm::kHs256);
  EXPECT_EQ(
      ReasonOf(R"({"alg":"HS256","typ":"at+jwt","kid":"k"})", Claims(), policy),
      Reason::kTokenAlgorithm);
  EXPECT_EQ(ReasonOf(R"({"alg":"HS256","typ":"at+jwt"})", Claims(), policy),
            Reason::kTokenKeyUnknown);
}

TEST_F(JwtVerify, FindsTheKeyByNameOrWhereOnlyOneFits) {
  const JwtVerifier verifier = Verifier();
  const auto with_kid = [this](const std::string& member) {
    return key_.Sign(R"({"alg":"ES256","typ":"at+jwt")" + member + "}",
                     Claims());
  };
  EXPECT_EQ(ReasonOf(verifier, with_kid("")), Reason::kNone);
  EXPECT_EQ(ReasonOf(verifier, with_kid(R"(,"kid":"other")")),
            Reason::kTokenKeyUnknown);
  EXPECT_EQ(ReasonOf(verifier, with_kid(R"(,"kid":"")")),
            Reason::kTokenKeyUnknown);

  const RawKey second(JwtAlgorithm::kEs256, "second");
  const std::string one = key_.Keys(), other = second.Keys();
  const auto two = JwtVerifier::Create(
      Policy(), Keys(one.substr(0, one.size() - 2) + "," + other.substr(9)),
      &clock_);
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(ReasonOf(*two, with_kid("")), Reason::kTokenKeyUnknown);
  EXPECT_EQ(ReasonOf(*two, with_kid(R"(,"kid":"k")")), Reason::kNone);
  EXPECT_EQ(ReasonOf(*two, with_kid(R"(,"kid":"second")")),
            Reason::kTokenSignature);
}

TEST_F(JwtVerify, ChecksTheSignatureBeforeAnyClaim) {
  const JwtVerifier verifier = Verifier();
  const std::string expired = key_.Sign(kHeader, R"({"exp":1})");
  const std::string unsigned_part = expired.substr(0, expired.rfind('.') + 1);
  EXPECT_EQ(ReasonOf(verifier, unsigned_part), Reason::kTokenSignature);
  EXPECT_EQ(ReasonOf(verifier, unsigned_part + std::string(86, 'A')),
            Reason::kTokenSignature);
  EXPECT_EQ(ReasonOf(verifier, unsigned_part + "!"), Reason::kTokenMalformed);
  EXPECT_EQ(ReasonOf(verifier, key_.SignInput("e30.e30") + "A"),
            Reason::kTokenAlgorithm);
  EXPECT_EQ(
      ReasonOf(verifier, RawKey(JwtAlgorithm::kEs256, "k").Sign(kHeader, "x")),
      Reason::kTokenSignature);
  EXPECT_EQ(ReasonOf(verifier, expired), Reason::kTokenExpired);
}

TEST_F(JwtVerify, TakesOnlyTheTypesOfItsPolicy) {
  const auto reason_of = [this](const std::string& member) {
    return ReasonOf(R"({"alg":"ES256","kid":"k")" + member + "}", Claims());
  };
  EXPECT_EQ(reason_of(R"(,"typ":"AT+JWT")"), Reason::kNone);
  EXPECT_EQ(reason_of(R"(,"typ":"application/at+jwt")"), Reason::kNone);
  EXPECT_EQ(reason_of(R"(,"typ":"Application/AT+jwt")"), Reason::kNone);
  for (const char* member :
       {"", R"(,"typ":"JWT")", R"(,"typ":"rt+jwt")", R"(,"typ":"at+jwt ")",
        R"(,"typ":"at+jwt\u0000")", R"(,"typ":"text/at+jwt")", R"(,"typ":"")",
        R"(,"typ":"application/application/at+jwt")", R"(,"typ":1)",
        R"(,"typ":["at+jwt"])", R"(,"typ":null)"}) {
    EXPECT_EQ(reason_of(member), Reason::kTokenType) << member;
  }
  JwtPolicy any = Policy();
  any.allow_any_type = true;
  EXPECT_EQ(ReasonOf(R"({"alg":"ES256","kid":"k"})", Claims(), any),
            Reason::kNone);
  EXPECT_EQ(ReasonOf(R"({"alg":"ES256","kid":"k","typ":1})", Claims(), any),
            Reason::kTokenType);
}

TEST_F(JwtVerify, RefusesAPayloadThatIsNoStrictObject) {
  for (const char* payload : {"", "[]", "null", "\"x\"", "{", "{}{}",
                              R"({"exp":1,"exp":9999999999})", "\xff"}) {
    EXPECT_EQ(ReasonOfClaims(payload), Reason::kTokenMalformed) << payload;
  }
}

TEST_F(JwtVerify, ExpIsRequiredAndANumberOfASaneRange) {
  const auto reason_of = [this](const std::string& exp) {
    return ReasonOfClaims(R"({"iss":"https://issuer","aud":"api","exp":)" +
                          exp + "}");
  };
  EXPECT_EQ(ReasonOfClaims(R"({"iss":"https://issuer","aud":"api"})"),
            Reason::kTokenClaim);
  EXPECT_EQ(ReasonOfClaims(R"({"iss":"https://issuer","EXP":1767225700})"),
            Reason::kTokenClaim);
  for (const char* exp :
       {"\"1767225700\"", "null", "true", "[1767225700]", "-1", "1e30",
        "253402300800", "9223372036854775807", "18446744073709551615"}) {
    EXPECT_EQ(reason_of(exp), Reason::kTokenClaim) << exp;
  }
  for (const char* exp : {"1767225700", "1.7672257e9", "253402300799"}) {
    EXPECT_EQ(reason_of(exp), Reason::kNone) << exp;
  }
  EXPECT_EQ(reason_of("0"), Reason::kTokenExpired);
  EXPECT_EQ(reason_of("1e400"), Reason::kTokenMalformed);
}

TEST_F(JwtVerify, IsExpiredFromExpAndTheToleranceOn) {
  const JwtVerifier verifier = Verifier();
  const std::string token = key_.Sign(kHeader, Claims());
  const auto at = [&](seconds time) {
    clock_.Step(FromUnixSeconds(time) - clock_.Now());
    return ReasonOf(verifier, token);
  };
  EXPECT_EQ(at(seconds(1767225700 + 59)), Reason::kNone);
  EXPECT_EQ(at(seconds(1767225700 + 60)), Reason::kTokenExpired);
  JwtPolicy exact = Policy();
  exact.clock_skew = seconds(0);
  EXPECT_EQ(ReasonOfClaims(R"({"iss":"https://issuer","aud":"api","exp":)" +
                               std::to_string(1767225760) + "}",
                           exact),
            Reason::kTokenExpired);
}

TEST_F(JwtVerify, WaitsForNbfAndDoubtsAFutureIat) {
  EXPECT_EQ(ReasonOfClaims(Claims(R"(,"nbf":1767225660)")), Reason::kNone);
  EXPECT_EQ(ReasonOfClaims(Claims(R"(,"nbf":1767225661)")),
            Reason::kTokenNotYetValid);
  EXPECT_EQ(ReasonOfClaims(Claims(R"(,"iat":1767225660)")), Reason::kNone);
  EXPECT_EQ(ReasonOfClaims(Claims(R"(,"iat":1767225661)")), Reason::kClockSkew);
  EXPECT_EQ(ReasonOfClaims(Claims(R"(,"iat":1767225661,"nbf":1767225661)")),
            Reason::kClockSkew);
  for (const char* claim : {R"(,"nbf":"0")", R"(,"nbf":null)", R"(,"iat":[])",
                            R"(,"iat":-1)", R"(,"iat":18446744073709551615)"}) {
    EXPECT_EQ(ReasonOfClaims(Claims(claim)), Reason::kTokenClaim) << claim;
  }
}

TEST_F(JwtVerify, TakesOnlyTheIssuersOfItsPolicy) {
  const auto reason_of = [this](const std::string& iss) {
    return ReasonOfClaims(R"({"aud":"api","exp":1767225700)" + iss + "}");
  };
  EXPECT_EQ(reason_of(R"(,"iss":"https://second")"), Reason::kNone);
  for (const char* iss : {R"(,"iss":"https://issuer/")", R"(,"iss":"")",
                          R"(,"iss":"HTTPS://issuer")", R"(,"iss":"https")"}) {
    EXPECT_EQ(reason_of(iss), Reason::kTokenIssuer) << iss;
  }
  for (const char* iss : {"", R"(,"iss":["https://issuer"])", R"(,"iss":1)",
                          R"(,"iss":"https://issuer\u0000")"}) {
    EXPECT_EQ(reason_of(iss), Reason::kTokenClaim) << iss;
  }
  JwtPolicy any = Policy();
  any.allow_any_issuer = true;
  EXPECT_EQ(ReasonOfClaims(R"({"aud":"api","exp":1767225700})", any),
            Reason::kNone);
}

TEST_F(JwtVerify, TakesOnlyTheAudiencesOfItsPolicy) {
  const auto reason_of = [this](const std::string& aud) {
    return ReasonOfClaims(R"({"iss":"https://issuer","exp":1767225700)" + aud +
                          "}");
  };
  EXPECT_EQ(reason_of(R"(,"aud":["other","api"])"), Reason::kNone);
  for (const char* aud :
       {R"(,"aud":"ap")", R"(,"aud":"api,admin")", R"(,"aud":"API")",
        R"(,"aud":[])", R"(,"aud":"*")", R"(,"aud":["x"])"}) {
    EXPECT_EQ(reason_of(aud), Reason::kTokenAudience) << aud;
  }
  for (const char* aud :
       {"", R"(,"aud":1)", R"(,"aud":null)", R"(,"aud":["api",1])",
        R"(,"aud":[["api"]])", R"(,"aud":{"api":1})",
        R"(,"aud":["api","x\u0000"])"}) {
    EXPECT_EQ(reason_of(aud), Reason::kTokenClaim) << aud;
  }
  JwtPolicy any = Policy();
  any.allow_any_audience = true;
  EXPECT_EQ(ReasonOfClaims(R"({"iss":"https://issuer","exp":1767225700})", any),
            Reason::kNone);
}

TEST_F(JwtVerify, IdentifiersAreStringsWithoutNul) {
  for (const char* claim : {R"(,"jti":1)", R"(,"jti":"a\u0000")"}) {
    EXPECT_EQ(ReasonOfClaims(Claims(claim)), Reason::kTokenClaim) << claim;
  }
  for (const char* sub : {"1", "null", "[\"u\"]", "{}", R"("u\u0000")"}) {
    EXPECT_EQ(
        ReasonOfClaims(
            R"({"iss":"https://issuer","aud":"api","exp":1767225700,"sub":)" +
            std::string(sub) + "}"),
        Reason::kTokenClaim)
        << sub;
  }
}

TEST_F(JwtVerify, KnowsAnEmptyKeySetToHoldNoKey) {
  const auto verifier =
      JwtVerifier::Create(Policy(), Keys(R"({"keys":[]})"), &clock_);
  ASSERT_TRUE(verifier.ok());
  EXPECT_EQ(ReasonOf(*verifier, key_.Sign(kHeader, Claims())),
            Reason::kTokenKeyUnknown);
}

TEST_F(JwtVerify, IsSharedBetweenThreads) {
  const JwtVerifier verifier = Verifier();
  const std::string good = key_.Sign(kHeader, Claims());
  const std::string bad = key_.Sign(kHeader, "{}");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(verifier.Verify(good).ok());
        EXPECT_FALSE(verifier.Verify(bad).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace clone_auth

// What a policy may ask for beyond issuer, audience and type.

#include "clone/jwt_policy.h"

#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kNow = 1'767'225'600;

class JwtPolicyTest : public ::testing::Test {
 protected:
  JwtPolicyTest() {
    policy_.algorithms = {JwtAlgorithm::kEdDsa};
    policy_.issuers = {"i"};
    policy_.audiences = {"a"};
    policy_.types = {"JWT", "at+jwt"};
  }

  Result<VerifiedJwt> Verify(const std::string& more,
                             const std::string& type = "JWT") {
    auto keys = JwkSet::Parse(key_.Keys(), JwkTrust::kLocal);
    return JwtVerifier::Create(policy_, *std::move(keys), &clock_)
        ->Verify(
            key_.Sign(R"({"alg":"EdDSA","typ":")" + type + "\"}",
                      R"({"iss":"i","aud":"a","exp":1767229200)" + more + "}"));
  }

  Reason ReasonOf(const std::string& more, const std::string& type = "JWT") {
    return Verify(more, type).status().reason();
  }

  testing::FakeClock clock_{FromUnixSeconds(seconds(kNow))};
  testing::RawKey key_{JwtAlgorithm::kEdDsa, "k"};
  JwtPolicy policy_;
};

TEST_F(JwtPolicyTest, KindsNeverStandInForEachOther) {
  struct Row {
    const char* says;
    const char* type;
    bool access, refresh, id;
  };
  constexpr Row kRows[] = {
      {"", "JWT", true, true, true},  // says nothing
      {"", "at+jwt", true, false, false},
      {R"(,"token_type":"access")", "JWT", true, false, false},
      {R"(,"token_type":"refresh")", "JWT", false, true, false},
      {R"(,"token_type":"refre\u0073h")", "JWT", false, true, false},
      {R"(,"token_type":"sliding")", "JWT", false, false, false},
      {R"(,"token_use":"access")", "JWT", true, false, false},
      {R"(,"token_use":"id")", "JWT", false, false, true},
      {R"(,"typ":"Bearer","nonce":"n")", "JWT", true, false, false},
      {R"(,"typ":"ID")", "JWT", false, false, true},
      {R"(,"typ":"Offline")", "JWT", false, true, false},
      {R"(,"typ":"Logout")", "JWT", false, false, false},
      {R"(,"typ":"ID")", "at+jwt", false, false, false},  // says two things
      {R"(,"nonce":"n")", "JWT", false, false, true},
      {R"(,"nonce":"n")", "at+jwt", true, false, false},
      {R"(,"at_hash":"h")", "JWT", false, false, true},
      {R"(,"c_hash":"h")", "JWT", false, false, true},
      {R"(,"token_type":"something")", "JWT", true, true, true},
      {R"(,"token_type":1)", "JWT", true, true, true}};
  for (const Row& row : kRows) {
    const std::pair<JwtKind, bool> kinds[] = {{JwtKind::kAccess, row.access},
                                              {JwtKind::kRefresh, row.refresh},
                                              {JwtKind::kId, row.id}};
    for (const auto& [kind, allowed] : kinds) {
      policy_.kind = kind;
      EXPECT_EQ(ReasonOf(row.says, row.type),
                allowed ? Reason::kNone : Reason::kTokenType)
          << row.says << row.type << static_cast<int>(kind);
    }
  }
  policy_.kind = JwtKind::kAccess;
  policy_.allow_any_type = true;
  EXPECT_EQ(ReasonOf(R"(,"token_type":"refresh")"), Reason::kNone);
}

TEST_F(JwtPolicyTest, AMissingTypePassesOnlyWhereThatIsAllowed) {
  const auto reason_of = [this] {
    auto keys = JwkSet::Parse(key_.Keys(), JwkTrust::kLocal);
    return JwtVerifier::Create(policy_, *std::move(keys), &clock_)
        ->Verify(key_.Sign(R"({"alg":"EdDSA"})",
                           R"({"iss":"i","aud":"a","exp":1767229200})"))
        .status()
        .reason();
  };
  EXPECT_EQ(reason_of(), Reason::kTokenType);
  policy_.allow_missing_type = true;
  EXPECT_EQ(reason_of(), Reason::kNone);
  EXPECT_EQ(ReasonOf("", "dpop+jwt"), Reason::kTokenType);
  EXPECT_EQ(ReasonOf(R"(,"at_hash":"h")"), Reason::kTokenType);
}

TEST_F(JwtPolicyTest, ARuleAsksForAClaimOrForOneOfItsValues) {
  policy_.claims = {{"tid", {"t1", "t2"}}, {"scope", {}}};
  EXPECT_EQ(ReasonOf(R"(,"tid":"t2","scope":[])"), Reason::kNone);
  EXPECT_EQ(ReasonOf(R"(,"t\u0069d":"\u0074\u0031","scope":0)"), Reason::kNone);
  for (const char* claims :
       {"", R"(,"scope":1)", R"(,"tid":"t1")", R"(,"tid":"t1","scope":null)",
        R"(,"tid":"t3","scope":1)", R"(,"tid":["t1"],"scope":1)",
        R"(,"tid":null,"scope":1)", R"(,"x":{"tid":"t1"},"scope":1)"}) {
    EXPECT_EQ(ReasonOf(claims), Reason::kTokenClaim) << claims;
  }
}

TEST_F(JwtPolicyTest, ATokenOfTheGreatestAgeIsExpired) {
  policy_.max_age = seconds(100);
  EXPECT_EQ(ReasonOf(""), Reason::kTokenClaim);
  EXPECT_EQ(ReasonOf(R"(,"iat":1767225441)"), Reason::kNone);  // 159 s
  EXPECT_EQ(ReasonOf(R"(,"iat":1767225440)"), Reason::kTokenExpired);
}

TEST_F(JwtPolicyTest, ShowsThePayloadInItsOrderAndViewsThatSurviveAMove) {
  const auto found =
      Verify(R"(,"sub":"\u00fc","jti":"j","z":1,"a":{"b":[1, 2]})");
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(found->claims_json(),
            R"({"iss":"i","aud":"a","exp":1767229200,"sub":"\u00fc","jti":"j",)"
            R"("z":1,"a":{"b":[1, 2]}})");
  auto again = Verify(R"(,"sub":"\u00fc","jti":"j")");
  const VerifiedJwt moved = *std::move(again);
  EXPECT_EQ(moved.subject(), "\xc3\xbc");
  EXPECT_EQ(moved.jwt_id(), "j");
  EXPECT_EQ(moved.issuer(), "i");
  EXPECT_EQ(moved.audience(), std::vector<std::string>{"a"});
}

TEST_F(JwtPolicyTest, MakesNoVerifierUnlessItIsWholeAndInBounds) {
  const auto refused = [this](void (*spoil)(JwtPolicy&)) {
    JwtPolicy policy = policy_;
    spoil(policy);
    auto keys = JwkSet::Parse(key_.Keys(), JwkTrust::kLocal);
    return JwtVerifier::Create(policy, *std::move(keys), &clock_)
               .status()
               .reason() == Reason::kInvalidArgument;
  };
  EXPECT_FALSE(refused([](JwtPolicy&) {}));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.algorithms.clear(); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.issuers.clear(); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.issuers = {""}; }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.audiences.clear(); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.audiences.push_back(""); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.types.clear(); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.clock_skew = seconds(-1); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.clock_skew = seconds(601); }));
  EXPECT_FALSE(refused([](JwtPolicy& p) { p.clock_skew = seconds(600); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.max_age = seconds(0); }));
  EXPECT_FALSE(refused([](JwtPolicy& p) { p.claims.resize(32); }));
  EXPECT_TRUE(refused([](JwtPolicy& p) { p.claims.resize(33); }));
  auto keys = JwkSet::Parse(key_.Keys(), JwkTrust::kLocal);
  EXPECT_EQ(
      JwtVerifier::Create(policy_, *std::move(keys), nullptr).status().reason(),
      Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth

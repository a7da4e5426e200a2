#include "clone/multi_issuer_verifier.h"

#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth {
namespace {

using testing::RawKey;

constexpr char kHeader[] = R"({"alg":"EdDSA","typ":"at+jwt","kid":"k"})";

/// Counts how often it was asked, and has no keys.
class SilentSource final : public JwkSource {
 public:
  std::uint64_t generation() const override { return 1; }
  Result<JwkSnapshot> Current(WallTime) override {
    ++asked;
    return Status(Reason::kKeySetUnavailable);
  }

  int asked = 0;
};

class MultiIssuer : public ::testing::Test {
 protected:
  static JwtPolicy Policy(const std::string& issuer) {
    JwtPolicy policy;
    policy.algorithms = {JwtAlgorithm::kEdDsa};
    policy.issuers = {issuer};
    policy.audiences = {"api"};
    return policy;
  }

  static JwkSet KeysOf(const RawKey& key) {
    return JwkSet::Parse(key.Keys(), JwkTrust::kLocal).value();
  }

  JwtVerifier Verifier(const std::string& issuer, const RawKey& key) {
    return JwtVerifier::Create(Policy(issuer), KeysOf(key), &clock_).value();
  }

  template <typename... Verifiers>
  static Result<MultiIssuerVerifier> Make(Verifiers... verifiers) {
    std::vector<JwtVerifier> list;
    (list.push_back(std::move(verifiers)), ...);
    return MultiIssuerVerifier::Create(std::move(list));
  }

  static std::string Token(const RawKey& key, const std::string& issuer) {
    return key.Sign(
        kHeader, R"({"iss":")" + issuer + R"(","aud":"api","exp":1767229200})");
  }

  testing::FakeClock clock_{FromUnixSeconds(std::chrono::seconds(1767225600))};
  RawKey one_{JwtAlgorithm::kEdDsa, "k"};
  RawKey two_{JwtAlgorithm::kEdDsa, "k"};
};

TEST_F(MultiIssuer, JudgesEachTokenByItsIssuersKeysAlone) {
  const auto multi = Make(Verifier("one", one_), Verifier("two", two_));
  ASSERT_TRUE(multi.ok());
  EXPECT_EQ(multi->Verify(Token(one_, "one"))->issuer(), "one");
  EXPECT_EQ(multi->Verify(Token(two_, "two"))->issuer(), "two");
  EXPECT_EQ(multi->Verify(Token(one_, "two")).status().reason(),
            Reason::kTokenSignature);
  EXPECT_EQ(multi->Verify(Token(two_, "one")).status().reason(),
            Reason::kTokenSignature);
}

TEST_F(MultiIssuer, LooksAtNoKeyForAnUnknownIssuer) {
  SilentSource source;
  const auto multi =
      Make(JwtVerifier::Create(Policy("one"), &source, &clock_).value());
  ASSERT_TRUE(multi.ok());
  const auto reason_of = [&](const std::string& token) {
    return multi->Verify(token).status().reason();
  };
  EXPECT_EQ(reason_of(Token(one_, "two")), Reason::kTokenIssuer);
  EXPECT_EQ(reason_of(Token(one_, "one/")), Reason::kTokenIssuer);
  EXPECT_EQ(reason_of(Token(one_, "")), Reason::kTokenIssuer);
  EXPECT_EQ(reason_of(one_.Sign(kHeader, R"({"exp":1767229200})")),
            Reason::kTokenClaim);
  EXPECT_EQ(reason_of(one_.Sign(kHeader, R"({"iss":["one"],"exp":1})")),
            Reason::kTokenClaim);
  EXPECT_EQ(reason_of(one_.Sign(kHeader, R"({"iss":"one","iss":"one"})")),
            Reason::kTokenMalformed);
  EXPECT_EQ(reason_of(std::string(kJwtMaxSize + 1, 'a')),
            Reason::kTokenTooLarge);
  EXPECT_EQ(reason_of("a.b"), Reason::kTokenMalformed);
  EXPECT_EQ(source.asked, 0);
  EXPECT_EQ(reason_of(Token(one_, "one")), Reason::kKeySetUnavailable);
  EXPECT_GT(source.asked, 0);
}

TEST_F(MultiIssuer, TakesOnlyAClosedListOfIssuersWithKeysOfTheirOwn) {
  const auto refused = [](const Result<MultiIssuerVerifier>& made) {
    return made.status().reason() == Reason::kInvalidArgument;
  };
  EXPECT_TRUE(refused(Make()));
  EXPECT_TRUE(refused(Make(Verifier("one", one_), Verifier("one", two_))));
  JwtPolicy any = Policy("one");
  any.allow_any_issuer = true;
  EXPECT_TRUE(
      refused(Make(JwtVerifier::Create(any, KeysOf(one_), &clock_).value())));
  SilentSource source;
  EXPECT_TRUE(refused(
      Make(JwtVerifier::Create(Policy("one"), &source, &clock_).value(),
           JwtVerifier::Create(Policy("two"), &source, &clock_).value())));
  const JwkSet keys = KeysOf(one_);
  EXPECT_TRUE(
      refused(Make(JwtVerifier::Create(Policy("one"), keys, &clock_).value(),
                   JwtVerifier::Create(Policy("two"), keys, &clock_).value())));
}

}  // namespace
}  // namespace clone_auth

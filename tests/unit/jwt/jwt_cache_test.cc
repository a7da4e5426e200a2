// What a remembered token may not skip: docs/decisions/0015.

#include "clone/jwt_cache.h"

#include <memory>
#include <thread>

#include "clone/jwk_source.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using testing::RawKey;

constexpr std::int64_t kNow = 1'767'225'600;

/// Counts the verifications, each of which asks the clock twice; a hit asks
/// once.
class CountingClock final : public Clock {
 public:
  WallTime Now() const override {
    ++asked;
    return FromUnixSeconds(now);
  }
  std::chrono::nanoseconds SinceBoot() const override { return {}; }
  void SleepFor(std::chrono::nanoseconds) const override {}

  seconds now{kNow};
  mutable int asked = 0;
};

class JwtCacheTest : public ::testing::Test {
 protected:
  JwtCache Make(JwtCacheOptions options = {}) {
    return JwtCache::Create(&verifier_, options).value();
  }

  static JwkSet KeysOf(const RawKey& key) {
    return JwkSet::Parse(key.Keys(), JwkTrust::kLocal).value();
  }

  static JwtPolicy Policy() {
    JwtPolicy policy;
    policy.algorithms = {JwtAlgorithm::kEdDsa};
    policy.issuers = {"i"};
    policy.audiences = {"a"};
    return policy;
  }

  std::string Token(const std::string& more = {}) const {
    return key_.Sign(R"({"alg":"EdDSA","typ":"at+jwt","kid":"k"})",
                     R"({"iss":"i","aud":"a","exp":1767229200)" + more + "}");
  }

  /// Verifies, and tells whether the token was remembered.
  bool Hits(const JwtCache& cache, const std::string& token) {
    clock_.asked = 0;
    return cache.Verify(token).ok() && clock_.asked == 1;
  }

  CountingClock clock_;
  RawKey key_{JwtAlgorithm::kEdDsa, "k"};
  LocalJwkSource source_{KeysOf(key_)};
  JwtVerifier verifier_ =
      JwtVerifier::Create(Policy(), &source_, &clock_).value();
};

TEST_F(JwtCacheTest, RemembersATokenAndWhatItSays) {
  const JwtCache cache = Make();
  const std::string token = Token(R"(,"sub":"u","x":[1])");
  EXPECT_FALSE(Hits(cache, token));
  EXPECT_TRUE(Hits(cache, token));
  const auto jwt = cache.Verify(token);
  ASSERT_TRUE(jwt.ok());
  EXPECT_EQ((*jwt)->subject(), "u");
  EXPECT_EQ((*jwt)->key_id(), "k");
  EXPECT_EQ((*jwt)->claims_json(),
            R"({"iss":"i","aud":"a","exp":1767229200,"sub":"u","x":[1]})");
}

TEST_F(JwtCacheTest, ComparesTheWholeToken) {
  const JwtCache cache = Make();
  const std::string token = Token();
  EXPECT_TRUE(cache.Verify(token).ok());
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string other = token;
    other[at] = other[at] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(cache.Verify(other).ok()) << at;
  }
  EXPECT_FALSE(cache.Verify("x" + token).ok());
  EXPECT_FALSE(cache.Verify(token.substr(1)).ok());
  EXPECT_FALSE(cache.Verify("").ok());
  EXPECT_TRUE(Hits(cache, token));
}

TEST_F(JwtCacheTest, ChecksTheTimesOfARememberedToken) {
  const JwtCache cache = Make();
  const std::string token = Token(R"(,"nbf":1767225600,"iat":1767225600)");
  EXPECT_TRUE(cache.Verify(token).ok());
  const auto reason_at = [&](std::int64_t now) {
    clock_.now = seconds(now);
    return cache.Verify(token).status().reason();
  };
  EXPECT_EQ(reason_at(1'767'229'259), Reason::kNone);
  EXPECT_EQ(reason_at(1'767'229'260), Reason::kTokenExpired);
  EXPECT_EQ(reason_at(kNow - 60), Reason::kNone);
  EXPECT_EQ(reason_at(kNow - 61), Reason::kClockSkew);
}

TEST_F(JwtCacheTest, ATokenIsForgottenWithItsKey) {
  const JwtCache cache = Make();
  const std::string token = Token();
  EXPECT_TRUE(cache.Verify(token).ok());
  const RawKey other(JwtAlgorithm::kEdDsa, "k");
  source_.Replace(KeysOf(other));
  EXPECT_EQ(cache.Verify(token).status().reason(), Reason::kTokenSignature);
  source_.Replace(JwkSet::Parse(R"({"keys":[]})", JwkTrust::kLocal).value());
  EXPECT_EQ(cache.Verify(token).status().reason(), Reason::kTokenKeyUnknown);
  source_.Replace(KeysOf(key_));
  EXPECT_FALSE(Hits(cache, token));
}

TEST_F(JwtCacheTest, ATokenOutlivesARotationThatKeepsItsKey) {
  const JwtCache cache = Make();
  const std::string token = Token();
  EXPECT_TRUE(cache.Verify(token).ok());
  const RawKey added(JwtAlgorithm::kEdDsa, "added");
  const std::string one = key_.Keys(), two = added.Keys();
  source_.Replace(JwkSet::Parse(one.substr(0, one.size() - 2) + "," +
                                    two.substr(two.find('[') + 1),
                                JwkTrust::kLocal)
                      .value());
  EXPECT_TRUE(Hits(cache, token));
}

TEST_F(JwtCacheTest, RemembersNothingThatWasRefused) {
  const JwtCache cache = Make();
  clock_.now = seconds(1'767'229'260);
  const std::string token = Token();
  EXPECT_EQ(cache.Verify(token).status().reason(), Reason::kTokenExpired);
  clock_.now = seconds(kNow);
  EXPECT_FALSE(Hits(cache, token));
  EXPECT_TRUE(Hits(cache, token));
}

TEST_F(JwtCacheTest, IsBoundedInEntries) {
  JwtCacheOptions options;
  options.max_entries = 16;
  options.threads = 1;
  const JwtCache cache = Make(options);
  std::vector<std::string> tokens;
  for (int i = 0; i < 200; ++i) {
    tokens.push_back(Token(R"(,"n":)" + std::to_string(i)));
    EXPECT_FALSE(Hits(cache, tokens.back()));
    EXPECT_TRUE(Hits(cache, tokens.back()));
  }
  int hits = 0;
  // From the last on, because a miss takes the place of another.
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) {
    if (!Hits(cache, *token)) break;
    ++hits;
  }
  EXPECT_LE(hits, 16);
}

TEST_F(JwtCacheTest, IsBoundedInBytes) {
  JwtCacheOptions options;
  options.max_bytes = 2 * Token(R"(,"n":0)").size();
  options.threads = 1;
  const JwtCache cache = Make(options);
  std::vector<std::string> tokens;
  for (int i = 0; i < 3; ++i) {
    tokens.push_back(Token(R"(,"n":)" + std::to_string(i)));
    EXPECT_TRUE(cache.Verify(tokens.back()).ok());
  }
  EXPECT_TRUE(Hits(cache, tokens[2]));
  EXPECT_FALSE(Hits(cache, tokens[1]) && Hits(cache, tokens[0]));
  const std::string large = Token(R"(,"n":")" + std::string(2000, 'x') + '"');
  EXPECT_TRUE(cache.Verify(large).ok());
  EXPECT_FALSE(Hits(cache, large));
}

TEST_F(JwtCacheTest, ServesAThreadBeyondItsNumberWithoutRemembering) {
  JwtCacheOptions options;
  options.threads = 1;
  const JwtCache cache = Make(options);
  const std::string token = Token();
  EXPECT_FALSE(Hits(cache, token));
  std::thread([&] {
    EXPECT_FALSE(Hits(cache, token));
    EXPECT_FALSE(Hits(cache, token));
  }).join();
  EXPECT_TRUE(Hits(cache, token));
}

TEST_F(JwtCacheTest, AThreadThatEndsLeavesItsTokensToTheNext) {
  JwtCacheOptions options;
  options.threads = 1;
  const JwtCache cache = Make(options);
  const std::string token = Token();
  std::thread([&] { EXPECT_FALSE(Hits(cache, token)); }).join();
  std::thread([&] { EXPECT_TRUE(Hits(cache, token)); }).join();
}

TEST_F(JwtCacheTest, MayBeSharedBetweenThreadsWhileKeysChange) {
  const JwtVerifier verifier =
      JwtVerifier::Create(Policy(), &source_, &SystemClock()).value();
  const JwtCache cache = JwtCache::Create(&verifier).value();
  const std::string token =
      key_.Sign(R"({"alg":"EdDSA","typ":"at+jwt"})",
                R"({"iss":"i","aud":"a","exp":9999999999})");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 300; ++n) EXPECT_TRUE(cache.Verify(token).ok());
    });
  }
  for (int n = 0; n < 50; ++n) source_.Replace(KeysOf(key_));
  for (std::thread& thread : threads) thread.join();
}

TEST_F(JwtCacheTest, CannotBeMadeBeyondItsBounds) {
  const auto refused = [this](void (*spoil)(JwtCacheOptions&)) {
    JwtCacheOptions options;
    spoil(options);
    return JwtCache::Create(&verifier_, options).status().reason() ==
           Reason::kInvalidArgument;
  };
  EXPECT_TRUE(refused([](JwtCacheOptions& o) { o.max_entries = 0; }));
  EXPECT_TRUE(refused([](JwtCacheOptions& o) { o.max_entries = 1048577; }));
  EXPECT_TRUE(refused([](JwtCacheOptions& o) { o.threads = 0; }));
  EXPECT_TRUE(refused([](JwtCacheOptions& o) { o.threads = 1025; }));
  EXPECT_TRUE(refused([](JwtCacheOptions& o) { o.random = nullptr; }));
  EXPECT_EQ(JwtCache::Create(nullptr).status().reason(),
            Reason::kInvalidArgument);
}

}  // namespace
}  // namespace clone_auth

// How a verifier follows a source of keys.

#include "clone/jwk_source.h"

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "unit/jwt/raw_key.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;
using testing::FakeClock;
using testing::RawKey;

constexpr char kClaims[] =
    R"({"iss":"https://issuer","aud":"api","sub":"u","exp":1767225700})";

JwtPolicy Policy() {
  JwtPolicy policy;
  policy.algorithms = {JwtAlgorithm::kEdDsa};
  policy.issuers = {"https://issuer"};
  policy.audiences = {"api"};
  return policy;
}

JwkSet SetOf(const RawKey& key) {
  return JwkSet::Parse(key.Keys(), JwkTrust::kLocal).value();
}

std::string TokenOf(const RawKey& key, const std::string& key_id) {
  return key.Sign(R"({"alg":"EdDSA","typ":"at+jwt","kid":")" + key_id + R"("})",
                  kClaims);
}

class JwkSources : public ::testing::Test {
 protected:
  Reason ReasonOf(const JwtVerifier& verifier, const std::string& token) {
    const auto jwt = verifier.Verify(token);
    return jwt.ok() ? Reason::kNone : jwt.status().reason();
  }

  JwtVerifier Verifier(JwkSource* source) {
    return JwtVerifier::Create(Policy(), source, &clock_).value();
  }

  FakeClock clock_;
  RawKey old_{JwtAlgorithm::kEdDsa, "old"};
  RawKey new_{JwtAlgorithm::kEdDsa, "new"};
  const std::string old_token_ = TokenOf(old_, "old");
  const std::string new_token_ = TokenOf(new_, "new");
};

TEST_F(JwkSources, AReplacedSetServesEveryLaterVerificationAndNoOther) {
  LocalJwkSource source(SetOf(old_));
  const JwtVerifier verifier = Verifier(&source);
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
  EXPECT_EQ(ReasonOf(verifier, new_token_), Reason::kTokenKeyUnknown);
  source.Replace(SetOf(new_));
  EXPECT_EQ(ReasonOf(verifier, new_token_), Reason::kNone);
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kTokenKeyUnknown);
}

TEST_F(JwkSources, MoreVerifiersThanAThreadKeepsDoNotMixTheirKeys) {
  std::vector<std::unique_ptr<LocalJwkSource>> sources;
  std::vector<JwtVerifier> verifiers;
  for (int i = 0; i < 40; ++i) {
    sources.push_back(
        std::make_unique<LocalJwkSource>(SetOf(i % 2 == 0 ? old_ : new_)));
    verifiers.push_back(Verifier(sources.back().get()));
  }
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < verifiers.size(); ++i) {
      EXPECT_EQ(ReasonOf(verifiers[i], i % 2 == 0 ? old_token_ : new_token_),
                Reason::kNone);
      EXPECT_EQ(ReasonOf(verifiers[i], i % 2 == 0 ? new_token_ : old_token_),
                Reason::kTokenKeyUnknown);
    }
  }
}

TEST_F(JwkSources, ASourceThatIsGoneLeavesNoKeyToTheNextAtItsPlace) {
  for (int i = 0; i < 3; ++i) {
    {
      LocalJwkSource source(SetOf(old_));
      EXPECT_EQ(ReasonOf(Verifier(&source), old_token_), Reason::kNone);
    }
    LocalJwkSource source(SetOf(new_));
    EXPECT_EQ(ReasonOf(Verifier(&source), old_token_),
              Reason::kTokenKeyUnknown);
  }
}

TEST_F(JwkSources, AVerifierNeedsASourceAndAClock) {
  LocalJwkSource source(SetOf(old_));
  EXPECT_FALSE(JwtVerifier::Create(Policy(), nullptr, &clock_).ok());
  EXPECT_FALSE(JwtVerifier::Create(Policy(), &source, nullptr).ok());
  EXPECT_FALSE(JwtVerifier::Create(JwtPolicy(), &source, &clock_).ok());
}

/// Says what the test tells it to, and counts what it is asked.
class ScriptedSource final : public JwkSource {
 public:
  explicit ScriptedSource(JwkSet keys) : snapshot{std::move(keys), 1} {}

  std::uint64_t generation() const override { return published; }

  Result<JwkSnapshot> Current(WallTime) override {
    ++asked;
    if (!failure.ok()) return failure;
    return snapshot;
  }

  Result<bool> Renew(std::uint64_t seen, WallTime) override {
    ++renewals;
    last_seen = seen;
    if (!failure.ok()) return failure;
    if (next.has_value()) {
      snapshot = {*next, ++published};
      next.reset();
      return true;
    }
    return always_newer;
  }

  std::uint64_t published = 1;
  JwkSnapshot snapshot;
  std::optional<JwkSet> next;
  Status failure;
  bool always_newer = false;
  int asked = 0;
  int renewals = 0;
  std::uint64_t last_seen = 0;
};

TEST_F(JwkSources, TheSourceIsAskedOnceForManyVerifications) {
  ScriptedSource source(SetOf(old_));
  const JwtVerifier verifier = Verifier(&source);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
  }
  EXPECT_EQ(source.asked, 1);
  EXPECT_EQ(source.renewals, 0);
}

TEST_F(JwkSources, ASourceWithoutKeysIsAnOutageAndNoVerdict) {
  ScriptedSource source(SetOf(old_));
  source.failure = Status(Reason::kKeySetUnavailable);
  const auto jwt = Verifier(&source).Verify(old_token_);
  EXPECT_EQ(jwt.status().reason(), Reason::kKeySetUnavailable);
  EXPECT_EQ(jwt.status().code(), StatusCode::kUnavailable);
}

TEST_F(JwkSources, AnUnknownKeyIsLookedForInNewerKeys) {
  ScriptedSource source(SetOf(old_));
  source.next = SetOf(new_);
  EXPECT_EQ(ReasonOf(Verifier(&source), new_token_), Reason::kNone);
  EXPECT_EQ(source.renewals, 1);
  EXPECT_EQ(source.last_seen, 1u);
}

TEST_F(JwkSources, AnUnknownKeyOfASourceThatCannotBeAskedIsAnOutage) {
  ScriptedSource source(SetOf(old_));
  const JwtVerifier verifier = Verifier(&source);
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
  source.failure = Status(Reason::kKeySetUnavailable);
  EXPECT_EQ(ReasonOf(verifier, new_token_), Reason::kKeySetUnavailable);
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
}

TEST_F(JwkSources, ASourceThatAlwaysSaysNewerEndsInARefusal) {
  ScriptedSource source(SetOf(old_));
  source.always_newer = true;
  EXPECT_EQ(ReasonOf(Verifier(&source), new_token_), Reason::kTokenKeyUnknown);
  EXPECT_LE(source.renewals, 3);
}

TEST_F(JwkSources, AKnownKeyOfAnotherAlgorithmIsNoReasonToRenew) {
  ScriptedSource source(SetOf(old_));
  JwtPolicy policy = Policy();
  policy.algorithms.push_back(JwtAlgorithm::kEs256);
  const auto verifier = JwtVerifier::Create(policy, &source, &clock_).value();
  EXPECT_EQ(ReasonOf(verifier,
                     old_.Sign(R"({"alg":"ES256","typ":"at+jwt","kid":"old"})",
                               "{}")),
            Reason::kTokenAlgorithm);
  EXPECT_EQ(source.renewals, 0);
}

TEST_F(JwkSources, KeysAreAskedForAgainAtTheirEndAndAfterTheClockWasSetBack) {
  ScriptedSource source(SetOf(old_));
  source.snapshot.until = clock_.Now() + seconds(10);
  const JwtVerifier verifier = Verifier(&source);
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
  clock_.Advance(seconds(9));
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
  EXPECT_EQ(source.asked, 1);
  clock_.Advance(seconds(1));
  source.snapshot.until = WallTime::max();
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
  EXPECT_EQ(source.asked, 2);
  clock_.Step(-seconds(5));
  EXPECT_EQ(ReasonOf(verifier, old_token_), Reason::kNone);
  EXPECT_EQ(source.asked, 3);
}

TEST_F(JwkSources, KeysThatStayThroughManyReplacementsNeverFail) {
  const std::string json = old_.Keys();
  const std::string both = json.substr(0, json.size() - 2) + "," +
                           new_.Keys().substr(sizeof "{\"keys\":[" - 1);
  const JwkSet sets[] = {SetOf(old_),
                         JwkSet::Parse(both, JwkTrust::kLocal).value()};
  LocalJwkSource source(sets[0]);
  const JwtVerifier verifier = Verifier(&source);
  std::atomic<bool> done{false};
  std::atomic<int> faults{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        if (!verifier.Verify(old_token_).ok()) ++faults;
        const auto jwt = verifier.Verify(new_token_);
        if (!jwt.ok() && jwt.status().reason() != Reason::kTokenKeyUnknown) {
          ++faults;
        }
      }
    });
  }
  for (std::size_t i = 1; i <= 400; ++i) {
    source.Replace(sets[i % 2]);
    // What this thread replaced, it sees at once.
    const bool is_known = verifier.Verify(new_token_).ok();
    EXPECT_EQ(is_known, i % 2 == 1);
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(faults, 0);
}

}  // namespace
}  // namespace clone_auth

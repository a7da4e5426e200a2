// What users and verifiers see while the signing keys are rotated.

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "clone/jwt.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/harness.h"

namespace clone_auth::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using State = SigningKeySummary::State;

class SigningKeyRotation : public ::testing::Test {
 protected:
  SigningKeyRotation() { user_ = harness_.NewUser(); }

  std::vector<SigningKeySummary> List() {
    return harness_.service().operations().ListSigningKeys().value();
  }
  std::vector<State> States() {
    std::vector<State> states;
    for (const auto& key : List()) states.push_back(key.state);
    return states;
  }
  Result<SigningKeySummary> Rotate(seconds ahead) {
    return harness_.service().operations().RotateSigningKey(ahead);
  }

  /// The ids that the published key set lists.
  std::vector<std::string> Published() {
    const Answer answer = harness_.Get("/.well-known/jwks.json");
    std::vector<std::string> ids;
    for (const JsonValue& key : *answer.body.Find("keys")->AsArray()) {
      ids.push_back(*key.FindString("kid"));
    }
    return ids;
  }

  std::string NewToken() {
    const Answer answer = harness_.Refresh(user_.refresh);
    EXPECT_EQ(answer.status(), 200) << answer.http.body;
    user_.refresh = answer.Text("refresh");
    return answer.Text("access");
  }
  int StatusOf(const std::string& token) {
    return harness_.Me(Bearer(token)).status();
  }
  std::string CodeOf(const std::string& token) {
    return harness_.Me(Bearer(token)).Text("code");
  }

  /// The token as another server sees it that has the published key set.
  VerifiedJwt Verified(const std::string& token) {
    JwtPolicy policy;
    policy.algorithms = {JwtAlgorithm::kEs256, JwtAlgorithm::kEdDsa};
    policy.issuers = {harness_.options().issuer};
    policy.audiences = policy.issuers;
    const Answer keys = harness_.Get("/.well-known/jwks.json");
    const auto verifier = JwtVerifier::Create(
        policy, JwkSet::Parse(keys.http.body, JwkTrust::kRemote).value(),
        &harness_.clock());
    return verifier->Verify(token).value();
  }
  std::string KeyIdOf(const std::string& token) {
    return Verified(token).key_id();
  }

  /// Lets what is due every minute happen.
  void Maintain() {
    harness_.clock().Advance(minutes(1));
    harness_.Get("/healthz");
    // A write waits for those before it: there is one thread for them.
    harness_.Post("/api/auth/waitlist/", R"({"email":"a@b.test"})");
  }

  std::string KeyFileText() const {
    std::ifstream file(harness_.database() + ".keys");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  ServiceHarness harness_;
  SignedInUser user_;
};

TEST_F(SigningKeyRotation, PublishesAKeyBeforeItSigns) {
  const std::string old_id = List().at(0).key_id;
  const auto made = Rotate(minutes(10));
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_EQ(made->state, State::kPublished);
  EXPECT_EQ(made->created_at, harness_.clock().Now());
  EXPECT_EQ(made->signs_from, harness_.clock().Now() + minutes(10));
  EXPECT_THAT(Published(), UnorderedElementsAre(old_id, made->key_id));
  EXPECT_EQ(harness_.service().operations().Statistics().signing_keys, 2U);

  harness_.clock().Advance(minutes(10) - seconds(1));
  EXPECT_EQ(KeyIdOf(NewToken()), old_id);
  EXPECT_THAT(States(), ElementsAre(State::kPublished, State::kSigning));
  harness_.clock().Advance(seconds(1));
  const std::string token = NewToken();
  EXPECT_EQ(KeyIdOf(token), made->key_id);
  EXPECT_EQ(StatusOf(token), 200);
  EXPECT_THAT(States(), ElementsAre(State::kSigning, State::kRetired));
}

TEST_F(SigningKeyRotation, KeepsTheOldKeyUntilItsLastTokenHasDied) {
  const std::string old_id = List().at(0).key_id;
  const auto made = Rotate(minutes(10));
  harness_.clock().Advance(minutes(10) - seconds(1));
  const std::string last = NewToken();
  ASSERT_EQ(KeyIdOf(last), old_id);
  EXPECT_EQ(List().at(1).leaves_at, made->signs_from + hours(1) + seconds(60));

  harness_.clock().Advance(hours(1) + seconds(59));
  EXPECT_EQ(StatusOf(last), 200);
  harness_.clock().Advance(seconds(1));
  EXPECT_EQ(CodeOf(last), "token_expired");
  Maintain();
  EXPECT_THAT(Published(), ElementsAre(made->key_id));
  EXPECT_THAT(KeyFileText(), Not(HasSubstr(old_id)));
  EXPECT_EQ(CodeOf(last), "token_key_unknown");
  EXPECT_EQ(StatusOf(NewToken()), 200);
}

TEST_F(SigningKeyRotation, SignsWithTheNewKeyAtOnceWhereAskedTo) {
  const auto made = Rotate(seconds(0));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->state, State::kSigning);
  const std::string token = NewToken();
  EXPECT_EQ(KeyIdOf(token), made->key_id);
  EXPECT_EQ(StatusOf(token), 200);
  EXPECT_EQ(StatusOf(user_.access), 200);
}

TEST_F(SigningKeyRotation, KeepsItsPlanOverRestartsAtEveryStage) {
  const std::string old_id = List().at(0).key_id;
  const auto made = Rotate(minutes(10));
  harness_.Restart();
  EXPECT_THAT(States(), ElementsAre(State::kPublished, State::kSigning));
  EXPECT_EQ(List().at(0).signs_from, made->signs_from);
  EXPECT_THAT(Published(), UnorderedElementsAre(old_id, made->key_id));
  EXPECT_EQ(StatusOf(user_.access), 200);
  EXPECT_EQ(KeyIdOf(NewToken()), old_id);

  harness_.clock().Advance(minutes(10));
  harness_.Restart();
  EXPECT_THAT(States(), ElementsAre(State::kSigning, State::kRetired));
  EXPECT_EQ(StatusOf(user_.access), 200);
  EXPECT_EQ(KeyIdOf(NewToken()), made->key_id);

  harness_.clock().Advance(hours(1) + seconds(60));
  harness_.Restart();
  EXPECT_THAT(States(), ElementsAre(State::kSigning));
  EXPECT_THAT(Published(), ElementsAre(made->key_id));
  EXPECT_THAT(KeyFileText(), Not(HasSubstr(old_id)));
  EXPECT_EQ(KeyIdOf(NewToken()), made->key_id);
}

TEST_F(SigningKeyRotation, IsRefusedWhileAKeyIsPublishedAhead) {
  ASSERT_TRUE(Rotate(minutes(10)).ok());
  const std::string before = KeyFileText();
  const auto second = Rotate(minutes(10));
  EXPECT_EQ(second.status().reason(), Reason::kRotationPending);
  EXPECT_THAT(std::string(second.status().message()),
              HasSubstr("2026-01-01T00:10:00Z"));
  EXPECT_EQ(KeyFileText(), before);
  EXPECT_EQ(List().size(), 2U);
  harness_.clock().Advance(minutes(10));
  EXPECT_TRUE(Rotate(minutes(10)).ok());
}

TEST_F(SigningKeyRotation, TakesFromZeroSecondsToADay) {
  for (const seconds ahead : {seconds(-1), seconds(24 * 3600 + 1)}) {
    EXPECT_EQ(Rotate(ahead).status().reason(), Reason::kInvalidArgument);
  }
  EXPECT_EQ(List().size(), 1U);
  EXPECT_TRUE(Rotate(hours(24)).ok());
}

TEST_F(SigningKeyRotation, KeepsAtMost32Keys) {
  for (int i = 1; i < 32; ++i) ASSERT_TRUE(Rotate(seconds(0)).ok()) << i;
  EXPECT_EQ(Rotate(seconds(0)).status().reason(), Reason::kRotationPending);
  EXPECT_EQ(StatusOf(user_.access), 200);
  harness_.clock().Advance(hours(1) + seconds(60));
  EXPECT_TRUE(Rotate(seconds(0)).ok());
  EXPECT_EQ(List().size(), 2U);
}

TEST_F(SigningKeyRotation, ChangesNothingWhereItCannotBeSaved) {
  const std::string before = KeyFileText();
  const auto published = Published();
  const auto folder = std::filesystem::path(harness_.database()).parent_path();
  const std::string elsewhere = folder.string() + "-elsewhere";
  std::filesystem::rename(folder, elsewhere);
  EXPECT_EQ(Rotate(seconds(0)).status().reason(), Reason::kStoreUnavailable);
  std::filesystem::rename(elsewhere, folder);
  EXPECT_EQ(KeyFileText(), before);
  EXPECT_EQ(Published(), published);
  EXPECT_THAT(States(), ElementsAre(State::kSigning));
  EXPECT_EQ(StatusOf(NewToken()), 200);
  EXPECT_TRUE(Rotate(seconds(0)).ok());
}

TEST_F(SigningKeyRotation, KeepsAKeyWhoseRemovalCannotBeSaved) {
  ASSERT_TRUE(Rotate(seconds(0)).ok());
  const auto folder = std::filesystem::path(harness_.database()).parent_path();
  const std::string elsewhere = folder.string() + "-elsewhere";
  harness_.clock().Advance(hours(1) + seconds(60));
  std::filesystem::rename(folder, elsewhere);
  Maintain();
  std::filesystem::rename(elsewhere, folder);
  EXPECT_EQ(List().size(), 2U);
  Maintain();
  EXPECT_EQ(List().size(), 1U);
}

TEST_F(SigningKeyRotation, CountsWithTheLongestLifetimeThatWasInForce) {
  harness_.options().access_lifetime = hours(5);
  harness_.Restart();
  const std::string token = NewToken();
  harness_.options().access_lifetime = minutes(1);
  harness_.Restart();
  const auto made = Rotate(seconds(0));
  EXPECT_EQ(List().at(1).leaves_at, made->signs_from + hours(5) + seconds(60));
  harness_.clock().Advance(hours(5) + seconds(59));
  Maintain();
  EXPECT_EQ(List().size(), 1U);
  harness_.Restart();
  EXPECT_EQ(CodeOf(token), "token_key_unknown");
}

TEST_F(SigningKeyRotation, LetsTokensLiveThatGotLongerBeforeTheChangeOfKeys) {
  const auto made = Rotate(minutes(10));
  harness_.options().access_lifetime = hours(5);
  harness_.Restart();
  EXPECT_EQ(List().at(1).leaves_at, made->signs_from + hours(5) + seconds(60));
  const std::string token = NewToken();
  harness_.clock().Advance(hours(4));
  Maintain();
  EXPECT_EQ(StatusOf(token), 200);
}

TEST_F(SigningKeyRotation, KeepsARetiredKeyNoLongerForALongerLifetime) {
  const auto made = Rotate(seconds(0));
  harness_.options().access_lifetime = hours(24 * 365);
  harness_.Restart();
  EXPECT_EQ(List().at(1).leaves_at, made->signs_from + hours(1) + seconds(60));
}

TEST_F(SigningKeyRotation, NeedsNoDroppedKeyWhenTheClockIsSetBack) {
  const auto made = Rotate(minutes(10));
  harness_.clock().Advance(hours(2));
  Maintain();
  ASSERT_EQ(List().size(), 1U);
  harness_.clock().Step(-hours(24));
  for (const bool restarted : {false, true}) {
    if (restarted) harness_.Restart();
    EXPECT_THAT(States(), ElementsAre(State::kSigning));
    const std::string token = harness_.Login().Text("access");
    EXPECT_EQ(KeyIdOf(token), made->key_id);
    EXPECT_EQ(StatusOf(token), 200);
  }
  EXPECT_TRUE(Rotate(seconds(0)).ok());
}

TEST_F(SigningKeyRotation, DropsNoKeyWhenTheClockJumpsAheadAndBack) {
  const std::string old_id = List().at(0).key_id;
  ASSERT_TRUE(Rotate(seconds(0)).ok());
  harness_.clock().Step(hours(48));
  Maintain();
  harness_.clock().Step(-hours(48));
  EXPECT_EQ(StatusOf(user_.access), 200);
  harness_.clock().Advance(hours(1));
  Maintain();
  EXPECT_EQ(List().size(), 1U);
}

TEST_F(SigningKeyRotation, SignsForNoLongerThanARetiredKeyStays) {
  ASSERT_TRUE(Rotate(minutes(10)).ok());
  harness_.clock().Advance(minutes(10));
  harness_.options().access_lifetime = hours(24);
  harness_.Restart();
  const auto old = List().at(1);
  ASSERT_EQ(old.state, State::kRetired);
  harness_.clock().Step(-minutes(5));
  const std::string token = NewToken();
  ASSERT_EQ(KeyIdOf(token), old.key_id);
  EXPECT_EQ(Verified(token).expires_at(), *old.leaves_at - seconds(60));
}

TEST_F(SigningKeyRotation, IsHowAnotherAlgorithmTakesOver) {
  const std::string old_id = List().at(0).key_id;
  harness_.options().algorithm = JwtAlgorithm::kEdDsa;
  harness_.Restart();
  const auto keys = List();
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].algorithm, JwtAlgorithm::kEdDsa);
  EXPECT_EQ(keys[0].signs_from, harness_.clock().Now() + minutes(10));
  EXPECT_EQ(keys[1].key_id, old_id);
  EXPECT_EQ(KeyIdOf(NewToken()), old_id);

  harness_.clock().Advance(minutes(10));
  harness_.Restart();
  EXPECT_EQ(StatusOf(user_.access), 200);
  const std::string token = NewToken();
  EXPECT_EQ(KeyIdOf(token), keys[0].key_id);
  EXPECT_EQ(StatusOf(token), 200);

  harness_.clock().Advance(hours(1) + seconds(60));
  Maintain();
  EXPECT_THAT(Published(), ElementsAre(keys[0].key_id));
  EXPECT_EQ(StatusOf(NewToken()), 200);
}

TEST_F(SigningKeyRotation, LetsAnAlgorithmTakeOverFromAKeyThatIsYetToSign) {
  ASSERT_TRUE(Rotate(minutes(30)).ok());
  harness_.options().algorithm = JwtAlgorithm::kEdDsa;
  harness_.Restart();
  const auto keys = List();
  EXPECT_THAT(States(), ElementsAre(State::kPublished, State::kPublished,
                                    State::kSigning));
  harness_.clock().Advance(minutes(10));
  EXPECT_EQ(KeyIdOf(NewToken()), keys[0].key_id);
  harness_.clock().Advance(minutes(30));
  EXPECT_EQ(KeyIdOf(NewToken()), keys[0].key_id);
  harness_.clock().Advance(hours(1));
  Maintain();
  EXPECT_THAT(Published(), ElementsAre(keys[0].key_id));
}

TEST_F(SigningKeyRotation, LosesNoRequestUnderLoad) {
  constexpr std::size_t kUsers = 3;
  constexpr int kRotations = 12;
  std::atomic<int> failures{0};
  std::atomic<bool> over{false};
  std::atomic<int> rounds[kUsers] = {};
  std::vector<SignedInUser> users;
  for (std::size_t i = 0; i < kUsers; ++i) {
    users.push_back(harness_.NewUser("u" + std::to_string(i) + "@b.test"));
  }
  const auto expect = [&](const Answer& answer, int status) {
    if (answer.status() == status) return;
    ++failures;
    ADD_FAILURE() << answer.status() << " " << answer.http.body;
  };
  const auto use = [&](std::size_t index) {
    SignedInUser& user = users[index];
    const std::string email = "u" + std::to_string(index) + "@b.test";
    while (!over) {
      expect(harness_.Me(Bearer(user.access)), 200);
      const Answer refreshed = harness_.Refresh(user.refresh);
      expect(refreshed, 200);
      // The one from before the refresh is good for as long as it lives.
      expect(harness_.Me(Bearer(user.access)), 200);
      user.access = refreshed.Text("access");
      user.refresh = refreshed.Text("refresh");
      expect(harness_.Me(Bearer(user.access)), 200);
      const Answer login = harness_.Login(email);
      expect(login, 200);
      expect(harness_.Me(Bearer(login.Text("access"))), 200);
      expect(harness_.Get("/.well-known/jwks.json"), 200);
      ++rounds[index];
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kUsers; ++i) threads.emplace_back(use, i);
  // A third of a token's life passes at a time, and only when everybody has
  // got a token since the last time.
  for (int i = 0; i < kRotations && failures == 0; ++i) {
    EXPECT_TRUE(Rotate(seconds(0)).ok());
    harness_.clock().Advance(minutes(20));
    for (std::atomic<int>& done : rounds) {
      const int before = done;
      while (done < before + 2 && failures == 0) std::this_thread::yield();
    }
  }
  over = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  Maintain();
  // Keys have come and gone.
  EXPECT_LE(List().size(), 5U);
}

class OldKeyFile : public SigningKeyRotation {
 protected:
  /// Writes the file as version 1 was, with these keys.
  void Write(const std::vector<JwtAlgorithm>& algorithms) {
    harness_.Stop();
    const auto now = JsonValue::Parse(KeyFileText());
    JsonWriter writer;
    writer.BeginObject().Name("version").Int(1).Name("signing_keys");
    writer.BeginArray();
    writer.Value(*now->Find("signing_keys")->AsArray()->front().Find("jwk"));
    for (const JwtAlgorithm algorithm : algorithms) {
      const auto key = JwtSigningKey::Generate(algorithm);
      writer.Value(JsonValue::Parse(key->ToJwk().Reveal()).value());
    }
    writer.EndArray().Name("peppers").Value(*now->Find("peppers"));
    writer.Name("refresh_key").Value(*now->Find("refresh_key"));
    std::ofstream(harness_.database() + ".keys") << writer.EndObject().Take();
  }
};

TEST_F(OldKeyFile, ServesAsItIsUntilSomethingChanges) {
  Write({});
  const std::string before = KeyFileText();
  harness_.Restart();
  EXPECT_EQ(StatusOf(user_.access), 200);
  EXPECT_EQ(StatusOf(NewToken()), 200);
  EXPECT_THAT(States(), ElementsAre(State::kSigning));
  EXPECT_EQ(KeyFileText(), before);
  ASSERT_TRUE(Rotate(seconds(0)).ok());
  EXPECT_THAT(KeyFileText(), HasSubstr(R"("version":2)"));
  harness_.Restart();
  EXPECT_EQ(StatusOf(user_.access), 200);
  EXPECT_EQ(StatusOf(NewToken()), 200);
}

TEST_F(OldKeyFile, IsWrittenAnewForALongerLifetime) {
  Write({});
  harness_.options().access_lifetime = hours(5);
  harness_.Restart();
  EXPECT_THAT(KeyFileText(), HasSubstr(R"("token_life":18060)"));
}

TEST_F(OldKeyFile, LosesItsOtherKeysWhenTheirTokensHaveDied) {
  Write({JwtAlgorithm::kEdDsa, JwtAlgorithm::kEs256});
  harness_.Restart();
  EXPECT_THAT(States(),
              ElementsAre(State::kSigning, State::kRetired, State::kRetired));
  harness_.clock().Advance(minutes(30));
  harness_.Restart();
  EXPECT_EQ(Published().size(), 3U);
  harness_.clock().Advance(minutes(31));
  harness_.Restart();
  EXPECT_EQ(Published().size(), 1U);
  EXPECT_EQ(StatusOf(NewToken()), 200);
}

}  // namespace
}  // namespace clone_auth::testing

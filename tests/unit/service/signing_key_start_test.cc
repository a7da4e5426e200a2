// What a start makes of the signing keys that it finds: after a rotation, under
// other options, and in a file of version 1.

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/signing_key_fixture.h"

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
using SigningKeyRestart = SigningKeys;

TEST_F(SigningKeyRestart, CountsWithTheLongestLifetimeThatWasInForce) {
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

TEST_F(SigningKeyRestart, LetsTokensLiveThatGotLongerBeforeTheChangeOfKeys) {
  const auto made = Rotate(minutes(10));
  harness_.options().access_lifetime = hours(5);
  harness_.Restart();
  EXPECT_EQ(List().at(1).leaves_at, made->signs_from + hours(5) + seconds(60));
  const std::string token = NewToken();
  harness_.clock().Advance(hours(4));
  Maintain();
  EXPECT_EQ(StatusOf(token), 200);
}

TEST_F(SigningKeyRestart, KeepsARetiredKeyNoLongerForALongerLifetime) {
  const auto made = Rotate(seconds(0));
  harness_.options().access_lifetime = hours(24 * 365);
  harness_.Restart();
  EXPECT_EQ(List().at(1).leaves_at, made->signs_from + hours(1) + seconds(60));
}

TEST_F(SigningKeyRestart, SignsForNoLongerThanARetiredKeyStays) {
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

TEST_F(SigningKeyRestart, IsHowAnotherAlgorithmTakesOver) {
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

TEST_F(SigningKeyRestart, LetsAnAlgorithmTakeOverFromAKeyThatIsYetToSign) {
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

TEST_F(SigningKeyRestart, KeepsItsPlanOverRestartsAtEveryStage) {
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

class OldKeyFile : public SigningKeys {
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

TEST_F(OldKeyFile, IsWrittenAnewOnceTheRowsOfKeysAreSealed) {
  Write({});
  harness_.Restart();
  EXPECT_EQ(StatusOf(user_.access), 200);
  EXPECT_EQ(StatusOf(NewToken()), 200);
  EXPECT_THAT(States(), ElementsAre(State::kSigning));
  EXPECT_THAT(KeyFileText(), HasSubstr(R"("version":3)"));
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

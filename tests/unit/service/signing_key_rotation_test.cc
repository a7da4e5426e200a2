// What users and verifiers see while the signing keys are rotated.

#include <atomic>
#include <chrono>
#include <deque>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "unit/service/signing_key_fixture.h"

namespace clone_auth::testing {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using State = SigningKeySummary::State;
using SigningKeyRotation = SigningKeys;

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
  MoveFolder(true);
  EXPECT_EQ(Rotate(seconds(0)).status().reason(), Reason::kStoreUnavailable);
  MoveFolder(false);
  EXPECT_EQ(KeyFileText(), before);
  EXPECT_EQ(Published(), published);
  EXPECT_THAT(States(), ElementsAre(State::kSigning));
  EXPECT_EQ(StatusOf(NewToken()), 200);
  EXPECT_TRUE(Rotate(seconds(0)).ok());
}

TEST_F(SigningKeyRotation, KeepsAKeyWhoseRemovalCannotBeSaved) {
  ASSERT_TRUE(Rotate(seconds(0)).ok());
  harness_.clock().Advance(hours(1) + seconds(60));
  MoveFolder(true);
  Maintain();
  MoveFolder(false);
  EXPECT_EQ(List().size(), 2U);
  Maintain();
  EXPECT_EQ(List().size(), 1U);
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

/// Users who sign in, refresh and use their tokens without a pause.
class Load {
 public:
  Load(ServiceHarness& harness, int users) : harness_(harness) {
    for (int i = 0; i < users; ++i) {
      const std::string email = "u" + std::to_string(i) + "@b.test";
      users_.emplace_back(email, harness.NewUser(email));
    }
    for (User& user : users_) {
      threads_.emplace_back([this, &user] {
        while (!over_) UseOnce(user);
      });
    }
  }
  ~Load() {
    over_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  /// Until each user has done everything, from its start on, since the call.
  void WaitForARound() {
    for (const User& user : users_) {
      const int before = user.rounds;
      while (user.rounds < before + 2 && failures_ == 0) {
        std::this_thread::yield();
      }
    }
  }
  int failures() const { return failures_; }

 private:
  struct User {
    User(std::string address, SignedInUser signed_in)
        : email(std::move(address)), tokens(std::move(signed_in)) {}
    std::string email;
    SignedInUser tokens;
    std::atomic<int> rounds{0};
  };

  Answer Expect200(Answer answer) {
    if (answer.status() != 200) ++failures_;
    EXPECT_EQ(answer.status(), 200) << answer.http.body;
    return answer;
  }
  void UseOnce(User& user) {
    const std::string old = user.tokens.access;
    Expect200(harness_.Me(Bearer(old)));
    const Answer refreshed = Expect200(harness_.Refresh(user.tokens.refresh));
    user.tokens.access = refreshed.Text("access");
    user.tokens.refresh = refreshed.Text("refresh");
    Expect200(harness_.Me(Bearer(user.tokens.access)));
    // The one from before the refresh is good for as long as it lives.
    Expect200(harness_.Me(Bearer(old)));
    const Answer login = Expect200(harness_.Login(user.email));
    Expect200(harness_.Me(Bearer(login.Text("access"))));
    Expect200(harness_.Get("/.well-known/jwks.json"));
    ++user.rounds;
  }

  ServiceHarness& harness_;
  std::deque<User> users_;
  std::vector<std::thread> threads_;
  std::atomic<int> failures_{0};
  std::atomic<bool> over_{false};
};

TEST_F(SigningKeyRotation, LosesNoRequestUnderLoad) {
  const std::string first = List().at(0).key_id;
  {
    Load load(harness_, 3);
    // A third of a token's life passes at a time, and only when everybody has
    // got a token since the last time.
    for (int i = 0; i < 12 && load.failures() == 0; ++i) {
      EXPECT_TRUE(Rotate(seconds(0)).ok());
      harness_.clock().Advance(minutes(20));
      load.WaitForARound();
    }
    EXPECT_EQ(load.failures(), 0);
  }
  Maintain();
  // Keys have come and gone.
  EXPECT_THAT(Published(), Not(Contains(first)));
  EXPECT_LE(List().size(), 5U);
}

}  // namespace
}  // namespace clone_auth::testing

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <stdexcept>

#include "capi_world.h"

namespace clone_auth::testing {
namespace {

const Outcome kGood{CLONE_AUTH_OK, ""};
const Outcome kExpired{CLONE_AUTH_UNAUTHENTICATED, "key_expired"};
const Outcome kNoTime{CLONE_AUTH_INTERNAL, "internal"};

/// What the clock's callback says.
struct Hands {
  std::int64_t seconds = 100;
  clone_auth_status status = CLONE_AUTH_OK;
  bool writes = true;
  bool throws = false;
};

clone_auth_status Now(void* user_data, std::int64_t* seconds) {
  const auto* hands = static_cast<Hands*>(user_data);
  if (hands->writes) *seconds = hands->seconds;
  if (hands->throws) throw std::runtime_error("no time");
  return hands->status;
}

class CallbackClock : public ::testing::Test {
 protected:
  CallbackClock() {
    clone_auth_key_store* store = nullptr;
    EXPECT_EQ(clone_auth_key_store_create_in_memory(&store, nullptr),
              CLONE_AUTH_OK);
    store_.reset(store);
    const CRecord record = world_.Record();
    EXPECT_EQ(clone_auth_key_record_set_expires_at(record.get(), 101, nullptr),
              CLONE_AUTH_OK);
    EXPECT_EQ(clone_auth_key_store_insert(store, record.get(), nullptr),
              CLONE_AUTH_OK);
    clock_ = ClockOf(&hands_);
    verifier_ = world_.Verifier(store_.get(), clock_.get());
  }

  static CClock ClockOf(Hands* hands) {
    const clone_auth_clock_callbacks callbacks = {sizeof callbacks, hands, Now,
                                                  nullptr};
    clone_auth_clock* clock = nullptr;
    EXPECT_EQ(clone_auth_clock_create(&callbacks, &clock, nullptr),
              CLONE_AUTH_OK);
    return CClock(clock);
  }

  Outcome Verify() { return world_.Verify(verifier_.get()); }

  CapiWorld world_;
  Hands hands_;
  CStore store_;
  CClock clock_;
  CVerifier verifier_;
};

TEST_F(CallbackClock, IsWhatKeysExpireBy) {
  EXPECT_EQ(Verify(), kGood);
  hands_.seconds = 101;
  EXPECT_EQ(Verify(), kExpired);
}

TEST_F(CallbackClock, FailsTheVerificationWhereItGivesNoTime) {
  hands_.writes = false;
  EXPECT_EQ(Verify(), kNoTime);
}

TEST_F(CallbackClock, FailsTheVerificationWhereItRefuses) {
  hands_.status = CLONE_AUTH_UNKNOWN;
  EXPECT_EQ(Verify(), kNoTime);
}

TEST_F(CallbackClock, FailsTheVerificationWhereItThrows) {
  hands_.throws = true;
  EXPECT_EQ(Verify(), kNoTime);
}

TEST_F(CallbackClock, FailsTheVerificationWhereItsTimeIsOutOfRange) {
  for (const std::int64_t seconds :
       {std::int64_t{-1}, std::int64_t{CLONE_AUTH_TIME_MAX + 1},
        std::numeric_limits<std::int64_t>::min(),
        std::numeric_limits<std::int64_t>::max()}) {
    hands_.seconds = seconds;
    EXPECT_EQ(Verify(), kNoTime) << seconds;
  }
  hands_.seconds = CLONE_AUTH_TIME_MAX;
  EXPECT_EQ(Verify(), kExpired);
}

/// A look-up that verifies another key's way first, by another clock.
struct Nested {
  const CapiWorld* world;
  const clone_auth_key_verifier* inner;
  CRecord record;
};

clone_auth_status VerifyInside(void* user_data, const unsigned char*, size_t,
                               clone_auth_key_answer* answer) {
  const auto* nested = static_cast<Nested*>(user_data);
  EXPECT_EQ(nested->world->Verify(nested->inner), kGood);
  return clone_auth_key_answer_set(answer, nested->record.get(), nullptr);
}

TEST_F(CallbackClock, IsNotWhatAVerificationAroundItGoesBy) {
  Hands later{101};
  const CClock clock = ClockOf(&later);
  Nested nested{&world_, verifier_.get(), world_.Record()};
  ASSERT_EQ(
      clone_auth_key_record_set_expires_at(nested.record.get(), 101, nullptr),
      CLONE_AUTH_OK);
  const CVerifier outer = world_.VerifierOf(VerifyInside, &nested, clock.get());
  EXPECT_EQ(world_.Verify(outer.get()), kExpired);
}

TEST_F(CallbackClock, StandsStillWhereItIsFixed) {
  clone_auth_clock* clock = nullptr;
  ASSERT_EQ(clone_auth_clock_create_fixed(101, &clock, nullptr), CLONE_AUTH_OK);
  const CClock fixed(clock);
  EXPECT_EQ(world_.Verify(world_.Verifier(store_.get(), clock).get()),
            kExpired);
}

TEST_F(CallbackClock, IsTheSystemsWhereNoneIsSet) {
  EXPECT_EQ(world_.Verify(world_.Verifier(store_.get()).get()), kExpired);
}

}  // namespace
}  // namespace clone_auth::testing

#include <gtest/gtest.h>

#include <cerrno>
#include <clocale>
#include <stdexcept>

#include "capi_world.h"

namespace clone_auth::testing {
namespace {

const Outcome kGood{CLONE_AUTH_OK, ""};
const Outcome kUnknown{CLONE_AUTH_UNAUTHENTICATED, "key_unknown"};
const Outcome kUnavailable{CLONE_AUTH_UNAVAILABLE, "store_unavailable"};

/// What a callback is given.
struct Asked {
  const CapiWorld* world = nullptr;
  CRecord record;
  CVerifier verifier;
  Outcome inner;
  clone_auth_key_answer* answer = nullptr;
  int times = 0;
};

clone_auth_status Grant(void* user_data, const unsigned char*, size_t,
                        clone_auth_key_answer* answer) {
  auto* asked = static_cast<Asked*>(user_data);
  ++asked->times;
  return clone_auth_key_answer_set(answer, asked->record.get(), nullptr);
}

class CallbackStore : public ::testing::Test {
 protected:
  CallbackStore() {
    asked_.world = &world_;
    asked_.record = world_.Record();
  }

  template <typename Find>
  Outcome VerifyWith(Find find) {
    return world_.Verify(world_.VerifierOf(find, &asked_).get());
  }

  CapiWorld world_;
  Asked asked_;
};

TEST_F(CallbackStore, GrantsByWritingARecord) {
  EXPECT_EQ(VerifyWith(Grant), kGood);
  EXPECT_EQ(asked_.times, 1);
}

TEST_F(CallbackStore, GrantsNothingByReturningOk) {
  EXPECT_EQ(
      VerifyWith([](void*, const unsigned char*, size_t,
                    clone_auth_key_answer*) { return CLONE_AUTH_OK + 0; }),
      kUnknown);
}

TEST_F(CallbackStore, RefusesByAnyOtherStatusWhateverWasWritten) {
  EXPECT_EQ(VerifyWith([](void* user_data, const unsigned char* digest,
                          size_t size, clone_auth_key_answer* answer) {
              Grant(user_data, digest, size, answer);
              return -12345;
            }),
            kUnavailable);
}

TEST_F(CallbackStore, ReadsAnExceptionAsCannotAnswer) {
  EXPECT_EQ(VerifyWith([](void* user_data, const unsigned char* digest,
                          size_t size, clone_auth_key_answer* answer) -> int {
              Grant(user_data, digest, size, answer);
              throw std::runtime_error("no store");
            }),
            kUnavailable);
}

TEST_F(CallbackStore, ReadsTheRecordOfAnotherDigestAsNone) {
  const unsigned char other[CLONE_AUTH_DIGEST_SIZE] = {9};
  ASSERT_EQ(clone_auth_key_record_set_digest(asked_.record.get(), other,
                                             sizeof other, nullptr),
            CLONE_AUTH_OK);
  EXPECT_EQ(VerifyWith(Grant), kUnknown);
}

TEST_F(CallbackStore, RefusesARecordThatItCallsRevoked) {
  ASSERT_EQ(
      clone_auth_key_record_set_revoked_at(asked_.record.get(), 1, nullptr),
      CLONE_AUTH_OK);
  EXPECT_EQ(VerifyWith(Grant),
            (Outcome{CLONE_AUTH_UNAUTHENTICATED, "key_revoked"}));
}

TEST_F(CallbackStore, MayVerifyWithTheSameVerifierInsideOfALookUp) {
  asked_.verifier = world_.VerifierOf(
      [](void* user_data, const unsigned char* digest, size_t size,
         clone_auth_key_answer* answer) {
        auto* asked = static_cast<Asked*>(user_data);
        if (asked->times == 0) {
          ++asked->times;
          asked->inner = asked->world->Verify(asked->verifier.get());
        }
        return Grant(user_data, digest, size, answer);
      },
      &asked_);
  EXPECT_EQ(world_.Verify(asked_.verifier.get()), kGood);
  EXPECT_EQ(asked_.inner, kGood);
  EXPECT_EQ(asked_.times, 3);
}

TEST_F(CallbackStore, MayFreeTheVerifierInsideOfALookUp) {
  asked_.verifier = world_.VerifierOf(
      [](void* user_data, const unsigned char* digest, size_t size,
         clone_auth_key_answer* answer) {
        static_cast<Asked*>(user_data)->verifier.reset();
        return Grant(user_data, digest, size, answer);
      },
      &asked_);
  EXPECT_EQ(world_.Verify(asked_.verifier.get()), kGood);
}

TEST_F(CallbackStore, HasNothingToInsertInto) {
  const clone_auth_key_store_callbacks callbacks = {sizeof callbacks, &asked_,
                                                    Grant, nullptr};
  clone_auth_key_store* store = nullptr;
  ASSERT_EQ(clone_auth_key_store_create(&callbacks, &store, nullptr),
            CLONE_AUTH_OK);
  const CStore owned(store);
  EXPECT_EQ(clone_auth_key_store_insert(store, asked_.record.get(), nullptr),
            CLONE_AUTH_INVALID_ARGUMENT);
  EXPECT_EQ(clone_auth_key_store_clear_expiry(store, "x", 1, nullptr),
            CLONE_AUTH_INVALID_ARGUMENT);
}

TEST_F(CallbackStore, LeavesErrnoAndTheLocaleAsTheyWere) {
  const std::string locale = setlocale(LC_ALL, nullptr);
  const CVerifier verifier = world_.VerifierOf(
      [](void*, const unsigned char*, size_t, clone_auth_key_answer*) {
        errno = EIO;
        return CLONE_AUTH_INTERNAL + 0;
      },
      &asked_);
  errno = 42;
  EXPECT_EQ(world_.Verify(verifier.get()), kUnavailable);
  EXPECT_EQ(errno, 42);
  EXPECT_EQ(setlocale(LC_ALL, nullptr), locale);
}

}  // namespace
}  // namespace clone_auth::testing

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <stdexcept>

#include "capi_world.h"

namespace clone_auth::testing {
namespace {

clone_auth_status Now(void*, std::int64_t* seconds) {
  *seconds = 1;
  return CLONE_AUTH_OK;
}

void CountEnd(void* user_data) { ++*static_cast<int*>(user_data); }

/// A table with room behind it, as of a newer header.
struct Table {
  clone_auth_clock_callbacks known;
  unsigned char tail[8];
};

class CallbackTable : public ::testing::Test {
 protected:
  CallbackTable() {
    std::memset(&table_, 0, sizeof table_);
    table_.known = {sizeof table_.known, &ends_, Now, CountEnd};
  }

  /// True if a clock is made of the table; ends the clock.
  bool Accepted() {
    clone_auth_clock* clock = nullptr;
    const Outcome outcome = OutcomeOf([&](clone_auth_error** error) {
      return clone_auth_clock_create(&table_.known, &clock, error);
    });
    const bool made = clock != nullptr;
    EXPECT_EQ(made, outcome.status == CLONE_AUTH_OK);
    EXPECT_EQ(outcome.reason, made ? "" : "invalid_argument");
    EXPECT_FALSE(made && ends_ > 0) << "ended too early";
    clone_auth_clock_free(clock);
    return made;
  }

  Table table_;
  int ends_ = 0;
};

TEST_F(CallbackTable, IsTakenAtTheSizeThatIsKnown) {
  EXPECT_TRUE(Accepted());
  EXPECT_EQ(ends_, 1);
}

TEST_F(CallbackTable, IsLeftAloneAtASizeThatCannotBe) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, sizeof table_.known - 1,
        std::size_t{4097}, std::size_t{1} << 32, SIZE_MAX}) {
    table_.known.struct_size = size;
    EXPECT_FALSE(Accepted()) << size;
    EXPECT_EQ(ends_, 0) << size;
  }
}

TEST_F(CallbackTable, MayHaveAnUnknownTailOfZeros) {
  table_.known.struct_size = sizeof table_;
  EXPECT_TRUE(Accepted());
  EXPECT_EQ(ends_, 1);
}

TEST_F(CallbackTable, IsRefusedAndEndedWithATailThatSaysSomething) {
  table_.known.struct_size = sizeof table_;
  table_.tail[7] = 1;
  EXPECT_FALSE(Accepted());
  EXPECT_EQ(ends_, 1);
}

TEST_F(CallbackTable, IsEndedOnceWhereTheFunctionIsMissing) {
  table_.known.now = nullptr;
  EXPECT_FALSE(Accepted());
  EXPECT_EQ(ends_, 1);
}

TEST_F(CallbackTable, IsEndedOnceWhereThereIsNoOutput) {
  EXPECT_EQ(clone_auth_clock_create(&table_.known, nullptr, nullptr),
            CLONE_AUTH_INVALID_ARGUMENT);
  EXPECT_EQ(ends_, 1);
}

TEST_F(CallbackTable, NeedsNoDestroy) {
  table_.known.destroy = nullptr;
  EXPECT_TRUE(Accepted());
}

TEST_F(CallbackTable, MayThrowWhenItEnds) {
  table_.known.destroy = [](void*) { throw std::runtime_error("no"); };
  EXPECT_TRUE(Accepted());
}

TEST_F(CallbackTable, LivesAsLongAsSomebodyUsesIt) {
  const CapiWorld world;
  const clone_auth_key_store_callbacks callbacks = {
      sizeof callbacks, &ends_,
      [](void*, const unsigned char*, size_t, clone_auth_key_answer*) {
        return CLONE_AUTH_OK + 0;
      },
      CountEnd};
  clone_auth_key_store* store = nullptr;
  ASSERT_EQ(clone_auth_key_store_create(&callbacks, &store, nullptr),
            CLONE_AUTH_OK);
  CVerifier verifier = world.Verifier(store);
  clone_auth_key_store_free(store);
  EXPECT_EQ(ends_, 0);
  EXPECT_EQ(world.Verify(verifier.get()),
            (Outcome{CLONE_AUTH_UNAUTHENTICATED, "key_unknown"}));
  verifier.reset();
  EXPECT_EQ(ends_, 1);
}

}  // namespace
}  // namespace clone_auth::testing

#include "base/chance.h"

#include "clone/testing/fake_random.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

using testing::FakeRandom;

TEST(Chance, IsAnywhereFrom0To1AndNever1) {
  FakeRandom random;
  int above_half = 0;
  for (int i = 0; i < 1000; ++i) {
    const double chance = DrawChance(random);
    ASSERT_GE(chance, 0);
    ASSERT_LT(chance, 1);
    if (chance >= 0.5) ++above_half;
  }
  EXPECT_GT(above_half, 400);
  EXPECT_LT(above_half, 600);
}

TEST(Chance, IsNoneWithoutRandomBytes) {
  FakeRandom random;
  random.Fail();
  EXPECT_EQ(DrawChance(random), 0);
}

}  // namespace
}  // namespace clone_auth

#include "apikey/number_table.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace clone_auth {
namespace {

std::uint64_t HashOf(std::uint32_t number) {
  return (number + 1) * 0x9e3779b97f4a7c15;
}

/// The number under its own hash, as a caller that compares whole keys asks.
bool Holds(const NumberTable& table, std::uint32_t number) {
  return table.Find(HashOf(number), [&](std::uint32_t candidate) {
    return candidate == number;
  }) == number;
}

TEST(NumberTable, FindsEveryNumberWhenItIsFull) {
  NumberTable table(NumberTable::kFirstSize);
  for (std::uint32_t n = 0; n < table.capacity(); ++n) table.Put(HashOf(n), n);
  for (std::uint32_t n = 0; n < table.capacity(); ++n) {
    EXPECT_TRUE(Holds(table, n)) << n;
  }
}

TEST(NumberTable, FindsNothingUnderAHashThatNothingWasPutInUnder) {
  NumberTable table(NumberTable::kFirstSize);
  EXPECT_FALSE(Holds(table, 0));
  for (std::uint32_t n = 0; n < table.capacity(); ++n) table.Put(HashOf(n), n);
  EXPECT_FALSE(Holds(table, static_cast<std::uint32_t>(table.capacity())));
}

TEST(NumberTable, TellsNumbersApartThatShareAHash) {
  NumberTable table(16);
  constexpr std::uint64_t kLastPlace = 0xffffffff00000000;
  for (const std::uint32_t n : {0U, 1U, 2U, 3U}) table.Put(kLastPlace, n);
  for (const std::uint32_t n : {0U, 1U, 2U, 3U}) {
    EXPECT_EQ(
        table.Find(kLastPlace, [n](std::uint32_t found) { return found == n; }),
        n);
  }
  EXPECT_FALSE(
      table.Find(kLastPlace, [](std::uint32_t) { return false; }).has_value());
}

TEST(NumberTable, HardlyEverAsksForTheRecordOfAnotherHash) {
  NumberTable table(NumberTable::kFirstSize);
  for (std::uint32_t n = 0; n < table.capacity(); ++n) table.Put(HashOf(n), n);
  int asked = 0;
  for (std::uint32_t n = 0; n < table.capacity(); ++n) {
    (void)table.Find(HashOf(n), [&](std::uint32_t candidate) {
      if (candidate != n) ++asked;
      return candidate == n;
    });
  }
  EXPECT_LE(asked, 2);
}

TEST(NumberTable, MayBeAskedAfterItsMemoryIsGone) {
  NumberTable table(NumberTable::kFirstSize);
  table.Put(HashOf(1), 1);
  table.Discard();
  EXPECT_FALSE(Holds(table, 2));
}

TEST(NumberTable, GrowsUntilEveryNumberFits) {
  std::size_t size = NumberTable::kFirstSize;
  while (size / 5 * 4 <= NumberTable::kMaxNumber) {
    const std::size_t next = NumberTable::NextSize(size);
    ASSERT_GT(next, size);
    size = next;
  }
  // The place of a hash is computed in 64 bits.
  EXPECT_LT(size, std::size_t{1} << 32);
}

}  // namespace
}  // namespace clone_auth

#include "service/id_map.h"

#include <atomic>
#include <cstdint>
#include <cstring>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace clone_auth::service {
namespace {

using Map = IdMap<std::atomic<std::uint64_t>>;

Uuid IdOf(std::uint64_t n) {
  Uuid id;
  std::memcpy(id.bytes.data(), &n, sizeof n);
  id.bytes[8] = 0x80;
  return id;
}

void Insert(Map& map, std::uint64_t n) {
  map.Insert(IdOf(n), [n](std::atomic<std::uint64_t>& value) { value = n; });
}

/// The value of `n`, which is `n` itself.
bool Holds(const Map& map, std::uint64_t n) {
  std::uint64_t seen = 0;
  return map.Read(IdOf(n), [&](const auto& value) { seen = value.load(); }) &&
         seen == n;
}

TEST(IdMap, FindsWhatWasInsertedAndNothingElse) {
  Map map;
  for (std::uint64_t n = 1; n <= 1'000; ++n) Insert(map, n);
  for (std::uint64_t n = 1; n <= 1'000; ++n) EXPECT_TRUE(Holds(map, n)) << n;
  EXPECT_EQ(map.size(), 1'000u);
  EXPECT_EQ(map.Find(IdOf(1'001)), nullptr);
  EXPECT_EQ(map.Find(IdOf(7))->load(), 7u);
}

TEST(IdMap, AValueStaysWhereItIsWhileTheMapGrows) {
  Map map;
  Insert(map, 1);
  const auto* value = map.Find(IdOf(1));
  for (std::uint64_t n = 2; n <= 1'000; ++n) Insert(map, n);
  EXPECT_EQ(map.Find(IdOf(1)), value);
}

TEST(IdMap, ForgetsWhatWasErasedAndNothingElse) {
  Map map;
  for (std::uint64_t n = 1; n <= 100; ++n) Insert(map, n);
  for (std::uint64_t n = 1; n <= 100; n += 2) map.Erase(IdOf(n));
  map.Erase(IdOf(1'000));
  for (std::uint64_t n = 1; n <= 100; ++n) {
    EXPECT_EQ(Holds(map, n), n % 2 == 0) << n;
  }
  EXPECT_EQ(map.size(), 50u);
}

TEST(IdMap, KnowsNothingByTheNilId) {
  Map map;
  Insert(map, 1);
  map.Erase(IdOf(1));
  EXPECT_EQ(map.Find(Uuid{}), nullptr);
}

TEST(IdMap, VisitsEveryValueOnce) {
  Map map;
  for (std::uint64_t n = 1; n <= 500; ++n) Insert(map, n);
  std::vector<int> visits(501);
  map.ForEach([&](const auto& value) { ++visits[value.load()]; });
  for (std::uint64_t n = 1; n <= 500; ++n) EXPECT_EQ(visits[n], 1) << n;
}

TEST(IdMap, ComingsAndGoingsTakeNoMoreMemory) {
  Map map;
  for (std::uint64_t n = 1; n <= 100; ++n) Insert(map, n);
  for (std::uint64_t n = 101; n <= 1'000; ++n) {
    Insert(map, n);
    map.Erase(IdOf(n - 100));
  }
  const std::size_t slots = map.slots();
  for (std::uint64_t n = 1'001; n <= 100'000; ++n) {
    Insert(map, n);
    map.Erase(IdOf(n - 100));
  }
  EXPECT_LE(map.slots(), 2 * slots);
  for (std::uint64_t n = 99'901; n <= 100'000; ++n) EXPECT_TRUE(Holds(map, n));
}

TEST(IdMap, WhatStaysIsFoundWhileOthersComeAndGo) {
  Map map;
  for (std::uint64_t n = 1; n <= 50; ++n) Insert(map, n);
  std::atomic<bool> done{false};
  std::atomic<std::uint64_t> erased{0};
  std::atomic<int> faults{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (std::uint64_t round = 0; !done.load(); ++round) {
        if (!Holds(map, 1 + round % 50)) ++faults;
        const std::uint64_t gone = erased.load();
        if (gone != 0 && Holds(map, gone)) ++faults;
      }
    });
  }
  for (std::uint64_t n = 1'000; n < 21'000; ++n) {
    Insert(map, n);
    if (n >= 1'100) {
      map.Erase(IdOf(n - 100));
      erased = n - 100;
    }
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(faults, 0);
}

}  // namespace
}  // namespace clone_auth::service

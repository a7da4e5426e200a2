#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "clone/api_key_store.h"
#include "unit/apikey/test_records.h"

namespace clone_auth {
namespace {

using testing::DigestOf;
using testing::IdOf;
using testing::RecordOf;

constexpr std::uint64_t kRecords = 4'000;
constexpr int kReaders = 3;

/// Runs one thread that writes and several that read until it is done; counts
/// what the readers say was wrong.
template <typename Write, typename ReadOnce>
int CountFaults(Write write, ReadOnce read_once) {
  std::atomic<bool> done{false};
  std::atomic<int> faults{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < kReaders; ++i) {
    readers.emplace_back([&, seed = static_cast<std::uint64_t>(i)] {
      for (std::uint64_t round = seed; !done.load(); ++round) {
        if (!read_once(round)) ++faults;
      }
    });
  }
  write();
  done = true;
  for (std::thread& reader : readers) reader.join();
  return faults;
}

bool IsFound(const InMemoryApiKeyStore& store, std::uint64_t n) {
  const auto found = store.Find(DigestOf(n));
  return found.ok() && found->has_value() && (*found)->id == IdOf(n);
}

bool IsRevoked(const InMemoryApiKeyStore& store, std::uint64_t n) {
  const auto found = store.Find(DigestOf(n));
  return found.ok() && found->has_value() && (*found)->revoked_at.has_value();
}

TEST(InMemoryApiKeyStoreThreads, WhatWasInsertedIsFoundWhileTheTableGrows) {
  InMemoryApiKeyStore store;
  std::atomic<std::uint64_t> inserted{0};
  const int faults = CountFaults(
      [&] {
        for (std::uint64_t n = 0; n < kRecords; ++n) {
          EXPECT_TRUE(store.Insert(RecordOf(n)).ok());
          inserted = n + 1;
        }
      },
      [&](std::uint64_t round) {
        const std::uint64_t known = inserted.load();
        return known == 0 || IsFound(store, round * 7'919 % known);
      });
  EXPECT_EQ(faults, 0);
  EXPECT_EQ(store.size(), kRecords);
}

TEST(InMemoryApiKeyStoreThreads, ARecordIsFoundWholeOrNotAtAll) {
  InMemoryApiKeyStore store;
  std::atomic<std::uint64_t> inserted{0};
  const int faults = CountFaults(
      [&] {
        for (std::uint64_t n = 0; n < kRecords; ++n) {
          EXPECT_TRUE(store.Insert(RecordOf(n)).ok());
          inserted.store(n + 1, std::memory_order_relaxed);
        }
      },
      [&](std::uint64_t round) {
        // One that is just being inserted: nothing but the store itself
        // tells this thread of it.
        const std::uint64_t n =
            inserted.load(std::memory_order_relaxed) + round % 3;
        const auto found = store.Find(DigestOf(n));
        return !found->has_value() || (*found)->id == IdOf(n);
      });
  EXPECT_EQ(faults, 0);
}

TEST(InMemoryApiKeyStoreThreads, ARevocationIsSeenByEveryFindThatStartsLater) {
  InMemoryApiKeyStore store;
  for (std::uint64_t n = 0; n < kRecords; ++n) {
    ASSERT_TRUE(store.Insert(RecordOf(n)).ok());
  }
  std::atomic<std::uint64_t> revoked{0};
  const int faults = CountFaults(
      [&] {
        for (std::uint64_t n = 0; n < kRecords; ++n) {
          EXPECT_TRUE(store.Revoke(IdOf(n), WallTime()).ok());
          revoked = n + 1;
        }
      },
      [&](std::uint64_t) {
        const std::uint64_t known = revoked.load();
        return known == 0 || IsRevoked(store, known - 1);
      });
  EXPECT_EQ(faults, 0);
}

TEST(InMemoryApiKeyStoreThreads, ARevocationIsSeenAcrossGrowth) {
  InMemoryApiKeyStore store;
  std::atomic<std::uint64_t> revoked{0};
  const int faults = CountFaults(
      [&] {
        for (std::uint64_t n = 0; n < kRecords; ++n) {
          EXPECT_TRUE(store.Insert(RecordOf(n)).ok());
          EXPECT_TRUE(store.Revoke(IdOf(n), WallTime()).ok());
          revoked = n + 1;
        }
      },
      [&](std::uint64_t round) {
        const std::uint64_t known = revoked.load();
        return known == 0 || IsRevoked(store, round * 7'919 % known);
      });
  EXPECT_EQ(faults, 0);
}

TEST(InMemoryApiKeyStoreThreads, WritersTakeTurns) {
  constexpr std::uint64_t kWriters = 4;
  InMemoryApiKeyStore store;
  std::atomic<int> taken{0};
  std::vector<std::thread> writers;
  for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&] {
      // All try the same records, so each is taken by one of them.
      for (std::uint64_t n = 0; n < kRecords / 4; ++n) {
        if (store.Insert(RecordOf(n)).ok()) ++taken;
        EXPECT_TRUE(store.SetExpiry(IdOf(n), WallTime()).ok());
        EXPECT_TRUE(store.Revoke(IdOf(n), WallTime()).ok());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(taken, static_cast<int>(kRecords / 4));
  EXPECT_EQ(store.size(), kRecords / 4);
}

}  // namespace
}  // namespace clone_auth

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "clone/api_key_cache.h"
#include "clone/testing/fake_clock.h"
#include "unit/apikey/test_records.h"
#include "unit/apikey/watched_store.h"

namespace clone_auth {
namespace {

using testing::DigestOf;
using testing::FakeClock;
using testing::IdOf;
using testing::RecordOf;
using testing::WatchedStore;

constexpr int kThreads = 3;

class ApiKeyCacheThreads : public ::testing::Test {
 protected:
  ApiKeyCacheThreads() {
    ApiKeyCacheOptions options;
    options.max_known = 256;
    options.max_unknown = 256;
    cache_ = CachedApiKeyStore::Create(&store_, &clock_, options).value();
  }

  void Insert(std::uint64_t n) {
    ASSERT_TRUE(store_.records.Insert(RecordOf(n)).ok());
  }
  bool IsKnown(std::uint64_t n) const {
    return cache_->Find(DigestOf(n))->has_value();
  }
  bool IsRevoked(std::uint64_t n) const {
    const auto found = cache_->Find(DigestOf(n));
    return found->has_value() && (*found)->revoked_at.has_value();
  }

  FakeClock clock_;
  WatchedStore store_;
  std::unique_ptr<CachedApiKeyStore> cache_;
};

/// Runs `read` in several threads until `write` has returned.
template <typename Write, typename Read>
void ReadWhile(Write write, Read read) {
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < kThreads; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) read();
    });
  }
  write();
  done = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(ApiKeyCacheThreads, ARevokedKeyIsRefusedByEveryLookUpThatStartsLater) {
  constexpr std::uint64_t kKeys = 2'000;
  for (std::uint64_t n = 0; n < kKeys; ++n) Insert(n);
  std::atomic<std::uint64_t> revoked{0};
  std::atomic<int> accepted{0};
  ReadWhile(
      [&] {
        for (std::uint64_t n = 0; n < kKeys; ++n) {
          ASSERT_TRUE(store_.records.Revoke(IdOf(n), WallTime()).ok());
          cache_->KeyChanged(IdOf(n));
          revoked = n + 1;
        }
      },
      [&] {
        // The next one is asked for all the while, so that look-ups of it are
        // under way when it is revoked.
        const std::uint64_t known = revoked.load();
        if (known < kKeys) (void)cache_->Find(DigestOf(known));
        if (known > 0 && !IsRevoked(known - 1)) ++accepted;
      });
  EXPECT_EQ(accepted, 0);
}

TEST_F(ApiKeyCacheThreads, AKeyIsFoundByEveryLookUpThatStartsAfterItWasMade) {
  constexpr std::uint64_t kKeys = 2'000;
  std::atomic<std::uint64_t> made{0};
  std::atomic<int> missed{0};
  ReadWhile(
      [&] {
        for (std::uint64_t n = 0; n < kKeys; ++n) {
          Insert(n);
          cache_->DigestChanged(DigestOf(n));
          made = n + 1;
        }
      },
      [&] {
        const std::uint64_t known = made.load();
        (void)cache_->Find(DigestOf(known));
        if (known > 0 && !IsKnown(known - 1)) ++missed;
      });
  EXPECT_EQ(missed, 0);
}

TEST_F(ApiKeyCacheThreads, TheStoreIsAskedOnceHoweverManyWantOneDigest) {
  Insert(1);
  std::atomic<int> waiting{0};
  store_.after_read = [&] {
    // Whoever is not yet there by then finds it remembered.
    while (waiting.load() < kThreads) std::this_thread::yield();
  };
  std::vector<std::thread> askers;
  for (int i = 0; i < kThreads; ++i) {
    askers.emplace_back([&] {
      ++waiting;
      EXPECT_TRUE(IsKnown(1));
    });
  }
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(store_.lookups, 1);
}

TEST_F(ApiKeyCacheThreads, WhoComesAfterAChangeGetsNoAnswerFromBeforeIt) {
  Insert(1);
  std::atomic<bool> has_read{false};
  std::atomic<bool> may_answer{false};
  store_.after_read = [&] {
    if (has_read.exchange(true)) return;
    while (!may_answer.load()) std::this_thread::yield();
  };
  std::thread early([&] { EXPECT_FALSE(IsRevoked(1)); });
  while (!has_read.load()) std::this_thread::yield();
  ASSERT_TRUE(store_.records.Revoke(IdOf(1), WallTime()).ok());
  cache_->KeyChanged(IdOf(1));
  EXPECT_TRUE(IsRevoked(1));
  may_answer = true;
  early.join();
  EXPECT_TRUE(IsRevoked(1));
}

TEST_F(ApiKeyCacheThreads, ARecordIsReadWholeWhileItIsReplaced) {
  // Eight keys for one place, so that each look-up may find it being written.
  ApiKeyCacheOptions options;
  options.max_known = 8;
  cache_ = CachedApiKeyStore::Create(&store_, &clock_, options).value();
  constexpr std::uint64_t kKeys = 24;
  for (std::uint64_t n = 0; n < kKeys; ++n) {
    ApiKeyRecord record = RecordOf(n);
    record.owner = IdOf(n);
    record.organization = IdOf(n);
    ASSERT_TRUE(store_.records.Insert(record).ok());
  }
  std::atomic<std::uint64_t> next{0};
  std::atomic<int> torn{0};
  const auto read = [&] {
    const std::uint64_t n = next++ % kKeys;
    const auto found = cache_->Find(DigestOf(n));
    const ApiKeyMatch& match = **found;
    if (match.id != IdOf(n) || match.owner != IdOf(n) ||
        match.organization != IdOf(n) || match.digest != DigestOf(n)) {
      ++torn;
    }
  };
  ReadWhile(
      [&] {
        for (int i = 0; i < 20'000; ++i) read();
      },
      read);
  EXPECT_EQ(torn, 0);
}

TEST_F(ApiKeyCacheThreads, AnOutageMakesNoKeyUnknown) {
  Insert(1);
  ASSERT_TRUE(IsKnown(1));
  std::atomic<int> wrong{0};
  ReadWhile(
      [&] {
        for (int i = 0; i < 500; ++i) {
          store_.failing = i % 2 == 0;
          clock_.Advance(std::chrono::milliseconds(100));
          if (i % 50 == 0) cache_->AnythingChanged();
        }
      },
      [&] {
        const auto found = cache_->Find(DigestOf(1));
        if (found.ok() && !found->has_value()) ++wrong;
      });
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace clone_auth

#pragma once

// A bounded table of values by their digest, which forgets what was not asked
// for of late. Reading takes no lock and writes nothing but, once in a while,
// that a value was of use.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "apikey/atomic_copy.h"
#include "apikey/hashes.h"
#include "clone/api_key_store.h"

namespace clone_auth {

/// `Value` is plain and tells its Digest().
template <typename Value>
class DigestTable {
 public:
  static constexpr std::size_t kWays = 8;

  explicit DigestTable(std::size_t values)
      : buckets_((values + kWays - 1) / kWays) {}

  /// False where there is none, and also while it is being written.
  bool Find(const ApiKeyDigest& digest, Value& value) const {
    const Bucket& bucket = buckets_[PlaceOf(digest)];
    const std::uint32_t tag = TagOf(digest);
    for (std::size_t way = 0; way < kWays; ++way) {
      if (bucket.tags[way].load(std::memory_order_acquire) != tag) continue;
      if (!bucket.values[way].Load(value)) continue;
      if (!IsSame(value.Digest(), digest)) continue;
      // Written only where that changes it: others read the same line.
      std::atomic<bool>& used = bucket.used[way];
      if (!used.load(std::memory_order_relaxed)) {
        used.store(true, std::memory_order_relaxed);
      }
      return true;
    }
    return false;
  }

  /// In place of the value with the same digest, or else of one that was not
  /// asked for since the last time that one was wanted.
  void Put(const Value& value) {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = buckets_[PlaceOf(value.Digest())];
    const std::size_t way = WayFor(bucket, value.Digest());
    bucket.values[way].Store(value);
    bucket.used[way].store(false, std::memory_order_relaxed);
    bucket.tags[way].store(TagOf(value.Digest()), std::memory_order_release);
  }

  void Drop(const ApiKeyDigest& digest) {
    const std::lock_guard lock(mutex_);
    Bucket& bucket = buckets_[PlaceOf(digest)];
    for (std::size_t way = 0; way < kWays; ++way) {
      if (Holds(bucket, way, digest)) bucket.tags[way].store(kFree);
    }
  }

 private:
  static constexpr std::uint32_t kFree = 0;

  struct Bucket {
    std::array<std::atomic<std::uint32_t>, kWays> tags{};
    mutable std::array<std::atomic<bool>, kWays> used{};
    std::size_t hand = 0;  // for writers
    std::array<AtomicCopy<Value>, kWays> values{};
  };

  // By the first half of the hash; a tag is the other.
  std::size_t PlaceOf(const ApiKeyDigest& digest) const {
    return static_cast<std::size_t>((HashOf(digest) >> 32) * buckets_.size() >>
                                    32);
  }
  static std::uint32_t TagOf(const ApiKeyDigest& digest) {
    return static_cast<std::uint32_t>(HashOf(digest)) | 1;
  }

  static bool Holds(const Bucket& bucket, std::size_t way,
                    const ApiKeyDigest& digest) {
    Value value;
    return bucket.tags[way].load(std::memory_order_relaxed) == TagOf(digest) &&
           bucket.values[way].Load(value) && IsSame(value.Digest(), digest);
  }

  static std::size_t WayFor(Bucket& bucket, const ApiKeyDigest& digest) {
    for (std::size_t way = 0; way < kWays; ++way) {
      if (Holds(bucket, way, digest)) return way;
    }
    for (std::size_t way = 0; way < kWays; ++way) {
      if (bucket.tags[way].load(std::memory_order_relaxed) == kFree) return way;
    }
    // Readers may mark them anew all the while, so one round has to do.
    for (std::size_t i = 0; i < kWays; ++i) {
      const std::size_t way = bucket.hand++ % kWays;
      if (!bucket.used[way].exchange(false)) return way;
    }
    return bucket.hand++ % kWays;
  }

  std::mutex mutex_;
  std::vector<Bucket> buckets_;
};

}  // namespace clone_auth

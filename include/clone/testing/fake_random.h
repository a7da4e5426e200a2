#pragma once

// Bytes for tests: the same for one seed, and worthless as a secret. May be
// shared between threads; borrowed by whatever takes a RandomSource.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <random>

#include "clone/random.h"
#include "clone/status.h"

namespace clone_auth::testing {

/// Repeatable bytes, or none at all after Fail().
class FakeRandom final : public RandomSource {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : engine_(seed) {}

  Status Fill(void* bytes, std::size_t size) override {
    const std::lock_guard lock(mutex_);
    if (failing_) return Status(Reason::kRandomUnavailable);
    auto* next = static_cast<unsigned char*>(bytes);
    for (std::size_t i = 0; i < size; ++i) {
      next[i] = static_cast<unsigned char>(engine_());
    }
    return Status();
  }

  /// From now on there are none: random_unavailable.
  void Fail() {
    const std::lock_guard lock(mutex_);
    failing_ = true;
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
  bool failing_ = false;
};

}  // namespace clone_auth::testing

#pragma once

// Counts attempts by name in windows of one length, in bounded memory: where
// there are too many names at once, the oldest is forgotten. Names are kept
// as keyed hashes. May be shared between threads.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "clone/clock.h"
#include "clone/random.h"

namespace clone_auth::service {

class RateLimiter {
 public:
  /// `max_attempts` 0 switches the limit off. Error: random_unavailable.
  static Result<std::unique_ptr<RateLimiter>> Create(
      int max_attempts, std::chrono::seconds window, const Clock* clock,
      RandomSource& random, std::size_t max_names = 65'536);

  /// Counts an attempt. Empty where it is within the limit; else how long to
  /// wait, in whole seconds rounded up, and nothing is counted.
  std::optional<std::chrono::seconds> Take(std::string_view name);

  /// Whether an attempt would be over the limit now; counts nothing.
  std::optional<std::chrono::seconds> Blocked(std::string_view name);

 private:
  struct Window {
    std::chrono::nanoseconds start{};
    int attempts = 0;
  };

  RateLimiter(int max_attempts, std::chrono::seconds window, const Clock* clock,
              std::size_t max_names)
      : max_attempts_(max_attempts),
        window_(window),
        clock_(clock),
        max_names_(max_names) {}
  std::uint64_t HashOf(std::string_view name) const;
  void Forget(std::chrono::nanoseconds now);
  std::optional<std::chrono::seconds> WaitFor(
      std::uint64_t name, std::chrono::nanoseconds now) const;

  const int max_attempts_;
  const std::chrono::nanoseconds window_;
  const Clock* const clock_;
  const std::size_t max_names_;
  std::array<unsigned char, 16> hash_key_{};
  std::mutex mutex_;
  absl::flat_hash_map<std::uint64_t, Window> windows_;
  /// The names in the order in which their windows began.
  std::deque<std::uint64_t> order_;
};

}  // namespace clone_auth::service

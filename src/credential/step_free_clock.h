#pragma once

// Time of day as it would be, had nobody set the clock since this object was
// made: it goes on at the pace of the time since boot, which counts sleep and
// never steps. Costs little more than asking the wall clock, because the two
// are compared once a second. May be shared between threads.

#include <atomic>
#include <chrono>

#include "clone/clock.h"

namespace clone_auth {

class StepFreeClock {
 public:
  explicit StepFreeClock(const Clock& clock)
      : clock_(clock),
        wall_(clock.Now()),
        boot_(clock.SinceBoot()),
        compared_at_(wall_.time_since_epoch().count()) {}

  WallTime Now() {
    const WallTime wall = clock_.Now();
    const WallTime compared_at{
        WallTime::duration(compared_at_.load(std::memory_order_acquire))};
    if (wall < compared_at || wall >= compared_at + kCompareEvery) {
      Compare(wall);
    }
    return wall + offset();
  }

  /// How far the clock was set back on the whole; negative: forward.
  WallTime::duration offset() const {
    return WallTime::duration(offset_.load(std::memory_order_relaxed));
  }

 private:
  static constexpr std::chrono::seconds kCompareEvery{1};
  // Below this, the difference is that of two clocks read one after another.
  static constexpr std::chrono::seconds kNoise{1};

  void Compare(WallTime wall) {
    const auto passed = std::chrono::duration_cast<WallTime::duration>(
        clock_.SinceBoot() - boot_);
    const WallTime::duration offset = wall_ + passed - wall;
    const WallTime::duration before{offset_.load(std::memory_order_relaxed)};
    const WallTime::duration change =
        offset < before ? before - offset : offset - before;
    if (change >= kNoise) {
      offset_.store(offset.count(), std::memory_order_relaxed);
    }
    // Whoever sees this time also sees the offset that goes with it.
    compared_at_.store(wall.time_since_epoch().count(),
                       std::memory_order_release);
  }

  const Clock& clock_;
  const WallTime wall_;
  const std::chrono::nanoseconds boot_;
  std::atomic<WallTime::rep> offset_{0};
  std::atomic<WallTime::rep> compared_at_;
};

}  // namespace clone_auth

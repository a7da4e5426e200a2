#pragma once

// The clock of tests: it stands still until it is told to move, so a day of
// refreshes passes in a millisecond and the same each time. May be shared
// between threads; borrowed by whatever takes a Clock, so it has to outlive
// that.

#include <atomic>
#include <chrono>
#include <cstdint>

#include "clone/clock.h"

namespace clone_auth::testing {

/// A clock that moves only when told to. Sleeping moves it.
class FakeClock final : public Clock {
 public:
  /// By default starts at 2026-01-01 00:00:00 UTC.
  explicit FakeClock(
      WallTime now = FromUnixSeconds(std::chrono::seconds(1'767'225'600)))
      : now_(now.time_since_epoch().count()) {}

  WallTime Now() const override {
    return WallTime(WallTime::duration(now_.load()));
  }
  std::chrono::nanoseconds SinceBoot() const override {
    return std::chrono::nanoseconds(since_boot_.load());
  }
  std::chrono::nanoseconds Awake() const override {
    return SinceBoot() - std::chrono::nanoseconds(asleep_.load());
  }
  void SleepFor(std::chrono::nanoseconds duration) const override {
    Advance(duration);
  }

  /// Time passes, for both clocks.
  void Advance(std::chrono::nanoseconds duration) const {
    now_ += std::chrono::duration_cast<WallTime::duration>(duration).count();
    since_boot_ += duration.count();
  }

  /// The machine is asleep for so long.
  void Suspend(std::chrono::nanoseconds duration) const {
    asleep_ += duration.count();
    Advance(duration);
  }

  /// The wall clock alone is set, as by an operator or NTP; forward or back.
  void Step(std::chrono::nanoseconds by) const {
    now_ += std::chrono::duration_cast<WallTime::duration>(by).count();
  }

 private:
  mutable std::atomic<WallTime::rep> now_;
  mutable std::atomic<std::int64_t> since_boot_{0};
  mutable std::atomic<std::int64_t> asleep_{0};
};

}  // namespace clone_auth::testing

#pragma once

// The scheduler's own time: nanoseconds in 64 bits that never step back,
// whatever the caller's clock does. Conversions and sums never overflow: what
// is too early or too late is taken for the earliest or latest there is.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

#include "clone/clock.h"

namespace clone_auth {

using Ticks = std::int64_t;

/// Later than this is never: in 2116. Twice as much still fits.
inline constexpr Ticks kNever = std::numeric_limits<Ticks>::max() / 2;

constexpr Ticks TicksOf(std::chrono::nanoseconds time) { return time.count(); }

/// From 1970 to kNever.
inline Ticks TicksSinceEpoch(WallTime time) {
  constexpr auto kLatest =
      std::chrono::floor<WallTime::duration>(std::chrono::nanoseconds(kNever));
  const auto since = time.time_since_epoch();
  if (since >= kLatest) return kNever;
  return std::max<Ticks>(0,
                         std::chrono::duration_cast<std::chrono::nanoseconds>(
                             std::max(since, WallTime::duration::zero()))
                             .count());
}

class SchedulerTime {
 public:
  /// Takes note that it is `now`; the time on this scale, before kNever. Small
  /// steps back come of threads that read a clock in one order and come here in
  /// another, and count as none; larger ones move the scale.
  Ticks Observe(WallTime now) {
    constexpr Ticks kDisorder = TicksOf(std::chrono::seconds(2));
    const Ticks seen = std::min(Inner(now), kNever - 1);
    if (seen + kDisorder < latest_) ahead_ += latest_ - seen;
    latest_ = std::max(latest_, seen);
    return latest_;
  }

  /// A time of the caller's clock on this scale, and back.
  Ticks Inner(WallTime time) const {
    return std::min(kNever, TicksSinceEpoch(time) + ahead_);
  }
  WallTime Outer(Ticks time) const {
    if (time >= kNever) return WallTime::max();
    return WallTime(std::chrono::ceil<WallTime::duration>(
        std::chrono::nanoseconds(time - ahead_)));
  }

 private:
  Ticks latest_ = 0;
  Ticks ahead_ = 0;  ///< of the caller's clock
};

}  // namespace clone_auth

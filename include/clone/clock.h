#pragma once

// Where time comes from. Everything that asks for the time takes a Clock, so
// that tests decide what time it is; SystemClock() is the only singleton of
// the library. Implementations are safe to share between threads.

#include <chrono>

namespace clone_auth {

/// Wall time with the resolution of the system's clock.
using WallTime = std::chrono::system_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;

  /// Time of day. May step in either direction.
  virtual WallTime Now() const = 0;

  /// Time since the machine started, time asleep included. Never steps back.
  virtual std::chrono::nanoseconds SinceBoot() const = 0;

  /// The same without the time asleep. Where that cannot be told, as by
  /// default, nothing ever sleeps.
  virtual std::chrono::nanoseconds Awake() const { return SinceBoot(); }

  /// Blocks the calling thread for `duration`.
  virtual void SleepFor(std::chrono::nanoseconds duration) const = 0;
};

/// The machine's clock. Now() has the resolution of the kernel's tick (1 to
/// 10 ms), which is what makes asking cheap enough for every request.
const Clock& SystemClock();

/// Seconds since 1970-01-01 00:00:00 UTC, rounded down: a NumericDate
/// (RFC 7519 section 2).
std::chrono::seconds ToUnixSeconds(WallTime time);
/// What no WallTime can hold (before 1677, after 2262) becomes the first or the
/// last whole second that one can.
WallTime FromUnixSeconds(std::chrono::seconds seconds);

}  // namespace clone_auth

#pragma once

// The points in time that a session goes by, all on the caller's clock. Where
// that steps back they move with it, so that a token never lives longer and
// nothing waits longer than it would have.

#include <optional>

#include "clone/clock.h"
#include "credential/refresh_schedule.h"

namespace clone_auth {

struct SessionTimes {
  WallTime received_at{};
  WallTime refresh_at{};
  WallTime mandatory_at{};
  WallTime expires_at{};
  WallTime not_before{};  ///< of the next attempt
  WallTime begun_at{};    ///< of the attempt under way
  WallTime latest{};      ///< that was ever seen

  /// Takes note that it is `now`. True if the clock was set back, so that the
  /// other times have moved. Threads that read the clock in one order and
  /// come here in another are not mistaken for that.
  bool Observe(WallTime now) {
    constexpr std::chrono::seconds kDisorder{2};
    if (now >= latest) latest = now;
    if (now + kDisorder >= latest) return false;
    const Duration back = latest - now;
    for (WallTime* time : {&received_at, &refresh_at, &mandatory_at,
                           &expires_at, &not_before, &begun_at, &latest}) {
      *time -= back;
    }
    return true;
  }

  /// A token came at `arrival` and lives for `lifetime`. `hint`: from when on
  /// its server wants it refreshed.
  void Begin(WallTime arrival, Duration lifetime, double chance,
             std::optional<Duration> hint) {
    received_at = arrival;
    refresh_at = arrival + (hint ? HintedPoint(lifetime, *hint, chance)
                                 : AdvisoryPoint(lifetime, chance));
    mandatory_at = arrival + MandatoryPoint(lifetime);
    expires_at = arrival + lifetime;
  }

  Duration lifetime() const { return expires_at - received_at; }
};

}  // namespace clone_auth

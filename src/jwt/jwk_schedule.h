#pragma once

// The times of a remote key set: pure functions of what an answer said and of
// a number in [0, 1) that stands for chance, and the times themselves.

#include <chrono>
#include <optional>

#include "clone/clock.h"
#include "clone/http.h"

namespace clone_auth {

/// When what is known of a remote key set changes. All are in the past at
/// first.
struct JwkTimes {
  WallTime refresh_at{};     ///< another fetch is wanted
  WallTime stale_at{};       ///< the keys serve no longer
  WallTime not_before{};     ///< no fetch before, after a failure
  WallTime renew_from{};     ///< no fetch before, for an unknown key
  WallTime rediscover_at{};  ///< the issuer's metadata is asked for again
  WallTime lost_at{};        ///< the attempt under way counts as failed
  WallTime seen{};           ///< the latest time that was observed

  /// Takes note that it is `now`. Where the clock was set back, all that is
  /// to come moves with it; threads whose clocks differ by little do not.
  void Observe(WallTime now);
};

/// How long the set in this answer is good.
std::chrono::seconds JwkLifetime(const HttpHeaders& headers, WallTime now,
                                 std::chrono::seconds shortest,
                                 std::chrono::seconds longest);

/// The point of the lifetime at which the next fetch is wanted: 3/4 to 9/10.
WallTime::duration JwkRefreshPoint(std::chrono::seconds lifetime,
                                   double chance);

/// The wait after the `failures`-th failure in a row: doubling from 1 s to
/// 64 s, of which half is sure; but not less than the server asks for.
WallTime::duration JwkBackoff(int failures,
                              std::optional<std::chrono::seconds> asked,
                              double chance);

}  // namespace clone_auth

#pragma once

// When to refresh and how long to wait after a failure, as pure functions of
// a lifetime, a count and a number that stands for chance. The chance is a
// keyed hash of the session and its token, so that a restart draws nothing
// anew and sessions that began together still part.

#include <chrono>
#include <optional>

#include "clone/clock.h"

namespace clone_auth {

using Duration = WallTime::duration;

/// The point from which on a refresh is wanted, counted from the token's
/// arrival: 4/6 to 5/6 of the lifetime. `chance` is in [0, 1).
Duration AdvisoryPoint(Duration lifetime, double chance);

/// The same where the server gave a `hint`: that, with up to a twelfth of the
/// lifetime on top to part sessions that began together, and not later than
/// the mandatory point.
Duration HintedPoint(Duration lifetime, Duration hint, double chance);

/// The point from which on everybody waits for a refresh.
Duration MandatoryPoint(Duration lifetime);

/// The least time between attempts that are only advisory.
Duration AdvisorySpacing(Duration lifetime);

/// The wait after the `failures`-th failure in a row: doubling from one second
/// on, at most 2 min; but not less than the server asks for, at most 5 min.
Duration BackoffWait(int failures, std::optional<std::chrono::seconds> asked,
                     double chance);

}  // namespace clone_auth

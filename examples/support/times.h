#pragma once

// Points in time, as people and as programs read them.

#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"

namespace console {

/// "2026-11-21T23:06:34Z" (RFC 3339).
std::string TimeForPrograms(clone_auth::WallTime time);

/// "2026-11-21 23:06:34 UTC (in 42 min)".
std::string TimeForPeople(clone_auth::WallTime time, clone_auth::WallTime now);

/// "in 42 min", "3 h ago", "now".
std::string Distance(clone_auth::WallTime time, clone_auth::WallTime now);

/// The time that RFC 3339 text stands for, fractions of a second left out;
/// empty for anything else.
std::optional<clone_auth::WallTime> ParseTime(std::string_view text);

}  // namespace console

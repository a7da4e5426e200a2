#pragma once

// Times as the API writes them: RFC 3339 in UTC, with microseconds where there
// are any. Everything that is stored is rounded down to microseconds first, so
// that it reads the same after a restart.

#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"

namespace clone_auth::service {

WallTime RoundedDown(WallTime time);

std::string ToText(WallTime time);

/// Empty where `text` is no time with an offset, or one outside 1970 to 2200.
std::optional<WallTime> ParseTime(std::string_view text);

}  // namespace clone_auth::service

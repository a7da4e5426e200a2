#pragma once

// The two header values of HTTP that tell a time: Date and Retry-After
// (RFC 9110 sections 5.6.7 and 10.2.3). Pure functions.

#include <chrono>
#include <optional>
#include <string_view>

#include "clone/clock.h"

namespace clone_auth {

/// "Sun, 06 Nov 1994 08:49:37 GMT"; the obsolete forms count as no date.
std::optional<WallTime> ParseHttpDate(std::string_view text);

/// How long a Retry-After of seconds or of a date, seen at `now`, asks to
/// wait: 1 s to 5 min, whatever it says. Empty where it is neither.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view text,
                                                    WallTime now);

}  // namespace clone_auth

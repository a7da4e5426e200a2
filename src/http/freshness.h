#pragma once

// How long an answer may be used before it is asked for again (RFC 9111
// section 4.2), for a cache that serves nobody else.

#include <chrono>
#include <optional>

#include "clone/clock.h"
#include "clone/http.h"

namespace clone_auth {

/// What is left of the lifetime that `headers` name, at least 0: by max-age, by
/// Expires where there is none, less the Age. `no-cache` and `no-store` leave
/// nothing. Empty where they name no lifetime.
std::optional<std::chrono::seconds> FreshnessLifetime(
    const HttpHeaders& headers, WallTime now);

}  // namespace clone_auth

#pragma once

// Whether a request may be sent again, and after how long. Pure but for the
// jitter.

#include <chrono>
#include <cstdint>
#include <optional>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/random.h"
#include "clone/rest_client.h"
#include "clone/result.h"

namespace clone_auth {

/// What sending a request a second time could do.
enum class Repeat : std::uint8_t {
  kNever,       ///< lose something, such as a refresh token
  kIfNotTaken,  ///< act twice, unless the first one was surely not acted on
  kAlways,      ///< nothing (RFC 9110 section 9.2.2)
};

/// How repeatable a request is by its method, and by its Idempotency-Key.
Repeat RepeatOf(const HttpRequest& request);

/// How long to wait before attempt number `attempt` + 1, given what became of
/// attempt number `attempt`; empty if there is to be none. Waits double and
/// have jitter. A Retry-After is kept where it is at most `policy.max_wait`; a
/// longer one is the caller's to decide about.
std::optional<std::chrono::nanoseconds> WaitBeforeRepeat(
    const RetryPolicy& policy, Repeat repeat, int attempt,
    const Result<HttpResponse>& outcome, WallTime now, RandomSource& random);

/// True if the request may have been acted on although `outcome` does not
/// tell.
bool MayHaveBeenTaken(const Result<HttpResponse>& outcome);

}  // namespace clone_auth

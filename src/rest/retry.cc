#include "rest/retry.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/chance.h"
#include "base/http_date.h"

namespace clone_auth {
namespace {

using std::chrono::nanoseconds;

// Up to `most`, evenly.
nanoseconds Jitter(nanoseconds most, RandomSource& random) {
  return nanoseconds(static_cast<nanoseconds::rep>(
      static_cast<double>(most.count()) * DrawChance(random)));
}

// Half of the doubled wait is sure, the other half drawn.
nanoseconds Backoff(const RetryPolicy& policy, int attempt,
                    RandomSource& random) {
  nanoseconds wait = policy.first_wait;
  for (int i = 1; i < attempt && wait < policy.max_wait; ++i) wait *= 2;
  wait = std::min<nanoseconds>(wait, policy.max_wait);
  return wait / 2 + Jitter(wait / 2, random);
}

bool IsPassing(int status) {
  constexpr std::array kPassing = {429, 502, 503, 504};
  return std::find(kPassing.begin(), kPassing.end(), status) != kPassing.end();
}

// With these a server says that it did not act, and when to ask again.
bool IsPutOff(const HttpResponse& response) {
  return (response.status == 429 || response.status == 503) &&
         response.headers.Find("Retry-After") != nullptr;
}

bool MayRepeat(Repeat repeat, const Result<HttpResponse>& outcome) {
  if (repeat == Repeat::kNever) return false;
  const bool always = repeat == Repeat::kAlways;
  if (outcome.ok()) {
    return IsPutOff(*outcome) || (always && IsPassing(outcome->status));
  }
  // A timeout is not among them: it used up the time there was.
  const Reason reason = outcome.status().reason();
  return reason == Reason::kUnreachable ||
         (always && reason == Reason::kConnectionLost);
}

}  // namespace

Repeat RepeatOf(const HttpRequest& request) {
  constexpr std::array<std::string_view, 5> kIdempotent = {
      "GET", "HEAD", "OPTIONS", "PUT", "DELETE"};
  const bool idempotent = std::find(kIdempotent.begin(), kIdempotent.end(),
                                    request.method) != kIdempotent.end() ||
                          request.headers.Find("Idempotency-Key") != nullptr;
  return idempotent ? Repeat::kAlways : Repeat::kIfNotTaken;
}

std::optional<nanoseconds> WaitBeforeRepeat(const RetryPolicy& policy,
                                            Repeat repeat, int attempt,
                                            const Result<HttpResponse>& outcome,
                                            WallTime now,
                                            RandomSource& random) {
  if (attempt >= policy.max_attempts || !MayRepeat(repeat, outcome)) {
    return std::nullopt;
  }
  if (outcome.ok()) {
    const std::string* const field = outcome->headers.Find("Retry-After");
    const auto asked =
        field != nullptr ? ParseRetryAfter(*field, now) : std::nullopt;
    if (asked) {
      if (*asked > policy.max_wait) return std::nullopt;
      return *asked + Jitter(*asked / 10, random);
    }
  }
  return Backoff(policy, attempt, random);
}

bool MayHaveBeenTaken(const Result<HttpResponse>& outcome) {
  if (outcome.ok()) return outcome->status == 502 || outcome->status == 504;
  return outcome.status().reason() == Reason::kConnectionLost;
}

}  // namespace clone_auth

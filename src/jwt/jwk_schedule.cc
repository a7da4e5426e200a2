#include "jwt/jwk_schedule.h"

#include <algorithm>

#include "http/freshness.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

constexpr seconds kUnnamedLifetime{600};
constexpr seconds kSetBack{60};
constexpr int kMaxDoublings = 6;

WallTime::duration Part(WallTime::duration whole, double part) {
  return WallTime::duration(
      static_cast<WallTime::rep>(static_cast<double>(whole.count()) * part));
}

}  // namespace

void JwkTimes::Observe(WallTime now) {
  if (now + kSetBack < seen) {
    const WallTime::duration back = seen - now;
    for (WallTime* time : {&refresh_at, &stale_at, &not_before, &renew_from,
                           &rediscover_at, &lost_at}) {
      *time -= back;
    }
    seen = now;
  }
  seen = std::max(seen, now);
}

seconds JwkLifetime(const HttpHeaders& headers, WallTime now, seconds shortest,
                    seconds longest) {
  return std::clamp(FreshnessLifetime(headers, now).value_or(kUnnamedLifetime),
                    shortest, longest);
}

WallTime::duration JwkRefreshPoint(seconds lifetime, double chance) {
  return Part(lifetime, 0.75 + 0.15 * chance);
}

WallTime::duration JwkBackoff(int failures, std::optional<seconds> asked,
                              double chance) {
  const seconds most(1 << std::clamp(failures - 1, 0, kMaxDoublings));
  const WallTime::duration wait = Part(most, 0.5 + 0.5 * chance);
  if (!asked) return wait;
  return std::max(wait, *asked + Part(*asked, chance / 10));
}

}  // namespace clone_auth

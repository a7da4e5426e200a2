#include "service/signing_plan.h"

#include <algorithm>
#include <utility>

#include "service/time_text.h"

namespace clone_auth::service {
namespace {

// A clock that was far behind when it was asked keeps no key for longer.
constexpr std::chrono::hours kLongestAhead{24};

void StartCounting(PlannedKey& key, const Moment& moment) {
  if (!key.leaves_at.has_value()) return;
  const std::chrono::nanoseconds longest = key.token_life + kLongestAhead;
  key.stays_until =
      moment.since_boot +
      std::min<std::chrono::nanoseconds>(*key.leaves_at - moment.now, longest);
}

}  // namespace

Moment MomentOf(const Clock& clock) {
  return {RoundedDown(clock.Now()), clock.SinceBoot()};
}

std::chrono::seconds TokenLife(const ServiceOptions& options) {
  return options.access_lifetime + options.clock_skew;
}

std::size_t SigningAt(const SigningPlan& plan, WallTime now) {
  const auto found = std::find_if(
      plan.begin(), std::prev(plan.end()),
      [&](const PlannedKey& key) { return key.signs_from <= now; });
  return static_cast<std::size_t>(found - plan.begin());
}

void AddSuccessor(SigningPlan& plan, PlannedKey key, const Moment& moment) {
  PlannedKey& last = plan.front();
  // It may be one that has yet to sign.
  last.leaves_at = std::max(last.signs_from, key.signs_from) + last.token_life;
  StartCounting(last, moment);
  plan.insert(plan.begin(), std::move(key));
}

bool Lengthen(SigningPlan& plan, WallTime now,
              std::chrono::seconds token_life) {
  bool changed = false;
  const std::size_t signing = SigningAt(plan, now);
  for (std::size_t i = 0; i <= signing; ++i) {
    PlannedKey& key = plan[i];
    if (key.token_life >= token_life) continue;
    if (key.leaves_at.has_value()) {
      *key.leaves_at += token_life - key.token_life;
    }
    key.token_life = token_life;
    changed = true;
  }
  return changed;
}

void StartCounting(SigningPlan& plan, const Moment& moment) {
  for (PlannedKey& key : plan) StartCounting(key, moment);
}

bool DropDead(SigningPlan& plan, const Moment& moment) {
  const auto dead =
      std::remove_if(plan.begin(), plan.end(), [&](const PlannedKey& key) {
        return key.leaves_at.has_value() && *key.leaves_at <= moment.now &&
               key.stays_until <= moment.since_boot;
      });
  const bool any = dead != plan.end();
  plan.erase(dead, plan.end());
  return any;
}

}  // namespace clone_auth::service

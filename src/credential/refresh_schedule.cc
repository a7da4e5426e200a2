#include "credential/refresh_schedule.h"

#include <algorithm>

namespace clone_auth {
namespace {

using std::chrono::seconds;

constexpr int kDoublings = 6;
// With chance on top, the longest backoff comes to 2 min.
constexpr seconds kLongestBackoff{80};
constexpr seconds kLongestAskedWait{300};

Duration Part(Duration whole, double part) {
  return Duration(
      static_cast<Duration::rep>(static_cast<double>(whole.count()) * part));
}

}  // namespace

Duration AdvisoryPoint(Duration lifetime, double chance) {
  return lifetime / 6 * 4 + Part(lifetime / 6, chance);
}

Duration HintedPoint(Duration lifetime, Duration hint, double chance) {
  const Duration latest = MandatoryPoint(lifetime);
  if (hint >= latest) return latest;
  return std::min(latest,
                  std::max(hint, Duration(0)) + Part(lifetime / 12, chance));
}

Duration MandatoryPoint(Duration lifetime) { return lifetime / 60 * 58; }

Duration AdvisorySpacing(Duration lifetime) {
  return std::clamp<Duration>(lifetime / 12, seconds(1), seconds(60));
}

Duration BackoffWait(int failures, std::optional<seconds> asked,
                     double chance) {
  const int doublings = std::clamp(failures - 1, 0, kDoublings + 1);
  const seconds plain = std::min(seconds(1 << doublings), kLongestBackoff);
  const Duration wait = plain + Part(plain, chance / 2);
  if (!asked) return wait;
  return std::clamp<Duration>(*asked + Part(*asked, chance / 10), wait,
                              std::max<Duration>(wait, kLongestAskedWait));
}

}  // namespace clone_auth

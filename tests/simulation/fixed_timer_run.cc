#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

#include "simulation/storm.h"

namespace clone_auth::simulation {
namespace {

constexpr seconds kTimer = minutes(50);
constexpr seconds kLifetime = hours(1);
constexpr seconds kRetry{5};

}  // namespace

// By the second: which sessions make an attempt then.
StormResult RunFixedTimer(const Storm& storm) {
  const auto length = static_cast<std::size_t>(storm.length.count());
  std::vector<std::vector<std::uint32_t>> due(length + 1);
  std::vector<seconds> expires_at(storm.sessions);
  const auto plan = [&](std::uint32_t session, seconds time) {
    due[static_cast<std::size_t>(std::min(time, storm.length).count())]
        .push_back(session);
  };
  for (std::uint32_t n = 0; n < storm.sessions; ++n) {
    const seconds begin = storm.restart * n / storm.sessions;
    expires_at[n] = begin + kLifetime;
    plan(n, begin + kTimer);
  }
  StormResult result;
  for (std::size_t at = 0; at < length; ++at) {
    const std::vector<std::uint32_t> now_due = std::move(due[at]);
    const seconds now(at);
    std::uint32_t served = storm.IsDown(now) ? storm.capacity : 0;
    for (const std::uint32_t n : now_due) {
      if (served == storm.capacity) {
        plan(n, now + kRetry);
        continue;
      }
      ++served;
      ++result.refreshes;
      if (expires_at[n] <= now) ++result.late;
      expires_at[n] = now + kLifetime;
      plan(n, now + kTimer);
    }
    result.attempts.push_back(static_cast<std::uint32_t>(now_due.size()));
  }
  return result;
}

double MeanRate(const StormResult& result) {
  return std::accumulate(result.attempts.begin(), result.attempts.end(), 0.0) /
         static_cast<double>(result.attempts.size());
}

std::uint32_t Peak(const StormResult& result, seconds begin, seconds end) {
  return *std::max_element(result.attempts.begin() + begin.count(),
                           result.attempts.begin() + end.count());
}

}  // namespace clone_auth::simulation

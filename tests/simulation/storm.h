#pragma once

// What an issuer sees of a host of many sessions, all of them in use, that
// restarts, or whose issuer is down for a while. Tokens live for an hour. The
// model is a fifth of a million sessions, and of all that goes with their
// number: 400 starts a second instead of 2,000.

#include <chrono>
#include <cstdint>
#include <vector>

namespace clone_auth::simulation {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Storm {
  std::uint32_t sessions = 200'000;
  seconds length = hours(12);
  /// All sessions get their first token within this.
  seconds restart = seconds(60);
  /// The issuer does not answer from `outage_at` on.
  seconds outage_at{0};
  seconds outage_length{0};
  /// What the issuer can do in a second; it refuses the rest with 503.
  std::uint32_t capacity = 4'000;
  int starts_per_second = 400;

  bool IsDown(seconds time) const {
    return time >= outage_at && time < outage_at + outage_length;
  }
};

/// Sessions that are evenly spread, six hours later 20 minutes without the
/// issuer, and then an issuer that is in no state to serve all at once.
inline Storm OutageStorm() {
  Storm storm;
  storm.restart = minutes(50);
  storm.capacity = 1'000;
  storm.outage_at = hours(6);
  storm.outage_length = minutes(20);
  return storm;
}

struct StormResult {
  std::vector<std::uint32_t> attempts;  ///< that began in each second
  std::uint64_t refreshes = 0;
  std::uint64_t late = 0;  ///< refreshes of tokens that had expired

  // Of the scheduler's run alone.
  std::uint32_t most_in_any_second = 0;
  int most_in_flight = 0;
  /// The first success after the outage, and how many were due then.
  milliseconds recovered_at{0};
  std::uint32_t backlog = 0;
  /// When the last of these had its turn.
  milliseconds drained_at{0};
  /// Of these, in the order of their turns, those whose tokens still worked:
  /// when they would have expired, in seconds.
  std::vector<std::int64_t> saved;
};

/// A RefreshScheduler and the refresh points of TokenSession. Each session is
/// used every ten minutes.
StormResult RunScheduler(const Storm& storm);

/// What many clients do: a refresh every 50 minutes and, where it fails,
/// another try every 5 seconds.
StormResult RunFixedTimer(const Storm& storm);

/// In the mean of the whole run.
double MeanRate(const StormResult& result);

/// The most in a second from `begin` to `end`.
std::uint32_t Peak(const StormResult& result, seconds begin, seconds end);

}  // namespace clone_auth::simulation

#pragma once

// The order in which sessions of one issuer that are due get their turn, as
// one number to sort by: first those that somebody waits for; then those whose
// token still works, by remaining life and then by last use; last those that
// cannot be saved from expiry any more, the latest used first.

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "credential/scheduler_time.h"

namespace clone_auth {

enum class Urgency : std::uint8_t {
  kDemanded,  ///< somebody waits
  kAhead,     ///< the token still works
  kLate,      ///< it has expired, and nobody has asked since
};

namespace internal {

inline constexpr int kUrgencyShift = 62;
inline constexpr int kUseBits = 28;

// Seconds in 34 bits and minutes in 28 reach beyond kNever.
static_assert(kNever >> kUrgencyShift == 0);

inline std::uint64_t SecondsOf(Ticks time) {
  return static_cast<std::uint64_t>(time / TicksOf(std::chrono::seconds(1)));
}
inline std::uint64_t UseOf(Ticks used_at) {
  constexpr std::uint64_t kMost = (std::uint64_t{1} << kUseBits) - 1;
  return kMost - SecondsOf(used_at) / 60;
}

}  // namespace internal

/// Life is told apart by the second, last use by the minute. Of demanded
/// sessions `used_at` is when they were asked for.
inline std::uint64_t BacklogRank(Urgency urgency, Ticks expires_at,
                                 Ticks used_at) {
  std::uint64_t rank = 0;
  switch (urgency) {
    case Urgency::kDemanded:
      rank = static_cast<std::uint64_t>(used_at);
      break;
    case Urgency::kAhead:
      rank = internal::SecondsOf(expires_at) << internal::kUseBits |
             internal::UseOf(used_at);
      break;
    case Urgency::kLate:
      rank = internal::UseOf(used_at);
      break;
  }
  return static_cast<std::uint64_t>(urgency) << internal::kUrgencyShift | rank;
}

inline Urgency UrgencyOf(std::uint64_t rank) {
  return static_cast<Urgency>(rank >> internal::kUrgencyShift);
}

}  // namespace clone_auth

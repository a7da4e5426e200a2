#pragma once

// Which key signs access tokens when, and how long the ones before it are
// still needed. Plain data: nothing here writes a file or publishes a key.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "clone/clock.h"
#include "clone/jwk.h"
#include "clone/service.h"

namespace clone_auth::service {

struct PlannedKey {
  std::shared_ptr<const JwtSigningKey> key;
  WallTime created_at{};
  WallTime signs_from{};
  /// For how long a token of this key is accepted at most, counted from when
  /// it was signed: the longest lifetime that was in force, and clock skew.
  std::chrono::seconds token_life{};
  /// With a successor: when the last token has died.
  std::optional<WallTime> leaves_at;
  /// Since boot; it does not leave before that either. Not saved.
  std::chrono::nanoseconds stays_until{};
};

/// Newest first; never empty.
using SigningPlan = std::vector<PlannedKey>;

/// One moment by both clocks; the wall clock in microseconds.
struct Moment {
  WallTime now{};
  std::chrono::nanoseconds since_boot{};
};

Moment MomentOf(const Clock& clock);

/// For how long a token is accepted that is signed under these options.
std::chrono::seconds TokenLife(const ServiceOptions& options);

/// The index of the key that signs at `now`. Those before it are published
/// ahead, those behind it are retired. Where `now` lies before all of them, as
/// when the clock was set back, the oldest one signs.
std::size_t SigningAt(const SigningPlan& plan, WallTime now);

/// Puts `key` first. The one before it gets the time at which it leaves.
void AddSuccessor(SigningPlan& plan, PlannedKey key, const Moment& moment);

/// Keeps every key that may still sign for tokens of `token_life`. True if
/// that is longer than it was for any of them.
bool Lengthen(SigningPlan& plan, WallTime now, std::chrono::seconds token_life);

/// Starts to count the time for which each retired key stays, as must be done
/// once for a plan that was read.
void StartCounting(SigningPlan& plan, const Moment& moment);

/// Drops the keys whose last token has died, by both clocks: one that jumps
/// ahead and back again has dropped nothing. True if there were any.
bool DropDead(SigningPlan& plan, const Moment& moment);

}  // namespace clone_auth::service

#pragma once

// The rules of rotating refresh tokens. A family is the tokens of one session,
// each the successor of the one before. Not for sharing between threads.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clone/clock.h"
#include "clone/random.h"
#include "clone/result.h"

namespace clone_auth::testing {

struct RotationRules {
  std::chrono::seconds lifetime;
  std::chrono::seconds grace;
  bool honours_idempotency = true;
};

struct RefreshFamily {
  std::string subject;
  std::string last_access;  ///< the access token that was given last
  WallTime expires_at{};
  bool is_ended = false;

  // For RefreshFamilies alone.
  std::string chance;            ///< makes its tokens hard to guess
  std::uint64_t generation = 1;  ///< of the token that is good
  /// Of the one before, as long as the good one was not used.
  bool predecessor_is_open = false;
  WallTime rotated_at{};
  std::string attempt;  ///< the Idempotency-Key that it was spent with
};

class RefreshFamilies {
 public:
  using Id = std::size_t;

  RefreshFamilies(RotationRules rules, RandomSource& random)
      : rules_(rules), random_(random) {}

  /// Error: random_unavailable.
  Result<Id> Begin(std::string subject, WallTime now);

  struct Presented {
    Id family = 0;
    bool is_repeat = false;  ///< the successor was given before
  };
  /// A refresh token is presented; where it is good, Token() is the one to go
  /// on with. With `keeps` the same token stays good. Errors: refresh_invalid,
  /// refresh_expired, session_ended (ended before) and refresh_reused (this
  /// ended it).
  Result<Presented> Present(std::string_view token, std::string_view attempt,
                            bool keeps, WallTime now);

  /// True for a token of ours that is good no more.
  bool IsSpent(std::string_view token) const;

  /// The refresh token of `family` that is good.
  std::string Token(Id family) const {
    return TextOf(family, families_[family].generation);
  }
  RefreshFamily& at(Id family) { return families_[family]; }

 private:
  struct Named {
    Id family = 0;
    std::uint64_t generation = 0;
  };
  Result<Named> Read(std::string_view token) const;
  std::string TextOf(Id family, std::uint64_t generation) const;
  bool IsStillOpen(const RefreshFamily& family, std::uint64_t generation,
                   std::string_view attempt, WallTime now) const;

  const RotationRules rules_;
  RandomSource& random_;
  std::vector<RefreshFamily> families_;
};

}  // namespace clone_auth::testing

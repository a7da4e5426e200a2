#pragma once

// The world that simulated sessions live in: one machine's clocks, a file
// that its processes share, and a server that rotates refresh tokens. All of
// it is decided by one seed, on any machine.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/token_store.h"

namespace clone_auth::testing {

using std::chrono::minutes;
using std::chrono::seconds;

inline constexpr char kSimulatedUrl[] = "https://api.example";

/// Repeatable chance (splitmix64), the same with every standard library.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}

  std::uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  int Below(int limit) {
    return static_cast<int>(Next() % static_cast<std::uint64_t>(limit));
  }
  bool Hits(int in_thousand) { return Below(1000) < in_thousand; }
  /// Up to `most`, to the millisecond.
  WallTime::duration Within(seconds most) {
    return std::chrono::milliseconds(
        Below(static_cast<int>(most.count()) * 1000));
  }

 private:
  std::uint64_t state_;
};

/// A process ends here.
struct Crash {};

/// True time, and what the machine makes of it.
class MachineClock final : public Clock {
 public:
  WallTime Now() const override { return true_now_ + set_by_; }
  std::chrono::nanoseconds SinceBoot() const override {
    return true_now_ - kStart;
  }
  std::chrono::nanoseconds Awake() const override {
    return SinceBoot() - asleep_;
  }
  void SleepFor(std::chrono::nanoseconds) const override {}

  WallTime True() const { return true_now_; }
  void GoTo(WallTime when) { true_now_ = std::max(true_now_, when); }
  void Sleep(seconds duration) {
    true_now_ += duration;
    asleep_ += duration;
  }
  void Set(WallTime::duration by) {
    set_by_ += by;
    set_at_ = true_now_;
  }
  /// When the clock was last set.
  WallTime set_at() const { return set_at_; }

 private:
  static constexpr WallTime kStart{
      std::chrono::duration_cast<WallTime::duration>(seconds(1'767'225'600))};
  WallTime true_now_ = kStart;
  WallTime set_at_{};
  WallTime::duration set_by_{0};
  std::chrono::nanoseconds asleep_{0};
};

/// A file that is replaced as a whole, with a lock that dies with its holder.
/// Each step may be the last of the process that takes it.
class SimulatedStore final : public TokenStore {
 public:
  explicit SimulatedStore(Dice& dice) : dice_(dice) {}

  Result<std::unique_ptr<Lock>> Acquire(std::chrono::milliseconds) override;
  Result<std::optional<StoredSession>> Load() override;

  void Put(const StoredSession& session);
  const StoredSession& stored() const { return *stored_; }

  bool is_full = false;   ///< nothing can be saved
  bool is_stuck = false;  ///< some other program holds the lock
  int crashes_in_thousand = 0;

 private:
  class Turn;
  void MayCrash() {
    if (dice_.Hits(crashes_in_thousand)) throw Crash();
  }

  Dice& dice_;
  std::optional<StoredSession> stored_;
  bool is_locked_ = false;
};

/// Refresh tokens are for one use. The predecessor stays valid until its
/// successor is first used: for 10 s to anybody, then under the
/// Idempotency-Key of its first use. Any other reuse ends the family.
class RotatingServer {
 public:
  static constexpr seconds kLifetime{3600};

  HttpResponse Handle(const HttpRequest& request, WallTime now);

  SessionTokens FirstTokens(WallTime now);
  bool has_ended() const { return has_ended_; }
  int exchanges() const { return exchanges_; }
  /// Uses of a spent token by somebody who did not know its key.
  int spent_twice() const { return spent_twice_; }

 private:
  std::string Access(WallTime now);

  int current_ = 0;
  int issued_ = 0;
  std::string spent_key_;
  WallTime spent_at_{};
  bool has_ended_ = false;
  int exchanges_ = 0;
  int spent_twice_ = 0;
};

}  // namespace clone_auth::testing

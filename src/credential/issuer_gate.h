#pragma once

// When the next attempt may begin at one issuer: a window of attempts under
// way that adapts to the answers, two rates, and a breaker that leaves an
// issuer in trouble alone. Whole numbers only, so that it does the same on
// every machine.

#include <chrono>
#include <cstdint>
#include <optional>

#include "clone/refresh_scheduler.h"
#include "credential/scheduler_time.h"

namespace clone_auth {

/// The numbers that no option sets, in one place.
struct GateNumbers {
  /// The window of an issuer that nothing is known of yet, or that has just
  /// recovered.
  static constexpr int kFirstWindow = 8;
  /// Failures in a row that open the breaker.
  static constexpr int kFailuresToBreak = 5;
  /// A host that wakes up late by this makes up for it.
  static constexpr Ticks kSlack = TicksOf(std::chrono::milliseconds(20));
  /// Attempts that are not urgent begin at this multiple of the mean rate of
  /// all sessions in use, so that those that began together part,
  static constexpr int kCalmMultiple = 2;
  /// but there is no use in going slower than one in this time.
  static constexpr Ticks kSlowest = TicksOf(std::chrono::milliseconds(50));
  /// An answer takes too long where the mean of the last few exceeds twice the
  /// mean of many by this.
  static constexpr Ticks kLatencyNoise = TicksOf(std::chrono::milliseconds(20));
  /// Of tokens that live for longer, or for ever, no rate is reckoned.
  static constexpr Ticks kLongestCycle = TicksOf(std::chrono::hours(24));
  /// What is left of a token's life is little at 1/12 of the time between
  /// refreshes: 3.75 of 60 min.
  static constexpr int kUrgentPart = 12;
};

/// A mean in which what is older counts for less.
class FadingMean {
 public:
  explicit FadingMean(int weight) : weight_(weight) {}
  void Add(Ticks sample) {
    mean_ = mean_ < 0 ? sample : mean_ + (sample - mean_) / weight_;
  }
  /// 0 where there is none yet.
  Ticks mean() const { return mean_ < 0 ? 0 : mean_; }

 private:
  int weight_;
  Ticks mean_ = -1;
};

class IssuerGate {
 public:
  struct Limits {
    int in_flight = 0;
    int starts_per_second = 0;
  };

  /// `seed` decides the jitter of the breaker's waits.
  IssuerGate(Limits limits, std::uint64_t seed);

  /// From when on an attempt may begin; kNever: not before one ends. `calm`:
  /// nothing is lost if it waits.
  Ticks OpensAt(bool calm) const;

  /// An attempt of session `id` begins.
  void Start(std::uint32_t id, Ticks now, bool calm, std::size_t in_use);

  /// It has ended.
  void Finish(std::uint32_t id, const RefreshAttempt& attempt, Ticks now);

  /// Sessions are refreshed `time` after their last refresh.
  void ObserveCycle(Ticks time);

  /// What is left of a token's life where it is little.
  Ticks LittleLife() const { return cycle_.mean() / GateNumbers::kUrgentPart; }

  int in_flight() const { return in_flight_; }
  int window() const;
  bool is_broken() const { return breaks_ > 0; }
  Ticks retry_at() const { return retry_at_; }

 private:
  void Succeed(Ticks latency, Ticks started_at, Ticks now);
  void Fail(const RefreshAttempt& attempt, bool was_trial, Ticks now);
  void Grow();
  void Shrink(Ticks started_at, Ticks now);
  void Break(Ticks now);

  Ticks interval_;  // between starts, at the full rate
  int most_in_flight_;
  std::uint64_t seed_;

  int in_flight_ = 0;
  int window_parts_;  // in 1/kParts of an attempt
  Ticks shrunk_at_ = 0;
  FadingMean recent_latency_{8};
  FadingMean usual_latency_{256};

  Ticks full_due_ = 0;  // when the next start would be, at even distances
  Ticks calm_due_ = 0;
  FadingMean cycle_{64};

  int failures_ = 0;  // in a row
  int breaks_ = 0;    // since the last success
  Ticks retry_at_ = 0;
  std::optional<std::uint32_t> trial_;
  std::optional<std::chrono::seconds> asked_;  // by a Retry-After
};

}  // namespace clone_auth

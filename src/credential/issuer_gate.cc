#include "credential/issuer_gate.h"

#include <algorithm>
#include <chrono>

#include "credential/refresh_schedule.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

using N = GateNumbers;

constexpr int kParts = 1'024;
constexpr Ticks kSecond = TicksOf(seconds(1));

/// A number in [0, 1) for the `count`-th wait.
double Chance(std::uint64_t seed, int count) {
  std::uint64_t bits = seed + static_cast<std::uint64_t>(count);
  for (const std::uint64_t odd : {0xbf58476d1ce4e5b9, 0x94d049bb133111eb}) {
    bits = (bits ^ (bits >> 30)) * odd;
  }
  return static_cast<double>((bits ^ (bits >> 31)) >> 11) * 0x1p-53;
}

}  // namespace

// What slack lets begin early is part of what may begin within a second.
IssuerGate::IssuerGate(Limits limits, std::uint64_t seed)
    : interval_((kSecond + N::kSlack) / limits.starts_per_second + 1),
      most_in_flight_(limits.in_flight),
      seed_(seed),
      window_parts_(std::min(N::kFirstWindow, most_in_flight_) * kParts) {}

int IssuerGate::window() const {
  return is_broken() ? 1 : window_parts_ / kParts;
}

Ticks IssuerGate::OpensAt(bool calm) const {
  if (is_broken()) return trial_ ? kNever : retry_at_;
  if (in_flight_ >= window()) return kNever;
  const Ticks due = calm ? std::max(full_due_, calm_due_) : full_due_;
  return std::max<Ticks>(0, due - N::kSlack);
}

void IssuerGate::Start(std::uint32_t id, Ticks now, bool calm,
                       std::size_t in_use) {
  ++in_flight_;
  if (is_broken()) trial_ = id;
  full_due_ = std::max(full_due_, now) + interval_;
  if (!calm) return;
  const auto sessions = static_cast<Ticks>(std::max<std::size_t>(in_use, 1));
  const Ticks even = cycle_.mean() / sessions / N::kCalmMultiple;
  calm_due_ = std::max(calm_due_, now) +
              std::clamp(even, interval_, std::max(interval_, N::kSlowest));
}

void IssuerGate::ObserveCycle(Ticks time) {
  cycle_.Add(std::min(time, N::kLongestCycle));
}

void IssuerGate::Finish(std::uint32_t id, const RefreshAttempt& attempt,
                        Ticks now) {
  --in_flight_;
  const bool was_trial = trial_ == id;
  if (was_trial) trial_.reset();
  const Ticks latency = std::clamp<Ticks>(TicksOf(attempt.latency), 0, now);
  switch (attempt.outcome) {
    case RefreshOutcome::kSucceeded:
    case RefreshOutcome::kEnded:  // an answer like any other
      Succeed(latency, now - latency, now);
      return;
    case RefreshOutcome::kTransient:
    case RefreshOutcome::kOverloaded:
      Shrink(now - latency, now);
      Fail(attempt, was_trial, now);
      return;
  }
}

void IssuerGate::Succeed(Ticks latency, Ticks started_at, Ticks now) {
  failures_ = 0;
  breaks_ = 0;
  trial_.reset();
  asked_.reset();
  recent_latency_.Add(latency);
  usual_latency_.Add(latency);
  const bool is_slow =
      recent_latency_.mean() > 2 * usual_latency_.mean() + N::kLatencyNoise;
  is_slow ? Shrink(started_at, now) : Grow();
}

void IssuerGate::Fail(const RefreshAttempt& attempt, bool was_trial,
                      Ticks now) {
  if (attempt.retry_after) {
    asked_ = std::max(asked_.value_or(seconds(0)), *attempt.retry_after);
  }
  // Those that began before it broke tell nothing new.
  if (is_broken()) {
    if (was_trial) Break(now);
  } else if (++failures_ >= N::kFailuresToBreak) {
    Break(now);
  }
}

void IssuerGate::Break(Ticks now) {
  ++breaks_;
  const Duration wait = BackoffWait(breaks_, asked_, Chance(seed_, breaks_));
  retry_at_ = now + TicksOf(wait);
  asked_.reset();
  window_parts_ = std::min(N::kFirstWindow, most_in_flight_) * kParts;
}

// One more for each window of good answers; not for those that a window half
// as large would have let through as well.
void IssuerGate::Grow() {
  if ((in_flight_ + 1) * 2 * kParts < window_parts_) return;
  window_parts_ = std::min(window_parts_ + kParts * kParts / window_parts_,
                           most_in_flight_ * kParts);
}

// Once for all attempts that were under way together.
void IssuerGate::Shrink(Ticks started_at, Ticks now) {
  if (started_at < shrunk_at_) return;
  shrunk_at_ = now;
  window_parts_ = std::max(window_parts_ / 2, kParts);
}

}  // namespace clone_auth

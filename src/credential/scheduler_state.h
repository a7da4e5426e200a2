#pragma once

// The state of a scheduler and its rules, on its own scale of time. A session
// that is used waits in one heap until it is due and then in the backlog of
// its issuer; each issuer with a backlog stands in a heap by when its next
// attempt may begin.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "clone/refresh_scheduler.h"
#include "credential/backlog_order.h"
#include "credential/chunked_array.h"
#include "credential/deadline_heap.h"
#include "credential/issuer_gate.h"
#include "credential/scheduler_time.h"
#include "credential/session_table.h"

namespace clone_auth {

class SchedulerState {
 public:
  /// RefreshTimes on the scheduler's scale.
  struct Times {
    Ticks due = 0;
    Ticks expires_at = 0;
  };
  struct Step {
    std::optional<SessionHandle> start;
    Ticks until = 0;  ///< where nothing starts
  };

  SchedulerState(RefreshSchedulerOptions options, const ShortHash& hash);

  /// Empty where a session with this key is there.
  std::optional<SessionHandle> Add(const SessionKey& key, Times times);
  std::optional<SessionHandle> Find(const SessionKey& key) const;

  // Like those of RefreshScheduler.
  bool Remove(SessionHandle handle);
  bool Touch(SessionHandle handle, Ticks now);
  bool Demand(SessionHandle handle, Ticks now);
  bool Reschedule(SessionHandle handle, Times times);
  bool Finished(SessionHandle handle, const RefreshAttempt& attempt, Times next,
                Ticks now);
  Step Next(Ticks now);

  std::size_t size() const { return size_; }
  int in_flight() const { return in_flight_; }

  struct Issuer {
    Issuer(IssuerGate::Limits limits, std::uint64_t seed)
        : gate(limits, seed) {}

    std::size_t backlog() const { return ahead.size() + hurried.size(); }

    IssuerGate gate;
    DeadlineHeap ahead;       // of the backlog, what has a working token,
    DeadlineHeap hurried;     // and what has none, or is waited for
    std::size_t in_use = 0;   // sessions that are not idle
    std::uint32_t place = 0;  // in the heap of openings
    bool may_open = false;    // is in it
    // The gate was broken, and the backlog of that time is still there.
    bool is_recovering = false;
  };
  /// Null where it is not known.
  const Issuer* FindIssuer(std::string_view name) const;

 private:
  /// Null where the session is no more, for anybody but its attempt.
  SessionRecord* Living(SessionHandle handle);
  std::uint32_t NumberOf(const std::string& issuer);
  Issuer& IssuerOf(std::uint32_t id) {
    return issuers_[sessions_.IssuerOf(id)];
  }
  auto SessionPlaces() {
    return [this](std::uint32_t id) -> std::uint32_t& { return places_[id]; };
  }
  auto IssuerPlaces() {
    return [this](std::uint32_t number) -> std::uint32_t& {
      return issuers_[number].place;
    };
  }

  void Idle(std::uint32_t id, Ticks due);
  void Wait(std::uint32_t id, Ticks due);
  void Queue(std::uint32_t id, Urgency urgency);
  void TakeOut(std::uint32_t id);
  void Ask(std::uint32_t id, Ticks now);
  bool Ripen(Ticks now, int& steps);
  std::uint32_t Choose(const Issuer& issuer, Ticks now) const;
  bool PassOver(std::uint32_t id, Ticks now);
  SessionHandle Begin(std::uint32_t id, Ticks now);
  DeadlineHeap& BacklogOf(std::uint32_t id);
  Ticks UrgentFrom(const Issuer& issuer) const;
  Ticks AheadOpensAt(const Issuer& issuer) const;
  Ticks OpensAt(const Issuer& issuer) const;
  void Settle(std::uint32_t number);
  bool HasRoom() const { return in_flight_ < options_.in_flight; }

  const RefreshSchedulerOptions options_;
  SessionTable sessions_;
  ChunkedArray<std::uint32_t> places_;  // in the heap that the session is in
  DeadlineHeap due_;                    // sessions that wait, by when
  std::deque<Issuer> issuers_;
  std::unordered_map<std::string, std::uint32_t> issuer_numbers_;
  DeadlineHeap openings_;  // issuers with a backlog, by when one may begin
  std::size_t size_ = 0;
  int in_flight_ = 0;
};

}  // namespace clone_auth

#include "credential/scheduler_state.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace clone_auth {
namespace {

// After an attempt, whatever the host says.
constexpr Ticks kSoonestAgain = TicksOf(std::chrono::seconds(1));

// The most sessions that one call of Next() moves from heap to heap.
constexpr int kMostSteps = 256;

// The refresh point lies, in the mean, at 3/4 of a lifetime.
constexpr Ticks kCyclesOfRest = 3;

constexpr std::size_t kBytesOfOneTimer = SessionTable::kBytesOfOne +
                                         DeadlineHeap::kBytesOfOne +
                                         sizeof(std::uint32_t);
static_assert(kBytesOfOneTimer <= 64, "the text of the key aside");

std::uint64_t KeyOf(Ticks time) { return static_cast<std::uint64_t>(time); }

// The same on every machine and in every run, unlike std::hash.
std::uint64_t SeedOf(std::string_view host, std::string_view issuer) {
  std::uint64_t seed = 14695981039346656037U;  // FNV-1a
  for (const std::string_view text :
       {host, std::string_view("\0", 1), issuer}) {
    for (const char c : text) {
      seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211U;
    }
  }
  return seed;
}

}  // namespace

SchedulerState::SchedulerState(RefreshSchedulerOptions options,
                               const ShortHash& hash)
    : options_(std::move(options)), sessions_(hash) {}

std::uint32_t SchedulerState::NumberOf(const std::string& issuer) {
  const auto next = static_cast<std::uint32_t>(issuers_.size());
  const auto [entry, is_new] = issuer_numbers_.emplace(issuer, next);
  if (is_new) {
    issuers_.emplace_back(IssuerGate::Limits{options_.in_flight_per_issuer,
                                             options_.starts_per_second},
                          SeedOf(options_.host_name, issuer));
  }
  return entry->second;
}

const SchedulerState::Issuer* SchedulerState::FindIssuer(
    std::string_view name) const {
  const auto entry = issuer_numbers_.find(std::string(name));
  return entry == issuer_numbers_.end() ? nullptr : &issuers_[entry->second];
}

std::optional<SessionHandle> SchedulerState::Add(const SessionKey& key,
                                                 Times times) {
  const std::uint32_t number = NumberOf(key.issuer);
  const auto inserted = sessions_.Insert(number, key);
  if (!inserted) return std::nullopt;
  const std::uint32_t id = *inserted;
  if (id == places_.size()) places_.PushBack(0);
  sessions_[id].expires_at = times.expires_at;
  Idle(id, times.due);
  if (times.expires_at > times.due) {
    const Ticks rest = std::min(times.expires_at - times.due, kNever / 4);
    issuers_[number].gate.ObserveCycle(rest * kCyclesOfRest);
  }
  ++size_;
  return sessions_.HandleOf(id);
}

std::optional<SessionHandle> SchedulerState::Find(const SessionKey& key) const {
  const auto issuer = issuer_numbers_.find(key.issuer);
  if (issuer == issuer_numbers_.end()) return std::nullopt;
  const auto id = sessions_.Find(issuer->second, key);
  if (!id) return std::nullopt;
  return sessions_.HandleOf(*id);
}

SessionRecord* SchedulerState::Living(SessionHandle handle) {
  SessionRecord* session = sessions_.Of(handle);
  return session == nullptr || session->is_removed ? nullptr : session;
}

bool SchedulerState::Remove(SessionHandle handle) {
  SessionRecord* session = Living(handle);
  if (session == nullptr) return false;
  --size_;
  sessions_.Forget(handle.index);
  if (session->phase == SessionPhase::kInFlight) {
    session->is_removed = true;
    return true;
  }
  if (session->phase != SessionPhase::kIdle) {
    TakeOut(handle.index);
    --IssuerOf(handle.index).in_use;
  }
  sessions_.Free(handle.index);
  return true;
}

// In no heap: what nobody uses never wakes anybody.
void SchedulerState::Idle(std::uint32_t id, Ticks due) {
  sessions_[id].phase = SessionPhase::kIdle;
  sessions_[id].moment = due;
}

void SchedulerState::Wait(std::uint32_t id, Ticks due) {
  sessions_[id].phase = SessionPhase::kWaiting;
  due_.Push(id, KeyOf(due), SessionPlaces());
}

void SchedulerState::Queue(std::uint32_t id, Urgency urgency) {
  SessionRecord& session = sessions_[id];
  session.phase = SessionPhase::kBacklog;
  session.urgency = urgency;
  session.is_backing_off = false;
  session.is_demanded = false;
  BacklogOf(id).Push(id,
                     BacklogRank(urgency, session.expires_at, session.moment),
                     SessionPlaces());
  Settle(sessions_.IssuerOf(id));
}

DeadlineHeap& SchedulerState::BacklogOf(std::uint32_t id) {
  Issuer& issuer = IssuerOf(id);
  return sessions_[id].urgency == Urgency::kAhead ? issuer.ahead
                                                  : issuer.hurried;
}

// Out of whichever heap it is in.
void SchedulerState::TakeOut(std::uint32_t id) {
  SessionRecord& session = sessions_[id];
  if (session.phase == SessionPhase::kWaiting) {
    due_.Remove(id, SessionPlaces());
  } else if (session.phase == SessionPhase::kBacklog) {
    BacklogOf(id).Remove(id, SessionPlaces());
    Settle(sessions_.IssuerOf(id));
  }
}

bool SchedulerState::Touch(SessionHandle handle, Ticks now) {
  SessionRecord* session = Living(handle);
  if (session == nullptr) return false;
  if (session->expires_at <= now) {
    Ask(handle.index, now);
    return true;
  }
  const Ticks moment = std::exchange(session->moment, now);
  if (session->phase == SessionPhase::kInFlight) {
    session->was_used_in_flight = true;
  } else if (session->phase == SessionPhase::kIdle) {
    ++IssuerOf(handle.index).in_use;
    Wait(handle.index, moment);
  }
  return true;
}

bool SchedulerState::Demand(SessionHandle handle, Ticks now) {
  if (Living(handle) == nullptr) return false;
  Ask(handle.index, now);
  return true;
}

void SchedulerState::Ask(std::uint32_t id, Ticks now) {
  SessionRecord& session = sessions_[id];
  const SessionPhase phase = session.phase;
  if (phase == SessionPhase::kBacklog &&
      session.urgency == Urgency::kDemanded) {
    return;  // it keeps its turn
  }
  session.moment = now;
  session.was_used_in_flight = phase == SessionPhase::kInFlight;
  if (phase == SessionPhase::kInFlight || session.is_backing_off) {
    session.is_demanded = true;
  } else {
    if (phase == SessionPhase::kIdle) ++IssuerOf(id).in_use;
    TakeOut(id);
    Queue(id, Urgency::kDemanded);
  }
}

bool SchedulerState::Reschedule(SessionHandle handle, Times times) {
  SessionRecord* session = Living(handle);
  if (session == nullptr) return false;
  if (session->phase == SessionPhase::kInFlight) return true;
  session->expires_at = times.expires_at;
  session->is_backing_off = false;
  session->is_demanded = false;
  if (session->phase == SessionPhase::kIdle) {
    Idle(handle.index, times.due);
  } else if (session->phase == SessionPhase::kWaiting) {
    due_.Move(handle.index, KeyOf(times.due), SessionPlaces());
  } else {
    TakeOut(handle.index);
    Wait(handle.index, times.due);
  }
  return true;
}

bool SchedulerState::Finished(SessionHandle handle,
                              const RefreshAttempt& attempt, Times next,
                              Ticks now) {
  SessionRecord* session = sessions_.Of(handle);
  if (session == nullptr || session->phase != SessionPhase::kInFlight) {
    return false;
  }
  const std::uint32_t id = handle.index;
  const std::uint32_t number = sessions_.IssuerOf(id);
  Issuer& issuer = issuers_[number];
  const bool has_ended = attempt.outcome == RefreshOutcome::kEnded;
  const bool has_succeeded = attempt.outcome == RefreshOutcome::kSucceeded;
  const Ticks due = std::max(next.due, now + kSoonestAgain);
  issuer.gate.Finish(id, attempt, now);
  if (issuer.gate.is_broken()) issuer.is_recovering = true;
  --in_flight_;

  if (has_ended && !session->is_removed) {
    sessions_.Forget(id);
    --size_;
  }
  if (has_ended || session->is_removed) {
    --issuer.in_use;
    sessions_.Free(id);
    Settle(number);
    return true;
  }
  session->expires_at = next.expires_at;
  session->is_backing_off = !has_succeeded;
  if (has_succeeded) session->is_demanded = false;
  if (has_succeeded) issuer.gate.ObserveCycle(due - now);
  if (has_succeeded && !session->was_used_in_flight) {
    --issuer.in_use;
    Idle(id, due);
  } else {
    Wait(id, due);
  }
  Settle(number);
  return true;
}

SchedulerState::Step SchedulerState::Next(Ticks now) {
  int steps = kMostSteps;
  // First all that is due, so that the order is right when the first starts.
  if (!Ripen(now, steps)) return {std::nullopt, now};
  while (HasRoom() && !openings_.empty() && openings_.top_key() <= KeyOf(now)) {
    const std::uint32_t id = Choose(issuers_[openings_.top()], now);
    if (!PassOver(id, now)) return {Begin(id, now), now};
    if (--steps <= 0) return {std::nullopt, now};
  }
  Ticks until = kNever;
  if (!due_.empty()) until = static_cast<Ticks>(due_.top_key());
  if (HasRoom() && !openings_.empty()) {
    until = std::min(until, static_cast<Ticks>(openings_.top_key()));
  }
  return {std::nullopt, until};
}

// What is due joins its issuer's backlog. False where more is due.
bool SchedulerState::Ripen(Ticks now, int& steps) {
  while (!due_.empty() && due_.top_key() <= KeyOf(now)) {
    if (--steps <= 0) return false;
    const std::uint32_t id = due_.top();
    const SessionRecord& session = sessions_[id];
    Urgency urgency = Urgency::kAhead;
    if (session.expires_at <= now) urgency = Urgency::kLate;
    if (session.is_demanded) urgency = Urgency::kDemanded;
    TakeOut(id);
    Queue(id, urgency);
  }
  return true;
}

// Whom somebody waits for; then what can still be saved, where it may begin by
// now; then the rest.
std::uint32_t SchedulerState::Choose(const Issuer& issuer, Ticks now) const {
  if (issuer.hurried.empty()) return issuer.ahead.top();
  const bool is_awaited =
      UrgencyOf(issuer.hurried.top_key()) == Urgency::kDemanded;
  const bool is_aheads_turn = !is_awaited && AheadOpensAt(issuer) <= now;
  return is_aheads_turn ? issuer.ahead.top() : issuer.hurried.top();
}

// The next of those that work has expired by now: those behind it may be
// saved, so they go first.
bool SchedulerState::PassOver(std::uint32_t id, Ticks now) {
  const SessionRecord& session = sessions_[id];
  if (session.urgency != Urgency::kAhead || session.expires_at > now) {
    return false;
  }
  TakeOut(id);
  Queue(id, Urgency::kLate);
  return true;
}

SessionHandle SchedulerState::Begin(std::uint32_t id, Ticks now) {
  SessionRecord& session = sessions_[id];
  Issuer& issuer = IssuerOf(id);
  const bool is_calm =
      session.urgency == Urgency::kAhead && now < UrgentFrom(issuer);
  issuer.gate.Start(id, now, is_calm, issuer.in_use);
  TakeOut(id);
  session.phase = SessionPhase::kInFlight;
  session.was_used_in_flight = false;
  session.is_demanded = session.urgency == Urgency::kDemanded;
  ++in_flight_;
  return sessions_.HandleOf(id);
}

// When the first of those that work may no longer wait at ease.
Ticks SchedulerState::UrgentFrom(const Issuer& issuer) const {
  if (issuer.is_recovering) return 0;
  return sessions_[issuer.ahead.top()].expires_at - issuer.gate.LittleLife();
}

Ticks SchedulerState::AheadOpensAt(const Issuer& issuer) const {
  if (issuer.ahead.empty()) return kNever;
  return std::min(issuer.gate.OpensAt(true),
                  std::max(issuer.gate.OpensAt(false), UrgentFrom(issuer)));
}

Ticks SchedulerState::OpensAt(const Issuer& issuer) const {
  return issuer.hurried.empty() ? AheadOpensAt(issuer)
                                : issuer.gate.OpensAt(false);
}

// Puts the issuer where it belongs after its backlog or gate has changed.
void SchedulerState::Settle(std::uint32_t number) {
  Issuer& issuer = issuers_[number];
  if (issuer.backlog() == 0 && !issuer.gate.is_broken()) {
    issuer.is_recovering = false;
  }
  const Ticks opens_at = OpensAt(issuer);
  const bool may_open = opens_at < kNever;
  const bool was_in = std::exchange(issuer.may_open, may_open);
  if (may_open && was_in) {
    openings_.Move(number, KeyOf(opens_at), IssuerPlaces());
  } else if (may_open) {
    openings_.Push(number, KeyOf(opens_at), IssuerPlaces());
  } else if (was_in) {
    openings_.Remove(number, IssuerPlaces());
  }
}

}  // namespace clone_auth

#include "credential/session_state.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "clone/uuid.h"
#include "credential/refresh_schedule.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// Pollers ask again this soon where another caller's attempt must be awaited.
constexpr seconds kPollAgain{1};

// Where a refresh brings nothing new, the next waits at least this long.
constexpr seconds kNoProgressWait{60};

// The longest that a machine which was asleep waits before it asks.
constexpr seconds kWakeSpread{30};

constexpr std::size_t kKeptEvents = 16;

}  // namespace

SessionState::SessionState(RefreshEndpoint endpoint, std::string_view name,
                           const Secret& refresh, RandomSource& random)
    : endpoint_(std::move(endpoint)),
      chance_key_(name.empty() ? refresh.Reveal() : name),
      random_(random) {
  WatchForks();
}

// A number in [0, 1) that depends on the session, its token and how often it
// failed.
double SessionState::Chance() const {
  const std::string_view token = snapshot_->credential.text().Reveal();
  const std::string count = '#' + std::to_string(failures_);
  Secret text = Secret::OfSize(token.size() + count.size());
  count.copy(
      text.MutableBytes() + token.copy(text.MutableBytes(), token.size()),
      count.size());
  const Sha256Digest digest = chance_key_.Digest(text.Reveal());
  double chance = 0;
  for (std::size_t i = 0; i < 6; ++i) chance = (chance + digest[i]) / 256;
  return chance;
}

Status SessionState::BereftStatus() {
  return Status(Reason::kSessionEnded,
                "a process that was forked off has none of the session's "
                "tokens; sign in again or give the session a store");
}

void SessionState::Observe(WallTime now) {
  if (!times_.Observe(now)) return;
  Note(SessionEvent::Kind::kClockSet, now);
  Publish();
}

void SessionState::Note(SessionEvent::Kind kind, WallTime now) {
  SessionEvent event;
  event.kind = kind;
  event.health = HealthAt(now);
  event.at = now;
  event.until = times_.expires_at;
  event.why = ended_.ok() ? last_error_ : ended_;
  if (events_.size() == kKeptEvents) events_.pop_front();
  events_.push_back(std::move(event));
}

void SessionState::NoteHealth(WallTime now) {
  const SessionHealth health = HealthAt(now);
  if (health == noted_health_) return;
  noted_health_ = health;
  Note(SessionEvent::Kind::kHealth, now);
}

std::optional<SessionEvent> SessionState::TakeEvent() {
  if (events_.empty()) return std::nullopt;
  SessionEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

bool SessionState::IsForeign(const AccessTokenFacts& facts) const {
  return current_.subject && facts.subject &&
         *current_.subject != *facts.subject;
}

void SessionState::Install(SessionTokens tokens, Credential credential,
                           const AccessTokenFacts& facts, WallTime now,
                           std::optional<Duration> hint) {
  const bool is_answer = !tokens.received_at;
  const WallTime arrival =
      tokens.received_at.value_or(in_flight_ ? ArrivalAt(now) : now);
  const bool is_same =
      snapshot_ != nullptr && !IsBereft() &&
      ConstantTimeEquals(tokens.access, snapshot_->credential.text());
  if (!is_same) {
    snapshot_ = std::make_shared<const SessionSnapshot>(SessionSnapshot{
        std::move(credential), snapshot_ ? snapshot_->generation + 1 : 1});
  }
  if (!tokens.refresh.empty()) {
    refresh_ = tokens.refresh.Clone(SecretReach::kThisProcess);
  }
  process_ = ForkGeneration();
  failures_ = 0;
  doubts_ = 0;
  refused_ = false;
  in_flight_ = false;
  idempotency_key_ = std::move(tokens.idempotency_key);
  expires_in_ = tokens.expires_in;
  last_error_ = Status();
  ended_ = Status();
  if (!is_same) Schedule(facts, arrival, hint, now);
  Space(facts, is_same, is_answer, now);
  current_ = facts;
  NoteHealth(now);
  Publish();
}

void SessionState::Schedule(const AccessTokenFacts& facts, WallTime arrival,
                            std::optional<Duration> hint, WallTime now) {
  Duration lifetime = facts.lifetime;
  if (arrival > now) {
    // The clock was set back since then. The token's own word is what is left.
    arrival = now;
    const Duration left = facts.expires_claim.value_or(now) - now;
    lifetime = std::clamp(left, Duration(0), lifetime);
  }
  times_.Begin(arrival, lifetime, Chance(), hint);
}

// No attempt follows at once on tokens that an answer brought, and none soon on
// such as brought nothing new.
void SessionState::Space(const AccessTokenFacts& facts, bool is_same,
                         bool is_answer, WallTime now) {
  const bool is_stalled = facts.expires_claim && current_.expires_claim &&
                          *facts.expires_claim <= *current_.expires_claim;
  times_.not_before = now;
  if (is_same || is_stalled) {
    const Duration wait =
        std::max<Duration>(kNoProgressWait, (times_.expires_at - now) / 2);
    const WallTime soonest = now + AdvisorySpacing(times_.lifetime());
    times_.not_before =
        std::min(now + wait, std::max(times_.expires_at, soonest));
  } else if (is_answer) {
    times_.not_before = now + AdvisorySpacing(times_.lifetime());
  }
}

void SessionState::End(Status why, WallTime now) {
  ended_ = std::move(why);
  in_flight_ = false;
  NoteHealth(now);
  Publish();
}

void SessionState::Fail(RefreshAnswer answer, WallTime now) {
  in_flight_ = false;
  last_error_ = answer.why;
  ++failures_;
  if (answer.verdict == RefreshVerdict::kDoubtful && ++doubts_ > 1) {
    answer.verdict = RefreshVerdict::kFinal;
  }
  if (answer.verdict == RefreshVerdict::kFinal) {
    End(std::move(answer.why), now);
    return;
  }
  const Duration wait = BackoffWait(failures_, answer.retry_after, Chance());
  const Duration spaced = std::max(wait, AdvisorySpacing(times_.lifetime()));
  times_.not_before =
      std::min(now + spaced, std::max(times_.mandatory_at, now + wait));
  NoteHealth(now);
}

SessionState::Step SessionState::Next(WallTime now, bool is_due) {
  Observe(now);
  if (IsBereft()) return TokenSession::Ended{BereftStatus()};
  NoteHealth(now);
  if (ended_.ok() && refresh_.empty() && now >= times_.expires_at) {
    End(Status(Reason::kTokenExpired,
               "the access token has expired and the session has no refresh "
               "token"),
        now);
  }
  if (!ended_.ok()) return TokenSession::Ended{ended_};
  if (refresh_.empty()) return TokenSession::Ready{times_.expires_at};
  if (in_flight_) {
    if (now < times_.mandatory_at)
      return TokenSession::Ready{times_.mandatory_at};
    return TokenSession::WaitUntil{now + kPollAgain};
  }
  const WallTime wanted = refused_ ? now : times_.refresh_at;
  const WallTime due = std::max(wanted, times_.not_before);
  if (!is_due && now < due) return Hold(due, now);
  return BeginAttempt(now);
}

SessionState::Step SessionState::Hold(WallTime due, WallTime now) const {
  if (now >= times_.mandatory_at) return TokenSession::WaitUntil{due};
  return TokenSession::Ready{std::min(due, times_.expires_at)};
}

SessionState::Step SessionState::BeginAttempt(WallTime now) {
  // One key for each refresh token: a server that has answered already, to an
  // answer that was lost, then gives the same successor again.
  if (idempotency_key_.empty()) {
    const auto key = Uuid::Generate(random_);
    if (!key.ok()) {
      RefreshAnswer failure;
      failure.why = key.status();
      Fail(std::move(failure), now);
      return Hold(times_.not_before, now);
    }
    idempotency_key_ = key->ToString();
  }
  // An attempt for which there is no memory has not begun.
  TokenSession::Send send = SendUnder(idempotency_key_);
  send.attempt = ++attempt_;
  in_flight_ = true;
  times_.begun_at = now;
  return send;
}

TokenSession::Send SessionState::SendUnder(std::string key) {
  TokenSession::Send send{endpoint_.RequestFor(refresh_, key), attempt_, key};
  idempotency_key_ = std::move(key);
  return send;
}

void SessionState::Postpone(WallTime until) {
  in_flight_ = false;
  times_.not_before = std::max(times_.not_before, until);
}

void SessionState::Notice(SessionEvent::Kind kind, WallTime now) {
  Note(kind, now);
  if (kind != SessionEvent::Kind::kResumed) return;
  const Duration slack =
      std::clamp<Duration>(times_.mandatory_at - now, Duration(0), kWakeSpread);
  const Duration wait(static_cast<Duration::rep>(
      static_cast<double>(slack.count()) * Chance()));
  times_.not_before = std::max(times_.not_before, now + wait);
}

void SessionState::Compare(WallTime server_time, WallTime now) {
  using std::chrono::milliseconds;
  const Duration round_trip = now - ArrivalAt(now);
  // A Date has whole seconds, rounded down: half of one on average.
  constexpr milliseconds kHalfSecond{500};
  const Duration ahead = server_time + kHalfSecond - (now - round_trip / 2);
  skew_ = ClockSkew{
      std::chrono::duration_cast<milliseconds>(ahead),
      std::chrono::duration_cast<milliseconds>(round_trip / 2) + kHalfSecond};
}

WallTime SessionState::ArrivalAt(WallTime now) const {
  // However long that is ago: the machine may have slept over the answer.
  return std::min(times_.begun_at, now);
}

void SessionState::Refuse(std::uint64_t generation) {
  const bool is_news =
      generation == snapshot_->generation && generation != refused_generation_;
  if (!is_news) return;
  refused_ = true;
  refused_generation_ = generation;
}

SessionHealth SessionState::HealthAt(WallTime now) const {
  if (!ended_.ok() || IsBereft()) return SessionHealth::kEnded;
  if (now >= times_.expires_at) return SessionHealth::kExpired;
  if (failures_ > 0) return SessionHealth::kDegraded;
  const bool is_aging = refused_ || now >= times_.refresh_at;
  return is_aging ? SessionHealth::kAging : SessionHealth::kFresh;
}

}  // namespace clone_auth

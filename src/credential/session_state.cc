#include "credential/session_state.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "clone/json.h"
#include "clone/uuid.h"
#include "credential/refresh_schedule.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// Pollers ask again this soon where another caller's attempt must be awaited.
constexpr seconds kPollAgain{1};

// Where a refresh brings nothing new, the next waits at least this long.
constexpr seconds kNoProgressWait{60};

HttpRequest RefreshRequest(const std::string& url, const Secret& refresh,
                           const std::string& idempotency_key) {
  HttpRequest request;
  request.method = "POST";
  request.target = url;
  request.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/json"},
                     {"Idempotency-Key", idempotency_key}};
  request.body = JsonWriter()
                     .BeginObject()
                     .Name("refresh")
                     .String(refresh.Reveal())
                     .EndObject()
                     .Take();
  return request;
}

}  // namespace

SessionState::SessionState(std::string refresh_url, std::string_view name,
                           const Secret& refresh, RandomSource& random)
    : refresh_url_(std::move(refresh_url)),
      chance_key_(name.empty() ? refresh.Reveal() : name),
      random_(random) {}

// A number in [0, 1) that depends on the session, its token and how often it
// failed.
double SessionState::Chance() const {
  std::string text(snapshot_->credential.text().Reveal());
  text += '#';
  text += std::to_string(failures_);
  const Sha256Digest digest = chance_key_.Digest(text);
  WipeBytes(text.data(), text.size());
  double chance = 0;
  for (std::size_t i = 0; i < 6; ++i) chance = (chance + digest[i]) / 256;
  return chance;
}

void SessionState::Observe(WallTime now) {
  if (times_.Observe(now)) Publish();
}

bool SessionState::IsForeign(const AccessTokenFacts& facts) const {
  return current_.subject && facts.subject &&
         *current_.subject != *facts.subject;
}

void SessionState::Install(SessionTokens tokens, Credential credential,
                           const AccessTokenFacts& facts, WallTime now) {
  const bool is_same =
      snapshot_ != nullptr &&
      ConstantTimeEquals(tokens.access, snapshot_->credential.text());
  if (!is_same) {
    snapshot_ = std::make_shared<const SessionSnapshot>(SessionSnapshot{
        std::move(credential), snapshot_ ? snapshot_->generation + 1 : 1});
  }
  if (!tokens.refresh.empty()) refresh_ = std::move(tokens.refresh);
  failures_ = 0;
  doubts_ = 0;
  refused_ = false;
  in_flight_ = false;
  idempotency_key_.clear();
  last_error_ = Status();
  ended_ = Status();
  Schedule(facts, is_same, tokens.received_at, now);
  current_ = facts;
  Publish();
}

void SessionState::Schedule(const AccessTokenFacts& facts, bool is_same,
                            std::optional<WallTime> received_at, WallTime now) {
  const bool is_stalled = facts.expires_claim && current_.expires_claim &&
                          *facts.expires_claim <= *current_.expires_claim;
  WallTime arrival = received_at.value_or(now);
  Duration lifetime = facts.lifetime;
  if (arrival > now) {
    // The clock was set back since then. The token's own word is what is left.
    arrival = now;
    const Duration left = facts.expires_claim.value_or(now) - now;
    lifetime = std::clamp(left, Duration(0), lifetime);
  }
  if (!is_same) times_.Begin(arrival, lifetime, Chance());
  times_.not_before = now;
  if (is_same || is_stalled) {
    const Duration wait =
        std::max<Duration>(kNoProgressWait, (times_.expires_at - now) / 2);
    const WallTime soonest = now + AdvisorySpacing(times_.lifetime());
    times_.not_before =
        std::min(now + wait, std::max(times_.expires_at, soonest));
  } else if (!received_at) {
    times_.not_before = now + AdvisorySpacing(lifetime);
  }
}

void SessionState::End(Status why) {
  ended_ = std::move(why);
  in_flight_ = false;
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
    End(std::move(answer.why));
    return;
  }
  const Duration wait = BackoffWait(failures_, answer.retry_after, Chance());
  const Duration spaced = std::max(wait, AdvisorySpacing(times_.lifetime()));
  times_.not_before =
      std::min(now + spaced, std::max(times_.mandatory_at, now + wait));
}

SessionState::Step SessionState::Next(WallTime now, bool is_due) {
  Observe(now);
  if (ended_.ok() && refresh_.empty() && now >= times_.expires_at) {
    End(Status(Reason::kTokenExpired,
               "the access token has expired and the session has no refresh "
               "token"));
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
  in_flight_ = true;
  ++attempt_;
  return TokenSession::Send{
      RefreshRequest(refresh_url_, refresh_, idempotency_key_), attempt_};
}

void SessionState::Refuse(std::uint64_t generation) {
  const bool is_news =
      generation == snapshot_->generation && generation != refused_generation_;
  if (!is_news) return;
  refused_ = true;
  refused_generation_ = generation;
}

SessionHealth SessionState::HealthAt(WallTime now) const {
  if (!ended_.ok()) return SessionHealth::kEnded;
  if (now >= times_.expires_at) return SessionHealth::kExpired;
  if (failures_ > 0) return SessionHealth::kDegraded;
  const bool is_aging = refused_ || now >= times_.refresh_at;
  return is_aging ? SessionHealth::kAging : SessionHealth::kFresh;
}

}  // namespace clone_auth

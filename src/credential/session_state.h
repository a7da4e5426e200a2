#pragma once

// The state of one session and its rules, without lock or clock: TokenSession
// guards it with its mutex. Only `published` may be read without that.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "clone/credential.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/token_session.h"
#include "credential/access_token.h"
#include "credential/fork.h"
#include "credential/refresh_answer.h"
#include "credential/refresh_endpoint.h"
#include "credential/session_snapshot.h"
#include "credential/session_times.h"
#include "crypto/hmac_sha256.h"

namespace clone_auth {

class SessionState {
 public:
  using Step = TokenSession::Step;

  SessionState(RefreshEndpoint endpoint, std::string_view name,
               const Secret& refresh, RandomSource& random);

  /// The step that is next. `is_due`: whatever the times say.
  Step Next(WallTime now, bool is_due);

  /// Takes note that it is `now`.
  void Observe(WallTime now);

  bool IsUnderWay(std::uint64_t attempt) const {
    return in_flight_ && attempt_ == attempt;
  }

  bool is_refreshing() const { return in_flight_; }

  /// True if the token of `facts` is known to be another subject's.
  bool IsForeign(const AccessTokenFacts& facts) const;

  /// Goes on with these tokens; an empty refresh token keeps the old one.
  /// `hint`: when the server wants them refreshed, counted from now.
  void Install(SessionTokens tokens, Credential credential,
               const AccessTokenFacts& facts, WallTime now,
               std::optional<Duration> hint = std::nullopt);

  /// The attempt under way came to nothing.
  void Fail(RefreshAnswer answer, WallTime now);
  void End(Status why, WallTime now);

  /// True in a child after fork(): the tokens stayed with the parent.
  bool IsBereft() const { return process_ != ForkGeneration(); }
  static Status BereftStatus();

  /// The server refused the access token of `generation`.
  void Refuse(std::uint64_t generation);

  /// The request of the attempt under way, under `key` from now on.
  TokenSession::Send SendUnder(std::string key);

  /// The attempt under way was not sent; none begins before `until`.
  void Postpone(WallTime until);

  /// The caller's clock went through something.
  void Notice(SessionEvent::Kind kind, WallTime now);

  /// The answer to the attempt under way said that it is `server_time`.
  void Compare(WallTime server_time, WallTime now);

  /// When the token of an answer that came at `now` began to live, at the
  /// latest: when it was asked for.
  WallTime ArrivalAt(WallTime now) const;

  SessionHealth HealthAt(WallTime now) const;

  const SessionTimes& times() const { return times_; }
  const std::shared_ptr<const SessionSnapshot>& snapshot() const {
    return snapshot_;
  }
  const Secret& refresh() const { return refresh_; }
  const Status& ended() const { return ended_; }
  const Status& last_error() const { return last_error_; }
  const std::string& idempotency_key() const { return idempotency_key_; }
  std::optional<std::chrono::seconds> expires_in() const { return expires_in_; }
  const std::optional<ClockSkew>& skew() const { return skew_; }
  std::optional<SessionEvent> TakeEvent();

  /// Goes up with everything that a thread's slot depends on.
  const std::atomic<std::uint64_t>& published() const { return published_; }

 private:
  double Chance() const;
  void Schedule(const AccessTokenFacts& facts, WallTime arrival,
                std::optional<Duration> hint, WallTime now);
  void Space(const AccessTokenFacts& facts, bool is_same, bool is_answer,
             WallTime now);
  Step BeginAttempt(WallTime now);
  Step Hold(WallTime due, WallTime now) const;
  void Note(SessionEvent::Kind kind, WallTime now);
  void NoteHealth(WallTime now);
  void Publish() { published_.fetch_add(1, std::memory_order_release); }

  const RefreshEndpoint endpoint_;
  const HmacSha256 chance_key_;
  RandomSource& random_;
  std::atomic<std::uint64_t> published_{0};

  std::uint64_t process_ = 0;  // where the tokens were installed
  std::shared_ptr<const SessionSnapshot> snapshot_;
  AccessTokenFacts current_;
  Secret refresh_;
  SessionTimes times_;
  std::uint64_t attempt_ = 0;
  bool in_flight_ = false;
  std::string idempotency_key_;
  std::optional<std::chrono::seconds> expires_in_;
  int failures_ = 0;
  int doubts_ = 0;
  bool refused_ = false;
  std::uint64_t refused_generation_ = 0;
  Status last_error_;
  Status ended_;
  std::optional<ClockSkew> skew_;
  SessionHealth noted_health_ = SessionHealth::kFresh;
  std::deque<SessionEvent> events_;
};

}  // namespace clone_auth

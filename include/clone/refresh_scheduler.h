#pragma once

// Decides when each of many sessions is refreshed: which next, how many at
// once, and when an issuer in trouble is left alone. It holds no token and
// has no thread, socket or clock inside: ask Next() and do what it says. One
// caller at a time; a host with several threads brings a mutex, or keeps it on
// its loop. Where the time that is passed in steps back, what is due stays as
// far away as it was. No call does more than a bounded amount of work, however
// many sessions there are.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "clone/clock.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/session_key.h"

namespace clone_auth {

/// A session of one scheduler. Indices are dense and used again, so that a
/// host may keep what is its own in an array; a handle is never valid again.
struct SessionHandle {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;  ///< 0: no session

  friend bool operator==(SessionHandle a, SessionHandle b) {
    return a.index == b.index && a.generation == b.generation;
  }
  friend bool operator!=(SessionHandle a, SessionHandle b) { return !(a == b); }
};

struct RefreshSchedulerOptions {
  /// The most attempts under way at one issuer, 1 to 256. How many there are
  /// at a time adapts to how the issuer answers.
  int in_flight_per_issuer = 64;
  /// The same of all issuers together, 1 to 256.
  int in_flight = 256;
  /// The most attempts that begin at one issuer within any second, 1 to
  /// 100,000.
  int starts_per_second = 2'000;
  /// Tells hosts apart for the jitter of waits, so that they do not all come
  /// back to an issuer at once.
  std::string host_name;
};

/// When a refresh is wanted and when the access token ends, such as the `until`
/// of TokenSession::Ready and TokenSession::expires_at().
struct RefreshTimes {
  WallTime due{};
  WallTime expires_at{};
};

enum class RefreshOutcome : std::uint8_t {
  kSucceeded,   ///< new tokens
  kTransient,   ///< no answer, or one that may be another next time
  kOverloaded,  ///< 429 or 503
  kEnded,       ///< refused for good: sign in again
};

struct RefreshAttempt {
  RefreshOutcome outcome = RefreshOutcome::kTransient;
  std::chrono::nanoseconds latency{};
  /// What a Retry-After asked for; heeded up to 5 min.
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

/// How an issuer fares, for metrics.
struct IssuerReport {
  int in_flight = 0;
  int window = 0;           ///< how many may be under way now
  std::size_t backlog = 0;  ///< sessions that are due and wait for their turn
  /// Too many failures in a row: nothing but one trial at a time starts, the
  /// next not before `retry_at`.
  bool is_broken = false;
  WallTime retry_at{};
};

class RefreshScheduler {
 public:
  /// Refresh this session now, then call Finished().
  struct Start {
    SessionHandle session;
  };
  /// Nothing may start before `until`: ask again then, and after each other
  /// call. WallTime::max(): nothing will come of time alone; the time that was
  /// passed in: there is more to do, ask again at once.
  struct WaitUntil {
    WallTime until{};
  };
  using Step = std::variant<Start, WaitUntil>;

  /// Errors: invalid_argument, random_unavailable.
  static Result<std::unique_ptr<RefreshScheduler>> Create(
      RefreshSchedulerOptions options, RandomSource& random = SystemRandom());

  ~RefreshScheduler();

  /// A session that nobody has used yet; call Touch() or Demand() if somebody
  /// does. Errors: already_exists; invalid_argument: issuer or subject is
  /// empty, a part of the key has more than 2,048 bytes.
  Result<SessionHandle> Add(const SessionKey& key, RefreshTimes times,
                            WallTime now);

  /// The session with exactly this key.
  std::optional<SessionHandle> Find(const SessionKey& key) const;

  // The following return false where the session is no more, and do nothing.

  /// Takes the session out. An attempt under way counts until Finished().
  bool Remove(SessionHandle session);

  /// Somebody uses the session. Only what was used since its last refresh is
  /// refreshed ahead of its expiry; where the token has expired, this is
  /// Demand(). A few nanoseconds, but for the first use after a refresh.
  bool Touch(SessionHandle session, WallTime now);

  /// Somebody waits for a new token: goes before all that only is due, but
  /// not before the end of a wait after a failure.
  bool Demand(SessionHandle session, WallTime now);

  /// Other times, such as those of tokens that another process has stored.
  /// Ignored during an attempt, which brings its own.
  bool Reschedule(SessionHandle session, RefreshTimes times, WallTime now);

  /// The attempt that Next() started has ended; `next` says when to refresh
  /// again, or to try again: not sooner than in a second. After kEnded the
  /// session is no more. False also where no attempt was under way.
  bool Finished(SessionHandle session, const RefreshAttempt& attempt,
                RefreshTimes next, WallTime now);

  /// What to do now.
  Step Next(WallTime now);

  std::size_t size() const;  ///< sessions
  int in_flight() const;     ///< attempts under way

  /// Empty where no session of this issuer was ever added.
  std::optional<IssuerReport> Report(std::string_view issuer) const;

 private:
  struct Impl;
  explicit RefreshScheduler(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

#pragma once

// A signed-in session as a state machine: it knows when to refresh, makes the
// request, reads the answer and decides what a failure means, without a
// thread, a socket or a clock inside. Drive it with Poll() and Complete(); a
// DurableSession (durable_session.h) ties it to a store and a clock, and a
// SessionCredentialSource (credential_source.h) does all with blocking calls.
// All members may be called from several threads at once. Where the time that
// is passed in steps back, what is due stays as far away as it was.
//
// A child after fork() has none of the tokens, so that two processes do not
// spend one refresh token: there a session has ended, until Adopt() brings it
// some. No other thread may be inside a call at the moment of the fork.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "clone/api_key_scheme.h"
#include "clone/clock.h"
#include "clone/credential.h"
#include "clone/http.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/token_request.h"

namespace clone_auth {

/// What a sign-in or a refresh yields.
struct SessionTokens {
  Secret access;
  Secret refresh;  ///< empty where the session cannot be refreshed
  /// When they came, by this machine's clock; empty: just now.
  std::optional<WallTime> received_at = std::nullopt;
  /// How long the access token lives, by the word of the answer that it came
  /// in; what the token itself tells comes first.
  std::optional<std::chrono::seconds> expires_in = std::nullopt;
  /// The Idempotency-Key under which `refresh` has been presented, or was
  /// about to be when a process died; empty where it has not been.
  std::string idempotency_key = {};
};

enum class SessionHealth : std::uint8_t {
  kFresh,     ///< nothing to do yet
  kAging,     ///< past the advisory refresh point
  kDegraded,  ///< the last refresh failed, the access token still works
  kExpired,   ///< no working access token; a refresh may still bring one
  kEnded,     ///< refused for good: sign in again
};

/// What a session has to tell, in the order in which it came.
struct SessionEvent {
  enum class Kind : std::uint8_t {
    kHealth,    ///< `health` is another than before
    kClockSet,  ///< the clock was set
    kResumed,   ///< the machine was asleep
  };
  Kind kind = Kind::kHealth;
  SessionHealth health = SessionHealth::kFresh;
  WallTime at{};     ///< when it was noticed
  WallTime until{};  ///< when the access token expires
  Status why;        ///< of kDegraded, kExpired and kEnded
};

/// How far the server's clock is ahead of the time that is passed in.
struct ClockSkew {
  std::chrono::milliseconds ahead{0};
  std::chrono::milliseconds uncertainty{0};  ///< either way
};

struct TokenSessionOptions {
  /// Base URL of the API; the access token goes to its origin only.
  std::string base_url;
  /// Path of the refresh endpoint under it.
  std::string refresh_path = "/api/auth/token/refresh/";
  /// Where this is set, tokens are refreshed at it in the manner of RFC 6749
  /// section 6, and `refresh_path` means nothing.
  std::string token_endpoint;
  /// Whose tokens they are, kept with the session: what a store holds of
  /// another issuer is left alone. Empty: not known.
  std::string issuer;
  /// `client_id` and, where set, `resource` (RFC 8707) of such a request.
  std::string client_id;
  std::string resource;
  /// How it shows who asks. The secret is null for a public client; copies of
  /// these options share it.
  ClientAuthentication client_authentication = ClientAuthentication::kNone;
  std::shared_ptr<const Secret> client_secret;
  /// Lifetime assumed of an access token of which neither itself nor
  /// `expires_in` tells.
  std::chrono::seconds assumed_lifetime{3600};
  /// Tells sessions apart for the jitter; the refresh token's digest where
  /// empty.
  std::string session_name;
  ApiKeyScheme scheme;
};

class TokenSession {
 public:
  /// Nothing to do: ask again at `until` or later.
  struct Ready {
    WallTime until{};
  };
  /// Send this, then call Complete().
  struct Send {
    HttpRequest request;
    std::uint64_t attempt = 0;
    /// That of the request: to be made durable before it is sent.
    std::string idempotency_key = {};
  };
  /// A refresh is needed, but another caller is at it or the last one failed
  /// too short a time ago: ask again at `until` or later.
  struct WaitUntil {
    WallTime until{};
  };
  /// For good.
  struct Ended {
    Status why;
  };
  using Step = std::variant<Ready, Send, WaitUntil, Ended>;

  /// Errors: credential_malformed, url_malformed, insecure_url.
  static Result<std::unique_ptr<TokenSession>> Create(
      TokenSessionOptions options, SessionTokens tokens, WallTime now,
      RandomSource& random = SystemRandom());

  ~TokenSession();

  /// What to do now. `Send` is returned to one caller for each attempt; until
  /// its Complete(), the others get Ready, or WaitUntil from 58/60 of the
  /// token's lifetime on. The refresh point lies between 4/6 and 5/6 of it,
  /// the same for one session and cycle whenever it is asked; between attempts
  /// that are only advisory lie at least min(60 s, lifetime/12); after
  /// failures the waits grow, up to 2 min or what Retry-After asks for.
  Step Poll(WallTime now);

  /// Like Poll, but neither the refresh point nor a wait is minded: Send,
  /// unless an attempt is under way, or there is nothing to refresh with.
  Step Start(WallTime now);

  /// The same request under another Idempotency-Key: the one that is stored for
  /// this refresh token, by a process that died over it. Empty where `attempt`
  /// is not under way.
  std::optional<Send> SendUnder(std::uint64_t attempt, std::string key);

  /// Gives `attempt` back unsent; the next begins at `until` or later.
  void Postpone(std::uint64_t attempt, WallTime until, WallTime now);

  /// Gives up whatever attempt is under way, without a word on it: it was
  /// another process's.
  void Forget();

  /// Tells what the caller's clock went through: kClockSet, where the time
  /// that is passed in does not show it, or kResumed. What became due while the
  /// machine was asleep waits a little, at most 30 s and as long as the token
  /// works, so that machines that wake together do not ask together.
  void Notice(SessionEvent::Kind kind, WallTime now);

  /// Is given new tokens before anybody can use them.
  using Keep = std::function<void(const SessionTokens&)>;

  /// Reports what became of `attempt`: an answer, or why there was none. An
  /// attempt that is not under way is ignored. `keep` may store the tokens; it
  /// must not call the session.
  void Complete(std::uint64_t attempt, const Result<HttpResponse>& outcome,
                WallTime now, const Keep& keep = nullptr);

  /// Goes on with tokens that came by another way, such as from another
  /// process; an attempt under way is forgotten. Error: credential_malformed,
  /// token_claim (of another subject), with nothing changed.
  Status Adopt(SessionTokens tokens, WallTime now);

  /// The header for a request to `url` while the access token is valid, in
  /// under 50 ns. The views are valid until this thread asks any session
  /// again, even if the session is refreshed or destroyed meanwhile: a thread
  /// keeps the last credential of up to 8 sessions until it asks others or
  /// ends. Errors: token_expired, session_ended, foreign_origin,
  /// url_malformed.
  Result<CredentialHeader> HeaderFor(std::string_view method,
                                     std::string_view url, WallTime now) const;

  /// Tells that a server refused the access token of `generation` although it
  /// looked valid. Makes one refresh due, unless a newer one is here already;
  /// not sooner after the last refresh than advisory attempts may follow each
  /// other.
  void Invalidate(std::uint64_t generation, WallTime now);

  const std::string& base_url() const;
  const TokenSessionOptions& options() const;
  SessionHealth health(WallTime now) const;
  /// True from Send on until what became of it was reported.
  bool is_refreshing() const;
  std::uint64_t generation() const;
  WallTime expires_at() const;
  /// Why the last refresh failed; ok if it did not.
  Status last_error() const;
  /// A copy of the current tokens, to be stored.
  SessionTokens tokens() const;
  /// True in a child after fork(), where there are none.
  bool IsBereft() const;
  /// By the last answer that had a Date; empty where none had.
  std::optional<ClockSkew> clock_skew() const;
  /// The oldest event that was not taken yet. The last 16 are kept.
  std::optional<SessionEvent> TakeEvent();

 private:
  struct Impl;
  explicit TokenSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

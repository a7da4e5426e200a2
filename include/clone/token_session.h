#pragma once

// A signed-in session as a state machine: it knows when to refresh, makes the
// request, reads the answer and decides what a failure means, without a
// thread, a socket or a clock inside. Drive it with Poll() and Complete(), or
// let a SessionCredentialSource (credential_source.h) do it with blocking
// calls. All members may be called from several threads at once. Where the time
// that is passed in steps back, what is due stays as far away as it was.

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

namespace clone_auth {

/// What a sign-in or a refresh yields.
struct SessionTokens {
  Secret access;
  Secret refresh;  ///< empty where the session cannot be refreshed
  /// When they came, by this machine's clock; empty: just now.
  std::optional<WallTime> received_at = std::nullopt;
};

enum class SessionHealth : std::uint8_t {
  kFresh,     ///< nothing to do yet
  kAging,     ///< past the advisory refresh point
  kDegraded,  ///< the last refresh failed, the access token still works
  kExpired,   ///< no working access token; a refresh may still bring one
  kEnded,     ///< refused for good: sign in again
};

struct TokenSessionOptions {
  /// Base URL of the API; the tokens go to its origin only.
  std::string base_url;
  /// Path of the refresh endpoint under it.
  std::string refresh_path = "/api/auth/token/refresh/";
  /// Lifetime assumed of an access token that does not tell its own.
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
  SessionHealth health(WallTime now) const;
  std::uint64_t generation() const;
  WallTime expires_at() const;
  /// Why the last refresh failed; ok if it did not.
  Status last_error() const;
  /// A copy of the current tokens, to be stored.
  SessionTokens tokens() const;

 private:
  struct Impl;
  explicit TokenSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

#pragma once

// A signed-in session as a state machine: it knows when to refresh, makes the
// request, reads the answer and decides what a failure means, without a
// thread, a socket or a clock inside. Drive it with Poll() and Complete(), or
// let a SessionCredentialSource (credential_source.h) do it with blocking
// calls. All members may be called from several threads at once.

#include <chrono>
#include <cstdint>
#include <memory>
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
  struct Ready {};                 ///< fresh: ask again at `until` or later
  struct Send {                    ///< send this, then call Complete()
    HttpRequest request;
    std::uint64_t attempt = 0;
  };
  struct WaitUntil {               ///< nothing to send before this time
    WallTime until{};
  };
  struct Ended {                   ///< for good
    Status why;
  };
  using Step = std::variant<Ready, Send, WaitUntil, Ended>;

  /// Errors: credential_malformed, url_malformed, insecure_url.
  static Result<std::unique_ptr<TokenSession>> Create(
      TokenSessionOptions options, SessionTokens tokens, WallTime now,
      RandomSource& random = SystemRandom());

  ~TokenSession();

  /// What to do now. `Send` is returned to one caller for each attempt; until
  /// its Complete(), the others get Ready or WaitUntil. The refresh point lies
  /// between 4/6 and 5/6 of the token's lifetime, the same for one session and
  /// cycle whenever it is asked; between attempts that are only advisory lie
  /// at least min(60 s, lifetime/12); after failures the waits grow.
  Step Poll(WallTime now);

  /// Reports what became of `attempt`: an answer, or why there was none.
  void Complete(std::uint64_t attempt, const Result<HttpResponse>& outcome,
                WallTime now);

  /// The header for a request to `url` while the access token is valid, in
  /// under 50 ns. The views are valid until this thread asks any session
  /// again. Errors: token_expired, session_ended, foreign_origin,
  /// url_malformed.
  Result<CredentialHeader> HeaderFor(std::string_view method,
                                     std::string_view url, WallTime now) const;

  /// Tells that a server refused the access token of `generation` although it
  /// looked valid. Makes one refresh due, unless a newer one is here already.
  void Invalidate(std::uint64_t generation, WallTime now);

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

#pragma once

// A TokenSession tied to its store and a clock: what survives crashes, races
// with other processes and setting the clock. Still a state machine, for
// programs with an event loop of their own: it opens no socket, starts no
// thread and waits for nobody, but reads and writes the store, which takes a
// few milliseconds for each exchange. SessionCredentialSource
// (credential_source.h) drives it with blocking calls. All members may be
// called from several threads at once.
//
// Before a refresh token is presented, the store is locked, newer tokens of
// another process are taken over, and the Idempotency-Key goes to the store;
// its successor is stored before it is used, and only then the lock is let go.
//
// A child after fork() goes on from the store like any other process, which it
// reads at its first call: it has none of its parent's tokens, does not know of
// its request, and does not keep its lock. A session without a store has ended
// there. No other thread may be inside a call at the moment of the fork.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "clone/clock.h"
#include "clone/credential.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/status.h"
#include "clone/token_session.h"
#include "clone/token_store.h"

namespace clone_auth {

struct DurableSessionOptions {
  /// Null: the system's.
  const Clock* clock = nullptr;
  /// How long Poll may wait for another process's exchange, in real time. An
  /// event loop leaves it at zero: then Poll answers WaitUntil and asks again.
  std::chrono::milliseconds lock_wait{0};
};

class DurableSession {
 public:
  using Step = TokenSession::Step;

  /// `store` may be null: then the session lives in memory alone. Save the
  /// session in it first; what somebody else stores in its place is left
  /// alone, and a store that cannot be used is done without.
  static std::unique_ptr<DurableSession> Create(
      std::unique_ptr<TokenSession> session, std::shared_ptr<TokenStore> store,
      DurableSessionOptions options = {});

  ~DurableSession();

  /// What to do now, as TokenSession::Poll; times are those of Now(). After
  /// Send, the store stays locked until Complete.
  Step Poll();

  /// Like Poll, but neither the refresh point nor a wait is minded.
  Step Start();

  /// Reports what became of `attempt`. An exchange that was given up counts
  /// as one without an answer.
  void Complete(std::uint64_t attempt, const Result<HttpResponse>& outcome);

  /// True from Send on until Complete, in the process that was given the Send.
  bool is_refreshing() const;

  /// Time of day as it would be, had nobody set the clock since Create.
  WallTime Now() const;

  /// As TokenSession::HeaderFor.
  Result<CredentialHeader> HeaderFor(std::string_view method,
                                     std::string_view url) const;

  /// As TokenSession::Invalidate and health.
  void Invalidate(std::uint64_t generation);
  SessionHealth health() const;

  /// Why the store is not what it should be; ok where it is.
  Status store_error() const;

  /// For all that needs neither store nor clock. Who keeps the reference asks
  /// anew after a fork.
  TokenSession& session();
  const TokenSession& session() const;

 private:
  struct Impl;
  explicit DurableSession(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

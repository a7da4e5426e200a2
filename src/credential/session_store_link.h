#pragma once

// What ties a running session to its stored copy: takes over what another
// process has refreshed, and saves what this one has, but never touches a
// session that somebody else has stored since. One caller at a time.

#include <memory>
#include <optional>
#include <utility>

#include "clone/clock.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/status.h"
#include "clone/token_session.h"
#include "clone/token_store.h"

namespace clone_auth {

class SessionStoreLink {
 public:
  /// `store` may be null: then nothing is ever adopted or saved.
  SessionStoreLink(TokenSession* session, std::shared_ptr<TokenStore> store,
                   const Clock& clock)
      : session_(session), store_(std::move(store)), clock_(clock) {}

  /// Locks the store for an exchange. Empty where there is none or it cannot
  /// be locked at all: then the session lives in memory alone. Error: timeout,
  /// where another process is at it.
  Result<std::unique_ptr<TokenStore::Lock>> Acquire();

  /// True if the store held newer tokens, with which the session goes on.
  bool AdoptNewer(WallTime now);

  /// Stores new tokens, if the store is still this session's.
  void Keep(const SessionTokens& tokens);

  /// Why the last tokens were not stored; ok if they were.
  const Status& error() const { return error_; }

 private:
  // Whose session the store holds.
  enum class Holds { kOurs, kForeign };

  TokenSession* const session_;
  const std::shared_ptr<TokenStore> store_;
  const Clock& clock_;
  Holds holds_ = Holds::kOurs;
  std::optional<Secret> known_;  // the refresh token last seen in the store
  Status error_;
};

}  // namespace clone_auth

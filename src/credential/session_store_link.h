#pragma once

// What ties a running session to its stored copy: takes over what another
// process has refreshed, and saves what this one has, but never touches a
// session that somebody else has stored since. One caller at a time.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
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
                   const Clock& clock);

  /// Locks the store for an exchange, unless it is locked already or cannot be
  /// at all: then the session lives in memory alone. Error: timeout, where
  /// another process is at it.
  Status Lock(std::chrono::milliseconds patience);
  void Unlock() { lock_.reset(); }

  /// True if the store held newer tokens, with which the session goes on.
  bool AdoptNewer(WallTime now);

  /// In a child after fork(): takes the session as the store has it now.
  void Restore(WallTime now);

  /// The key under which a process that died presented, or was about to, the
  /// session's refresh token, as AdoptNewer found it; empty if none did.
  const std::string& recorded_key() const { return recorded_key_; }

  /// Stores `tokens`, if the store is locked and still this session's; `now`
  /// is the time by which they came.
  Status Keep(const SessionTokens& tokens, WallTime now);

  /// Stores what Keep could not, if the store is as it was then.
  void KeepAgain(WallTime now);
  bool owes() const { return owes_; }

  /// Why the store is not what it should be; ok where it is.
  const Status& error() const { return error_; }

 private:
  // Whose session the store holds.
  enum class Holds { kOurs, kForeign };

  // For the same API and from the same issuer.
  bool IsOfOurKind(const StoredSession& stored) const;
  bool Adopt(StoredSession stored, WallTime now);

  TokenSession* const session_;
  const std::shared_ptr<TokenStore> store_;
  const Clock& clock_;
  const std::string origin_;
  std::unique_ptr<TokenStore::Lock> lock_;
  Holds holds_ = Holds::kOurs;
  std::optional<Secret> known_;  // the refresh token last seen in the store
  std::string recorded_key_;
  bool owes_ = false;
  Status error_;
};

}  // namespace clone_auth

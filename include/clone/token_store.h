#pragma once

// Where a session's tokens are kept between runs: `credentials.json`, mode
// 0600, replaced atomically. May be shared between threads; processes take
// turns through a lock file that is never deleted. Implement it to keep
// sessions elsewhere.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "clone/result.h"
#include "clone/token_session.h"

namespace clone_auth {

struct StoredSession {
  std::string base_url;  ///< where they are sent
  SessionTokens tokens;
  /// Who granted them and how they are refreshed, as TokenSessionOptions has
  /// it; empty where that is the server at `base_url`. A client's secret is
  /// not kept.
  std::string issuer = {};
  std::string token_endpoint = {};
  std::string client_id = {};
  std::string resource = {};
};

/// What is kept of a session with these options.
StoredSession MakeStoredSession(const TokenSessionOptions& options,
                                SessionTokens tokens);

/// The options that go on with it, without what is not kept.
TokenSessionOptions SessionOptionsOf(const StoredSession& session);

class TokenStore {
 public:
  virtual ~TokenStore() = default;

  /// Held from before a refresh token is presented until its successor is
  /// stored, so that two processes never present one. What was taken in one
  /// thread may be used and let go in another. Let go when destroyed, and by
  /// the kernel if the process dies.
  class Lock {
   public:
    virtual ~Lock() = default;

    /// On return the session is on the disk. Errors: file_insecure,
    /// store_unavailable; the old session is then still there.
    virtual Status Save(const StoredSession& session) = 0;

    /// Removes what is stored. Ok where nothing is. Errors: as Save.
    virtual Status Clear() = 0;
  };

  /// Waits at most `patience`, in real time; not at all where that is zero.
  /// Errors: timeout, file_insecure, store_unavailable.
  virtual Result<std::unique_ptr<Lock>> Acquire(
      std::chrono::milliseconds patience) = 0;

  /// What is stored, whoever holds the lock; empty where nothing is. Errors:
  /// file_insecure (others may read or write it, or it is no regular file),
  /// config_malformed, store_unavailable.
  virtual Result<std::optional<StoredSession>> Load() = 0;

  /// Lock::Save and Lock::Clear under a lock for the occasion, for which they
  /// wait 10 s. Further error: timeout.
  Status Save(const StoredSession& session);
  Status Clear();
};

/// The file at `path`; its folder is made (0700) when first needed. A file or
/// folder that others could write to, or read, is refused and not repaired. A
/// file that is no session is set aside, under a name that ends in
/// `.damaged`, when the next one is saved.
std::unique_ptr<TokenStore> MakeFileTokenStore(std::string path);

}  // namespace clone_auth

#pragma once

// Where a session's tokens are kept between runs: `credentials.json`, mode
// 0600, replaced atomically. May be shared between threads; processes take
// turns through a lock file that is never deleted.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "clone/result.h"
#include "clone/token_session.h"

namespace clone_auth {

struct StoredSession {
  std::string base_url;  ///< whose tokens they are
  SessionTokens tokens;
};

class TokenStore {
 public:
  virtual ~TokenStore() = default;

  /// Held while tokens are exchanged, so that two processes never present one
  /// refresh token. Released when destroyed, by the kernel if the process
  /// dies.
  class Lock {
   public:
    virtual ~Lock() = default;
  };

  /// Waits at most `patience`. Errors: timeout, file_insecure,
  /// store_unavailable.
  virtual Result<std::unique_ptr<Lock>> Acquire(
      std::chrono::milliseconds patience) = 0;

  /// Empty where nothing is stored. Errors: file_insecure (others may read or
  /// write it, or it is no regular file), config_malformed,
  /// store_unavailable.
  virtual Result<std::optional<StoredSession>> Load() = 0;

  /// On return the session is on the disk. Takes the lock for the occasion,
  /// unless the calling thread holds it. Errors: timeout, file_insecure,
  /// store_unavailable; the old session is then still there.
  virtual Status Save(const StoredSession& session) = 0;

  /// Removes what is stored; takes the lock like Save. Ok where nothing is.
  /// Errors: timeout, file_insecure, store_unavailable.
  virtual Status Clear() = 0;
};

/// The file at `path`; its folder is made (0700) when first needed. A file or
/// folder that others could write to, or read, is refused and not repaired.
std::unique_ptr<TokenStore> MakeFileTokenStore(std::string path);

}  // namespace clone_auth

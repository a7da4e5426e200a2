#pragma once

// The identity service: every endpoint of /api/auth/, the exchange of keys
// for tokens and the published key set, as a function from request to response
// over a store. Any C++ server can mount it. May be shared between threads;
// borrowed parts must outlive it.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clone/api_key_scheme.h"
#include "clone/clock.h"
#include "clone/foreign_credentials.h"
#include "clone/http.h"
#include "clone/jwk.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/service_operations.h"

namespace clone_auth {

/// Attempts allowed in a window; 0 switches the limit off. What is counted are
/// failures and anonymous writes, never successes of the signed-in.
struct RateLimits {
  // Wrong ones, in 10 minutes. The same numbers hold for imported keys that
  // were hashed like passwords.
  int passwords_per_account = 10;
  int passwords_per_address = 100;
  int anonymous_per_address = 60;    ///< signups, waitlist, invites, in 1 hour
  int refreshes_per_address = 100;   ///< bad ones, in 10 minutes
  int leaked_keys_per_address = 60;  ///< reports of one, in 1 hour
};

struct PasswordPolicy {
  std::size_t min_bytes = 12;  ///< at least 8
  std::size_t max_bytes = 1024;
  /// Argon2id (RFC 9106). The defaults are what production uses; tests lower
  /// them.
  std::size_t argon2_memory_bytes = 64 * 1024 * 1024;
  int argon2_passes = 3;
};

struct ServiceOptions {
  /// `iss` of the tokens; an absolute URL. Required.
  std::string issuer;
  /// `aud` of the tokens; empty: the issuer.
  std::string audience;
  /// Another one than before takes over as a rotated key does.
  JwtAlgorithm algorithm = JwtAlgorithm::kEs256;
  /// Where there are signing keys already, go on with their algorithm: for
  /// whoever opens a database that is served with options of its own.
  bool keep_algorithm = false;
  std::chrono::seconds access_lifetime{3600};  ///< at most ten years
  /// Absolute: counted from the sign-in, whatever is refreshed in between. At
  /// most ten years.
  std::chrono::seconds refresh_lifetime{30 * 24 * 3600};
  /// Of a token that an API key was exchanged for: 1 second to 15 minutes,
  /// and never longer than `access_lifetime`.
  std::chrono::seconds exchanged_lifetime{15 * 60};
  std::chrono::seconds clock_skew{60};
  bool invite_only = false;
  /// Origins whose pages may call; none by default.
  std::vector<std::string> cors_origins;
  /// Addresses or networks (CIDR) whose X-Forwarded-For is believed.
  std::vector<std::string> trusted_proxies;
  ApiKeyScheme scheme;
  /// How often it is written down when keys were used last, for all of them at
  /// once, besides at the end; as much of it is lost in a crash. 10 ms to 1
  /// hour.
  std::chrono::milliseconds last_used_interval{5000};
  /// A key whose life ends within this time says so (`expires_soon`).
  std::chrono::seconds key_expires_soon{7 * 24 * 3600};
  /// Where keys of other systems are taken, once some were imported.
  ForeignKeyShapes imported_keys{{"Api-Key", "Token"}, true, {}};
  PasswordPolicy passwords;
  RateLimits limits;
  const Clock* clock = nullptr;    ///< null: the system's
  RandomSource* random = nullptr;  ///< null: the system's
};

struct RestoreOptions {
  /// Where the revocation log is lost or another's, nobody knows what was
  /// revoked since the backup: then every API key is revoked and every
  /// password is made unusable, until the operator sets a new one. Without
  /// this such a restore is refused. A log that fits is always used.
  bool without_revocation_log = false;
  const Clock* clock = nullptr;    ///< null: the system's
  RandomSource* random = nullptr;  ///< null: the system's
};

struct RestoredBackup {
  /// Where the database that was there is now, its key file beside it as
  /// `<set_aside>.keys`; empty where there was none.
  std::string set_aside;
  /// Revocations, new passwords and the like that came after the backup.
  std::size_t replayed = 0;
  /// There was no log to replay.
  bool all_revoked = false;
};

class IdentityService {
 public:
  /// Opens or makes the SQLite file at `path` and `<path>.keys` (0600) beside
  /// it, which holds the signing keys and the peppers, and `<path>.revoked`
  /// (0600), the log that restores go by. A database is served by
  /// one process at a time, since each answers from memory what it has read.
  /// Errors: invalid_argument, scheme_invalid, store_unavailable (also while
  /// another process serves it), schema_unknown (made by a newer version),
  /// file_insecure, config_malformed (the key file is broken, or missing
  /// although there are accounts; the log is broken or another's),
  /// random_unavailable.
  static Result<std::unique_ptr<IdentityService>> OpenSqlite(
      const std::string& path, ServiceOptions options);

  /// Makes the database at `path`, with its key file, what it was when `backup`
  /// was made (ServiceOperations::Backup), less all that was revoked since:
  /// `<path>.revoked`, the log of revocations that a service keeps beside its
  /// database, is replayed. Every session ends, and no token made before is
  /// good any more. What was there is set aside as
  /// `<path>.before-restore-<time>`. No service may be running on it. After a
  /// crash it can be done again. Errors: backup_unusable (damaged, of another
  /// service, without its keys, or without a log that fits), schema_unknown,
  /// store_unavailable (also while a service has the database),
  /// file_insecure, config_malformed, random_unavailable.
  static Result<RestoredBackup> RestoreSqlite(
      const std::string& path, const std::string& backup,
      const RestoreOptions& options = {});

  /// Waits for what is in flight.
  ~IdentityService();

  /// Answers `request`; blocks for as long as it takes.
  HttpResponse Handle(const HttpRequest& request);

  /// Answers through `done`, exactly once. What needs neither a password nor a
  /// write is answered before this returns, in the calling thread; the rest on
  /// bounded threads of the service, so that a storm of sign-ins delays
  /// nothing else.
  void HandleAsync(HttpRequest request, std::function<void(HttpResponse)> done);

  /// Ok while the store can answer. Error: store_unavailable.
  Status Ready();

  /// For whoever operates the service; valid as long as it is.
  ServiceOperations& operations();

 private:
  class Impl;
  explicit IdentityService(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

#pragma once

// What whoever operates an IdentityService may ask of it, beside what its
// users may. Everything here is the operator's alone: the caller decides who
// that is. May be shared between threads; valid as long as its service.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/api_key_store.h"
#include "clone/clock.h"
#include "clone/jwk.h"
#include "clone/reason.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/service_import.h"
#include "clone/uuid.h"

namespace clone_auth {

struct AccountSummary {
  Uuid id;
  std::string email;
  std::string organization;  ///< its name
  std::string role;          ///< "owner", "admin", "member" or "viewer"
  bool enabled = true;
  WallTime created_at{};
  std::size_t keys = 0;  ///< those of every state
};

struct ApiKeySummary {
  Uuid id;
  std::string display_prefix;
  std::string label;
  std::string owner_email;
  ApiKeyScope scope = ApiKeyScope::kUser;
  std::vector<std::string> permissions;
  WallTime created_at{};
  std::optional<WallTime> last_used_at;
  std::optional<WallTime> expires_at;
  std::optional<WallTime> revoked_at;
};

/// One row of the audit trail.
struct AuditRecord {
  std::int64_t sequence = 0;  ///< from 1 on, without a gap
  WallTime when{};
  std::string action;   ///< such as "key_revoked"
  Uuid key;             ///< nil where it is about none
  Uuid account;         ///< the key's owner, or the account itself; may be nil
  std::string actor;    ///< a user's id, "operator" or "anyone with the key"
  std::string address;  ///< the client's; empty for the operator
  std::string detail;
};

/// Which rows of the audit trail are asked for.
struct AuditFilter {
  std::optional<Uuid> key;
  std::string email;        ///< of the account; empty: of all
  std::size_t limit = 100;  ///< the newest so many
};

/// An audit trail that is as it was written.
struct AuditTrailState {
  std::int64_t rows = 0;
  /// Names the last row; kept elsewhere, it shows later whether the trail was
  /// cut.
  std::string head;
};

/// Why a request was answered 401, more precisely than its sender was told.
struct RefusalExplanation {
  WallTime when{};
  Reason reason = Reason::kNone;  ///< the one that the sender was told
  std::string detail;             ///< a sentence for the operator
  /// Whom and what it is about, where that is known; empty otherwise.
  std::string account_email;
  std::optional<Uuid> key;
  std::string key_prefix;
};

/// How far ahead of its first signature a signing key is published unless
/// there is a reason: twice as long as whoever fetched the key set may go by
/// it, so that every verifier knows the key by then.
inline constexpr std::chrono::minutes kSigningKeyPublishAhead{10};

/// One key that signs access tokens, or did, or will.
struct SigningKeySummary {
  enum class State : std::uint8_t {
    kPublished,  ///< in the key set, not signing yet
    kSigning,
    kRetired,  ///< no longer signing; its last token may still live
  };
  std::string key_id;
  JwtAlgorithm algorithm = JwtAlgorithm::kEs256;
  State state = State::kSigning;
  WallTime created_at{};
  WallTime signs_from{};
  /// With a successor: when its last token has died and it leaves the key
  /// set.
  std::optional<WallTime> leaves_at;
};

struct ServiceStatistics {
  std::size_t accounts = 0;
  std::size_t open_sessions = 0;
  std::size_t keys = 0;  ///< those of every state
  /// Keys that an older version stored in its way and nobody has shown since.
  std::size_t older_keys = 0;
  /// Keys that were left out when the service opened, because their rows are
  /// not what was sealed: somebody has edited them.
  std::size_t altered_keys = 0;
  /// Keys and accounts that the revocation log had revoked, ended or disabled,
  /// and their rows had not, when the service opened: somebody put them back as
  /// they were, or a crash came between the two. They are as the log says.
  std::size_t rows_put_right = 0;
  /// Requests that wait for a thread of the service, now.
  std::size_t passwords_waiting = 0;
  std::size_t writes_waiting = 0;
  std::size_t signing_keys = 0;        ///< those that tokens are verified with
  std::size_t imported_keys_left = 0;  ///< imported, and not used here yet
  std::size_t imported_keys_waiting = 0;  ///< for their first hash
};

/// What needs one pepper of the key file.
struct PepperSummary {
  std::uint32_t id = 0;
  bool seals = false;    ///< the newest: what is written is sealed with it
  std::size_t rows = 0;  ///< of keys, sealed with it
  /// Keys that an older version hashed with it and nobody has shown since. For
  /// their sake it stays when it no longer seals.
  std::size_t older_keys = 0;
};

/// How far the rows of keys are sealed with the newest pepper.
struct PepperRotation {
  bool running = false;
  std::size_t done = 0;
  std::size_t total = 0;  ///< 0 where an earlier process began it
};

class ServiceOperations {
 public:
  virtual ~ServiceOperations() = default;

  /// A new invite code, good for `uses` signups. Errors: invalid_argument,
  /// store_unavailable, random_unavailable.
  virtual Result<std::string> CreateInvite(int uses) = 0;

  /// Every account, by email.
  virtual Result<std::vector<AccountSummary>> ListAccounts() = 0;
  /// Ends every session of the account; its API keys live on. Errors:
  /// not_found, validation_failed, store_unavailable.
  virtual Status SetPassword(std::string_view email,
                             const Secret& password) = 0;
  /// Disabling ends every access of the account at once, API keys included.
  /// Errors: not_found, store_unavailable.
  virtual Status SetAccountEnabled(std::string_view email, bool enabled) = 0;

  /// The keys of this account, or of all where `email` is empty; newest
  /// first. Error: not_found.
  virtual Result<std::vector<ApiKeySummary>> ListKeys(
      std::string_view email) = 0;
  /// Errors: not_found, also for a key that was revoked before;
  /// store_unavailable.
  virtual Status RevokeKey(const Uuid& id) = 0;

  /// What `id`, the X-Refusal-Id of an answer, stands for. Error: not_found,
  /// for what this service did not make.
  virtual Result<RefusalExplanation> ExplainRefusal(std::string_view id) = 0;

  /// Makes a key that signs from `publish_ahead` from now on, and is in the
  /// published key set at once; the present one signs until then and stays in
  /// the set until its last token has died. It is on the disk before this
  /// returns; after a failure nothing has changed. Errors: invalid_argument
  /// (less than zero, more than a day), rotation_pending (one is published
  /// and not signing yet, or 32 are in the set), store_unavailable,
  /// random_unavailable.
  virtual Result<SigningKeySummary> RotateSigningKey(
      std::chrono::seconds publish_ahead) = 0;
  /// Newest first.
  virtual Result<std::vector<SigningKeySummary>> ListSigningKeys() = 0;

  /// Makes a pepper that seals the rows of API keys from now on, and starts to
  /// seal the others with it; requests go on, and no key changes. When the last
  /// row is done, the old pepper leaves the key file, and a database of before
  /// is worth nothing with it. What is cut short, the next service that opens
  /// the database goes on with. Errors: rotation_pending, store_unavailable,
  /// random_unavailable.
  virtual Status RotatePepper() = 0;
  virtual PepperRotation PepperProgress() = 0;
  /// The newest first. Error: store_unavailable.
  virtual Result<std::vector<PepperSummary>> ListPeppers() = 0;
  /// Revokes the keys that an older version hashed with this pepper, and takes
  /// it out of the key file. Returns how many keys that were. Errors:
  /// not_found, rotation_pending (rows are sealed with it), store_unavailable.
  virtual Result<std::size_t> DropPepper(std::uint32_t id) = 0;

  /// Newest first. Errors: not_found (the account), store_unavailable.
  virtual Result<std::vector<AuditRecord>> ListAudit(
      const AuditFilter& filter) = 0;
  /// Checks every row of the audit trail, and that `kept_head`, one that this
  /// told before, is in it; empty: none was kept. Requests go on meanwhile.
  /// Errors: audit_broken, naming the first row that is not what was written;
  /// invalid_argument (no head by its form), store_unavailable.
  virtual Result<AuditTrailState> VerifyAudit(std::string_view kept_head) = 0;

  /// Writes a consistent copy of the database to `file`, and of the key file
  /// to `<file>.keys`, both 0600, while requests go on. What was answered
  /// before the call is in it. Errors: already_exists (either file),
  /// store_unavailable.
  virtual Status Backup(const std::string& file) = 0;

  /// Adds what the other system has and this one has not, while requests go
  /// on; one import at a time. After a failure, or a crash, what was added is
  /// whole, and the rest is added by doing it again. Errors: import_unusable,
  /// invalid_argument, key_weak (the signing key), store_unavailable,
  /// random_unavailable.
  virtual Result<ImportReport> ImportDjango(const DjangoImport& wanted) = 0;
  /// Errors: as above.
  virtual Result<ImportReport> ImportKeys(const KeyImport& wanted) = 0;
  /// Error: store_unavailable.
  virtual Result<ImportStatus> ImportProgress() = 0;

  virtual ServiceStatistics Statistics() = 0;
};

}  // namespace clone_auth

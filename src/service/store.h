#pragma once

// What the service keeps for good, as coarse operations: each is one
// transaction, so that any transactional database fits behind it. A failure
// to answer is store_unavailable and never reads as "not there". May be shared
// between threads.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/api_key_store.h"
#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"
#include "service/audit.h"
#include "service/revocation_log.h"

namespace clone_auth::service {

/// SHA-256 of a token or code that is itself never kept.
using TokenHash = std::array<std::uint8_t, 32>;

struct Account {
  Uuid id;
  std::string email;  ///< lower case
  std::int64_t generation = 1;
  bool enabled = true;
  WallTime created_at{};
  Uuid organization;
  std::string organization_name;
  std::string role;  ///< "owner", "admin", "member" or "viewer"
};

struct NewAccount {
  Account account;
  std::string password_hash;
  /// Of the invite that pays for it; it loses one use.
  std::optional<TokenHash> invite;
};

/// What a sign-in needs to know.
struct StoredPassword {
  Uuid user;
  std::string hash;
  std::int64_t generation = 1;
  bool enabled = true;
};

/// A sign-in on one device: the family of its refresh tokens.
struct Session {
  Uuid id;
  Uuid user;
  WallTime created_at{};
  WallTime expires_at{};
};

struct NewSession {
  Session session;
  /// The generation that the password was checked under.
  std::int64_t account_generation = 1;
  TokenHash refresh{};  ///< of the first refresh token
};

struct StoredApiKey {
  ApiKeyRecord record;
  /// Of an older version: the record's digest is an HMAC-SHA-256 of the key
  /// under the pepper with this id.
  std::optional<std::uint32_t> hashed_with;
  std::string label;
  std::string display_prefix;
  WallTime created_at{};
  std::optional<WallTime> last_used_at;
  /// Nothing until it was used for the first time.
  std::optional<WallTime> first_used_at;
  /// The key that this one takes over from; nil where there is none.
  Uuid rolled_from;
  /// For how long that key lives on once this one was used.
  std::chrono::seconds overlap{0};
};

/// One use of a key that the audit trail tells of.
struct KeyUse {
  Uuid key;
  WallTime when{};
  Actor actor;
};

/// One presentation of a refresh token.
struct Rotation {
  Uuid session;
  TokenHash presented{};
  TokenHash successor{};
  /// Of the attempt's Idempotency-Key.
  std::optional<TokenHash> attempt;
  WallTime now{};
  /// The predecessor is good for anybody if it was rotated at this time or
  /// later.
  WallTime grace_start{};
};

enum class SessionState : std::uint8_t {
  kOpen,     ///< was open, and the operation was done
  kReused,   ///< was open; an old token was presented, which ended it
  kEnded,    ///< had ended before
  kExpired,  ///< had outlived its time
  kUnknown,
};

struct Rotated {
  SessionState state = SessionState::kUnknown;
  // With kOpen:
  Session session;
  std::int64_t successor_generation = 0;
};

/// The account's generation after a change that ended its sessions.
struct AccountChange {
  std::int64_t generation = 1;
  std::vector<Uuid> ended_sessions;
};

/// How many rows of keys need one pepper.
struct PepperUse {
  std::uint32_t pepper_id = 0;
  std::size_t sealed = 0;  ///< with it
  /// Keys of an older version whose digest was made with it, if they are not
  /// revoked.
  std::size_t hashed = 0;
};

/// Some rows that were looked at, and sealed anew if need be.
struct ResealedRows {
  std::int64_t last = 0;  ///< the place of the last one
  std::size_t read = 0;   ///< 0: there are no more
};

/// What a backup says of itself.
struct BackupRecord {
  /// Every revocation before it is in the backup.
  LogPosition position;
  WallTime made_at{};
};

class Store {
 public:
  virtual ~Store() = default;

  /// Ok while the store can answer.
  virtual Status Ping() = 0;
  virtual Result<bool> HasAccounts() = 0;

  /// What keys are sealed and opened with, from now on; there must be one
  /// before anything is done to keys. Unless `rows_are_sealed`, rows that are
  /// not are trusted this once and sealed.
  virtual Status UseSealer(std::shared_ptr<const ApiKeySealer> sealer,
                           bool rows_are_sealed) = 0;
  /// What makes the hashes of the audit trail; before any change.
  virtual void UseAuditChain(AuditChain chain) = 0;

  // Everything that requests need, read once when the service opens.
  virtual Status ForEachAccount(
      const std::function<void(const Account&)>& visit) = 0;
  virtual Status ForEachOpenSession(
      WallTime now, const std::function<void(const Session&)>& visit) = 0;
  /// In the order in which the keys were made. Returns how many were left out
  /// because their rows are not what was sealed: somebody has edited them.
  virtual Result<std::size_t> ForEachApiKey(
      const std::function<void(const StoredApiKey&)>& visit) = 0;

  /// Makes the account and an organization of its own. Errors:
  /// already_exists (the email), invite_invalid.
  virtual Status CreateAccount(const NewAccount& account) = 0;
  virtual Result<std::optional<StoredPassword>> FindPassword(
      std::string_view email) = 0;
  /// Replaces the hash of one and the same password; ends nothing.
  virtual Status Rehash(const Uuid& user, std::string_view old_hash,
                        std::string_view new_hash) = 0;
  /// Ends every session. Error: not_found.
  virtual Result<AccountChange> SetPassword(const Uuid& user,
                                            std::string_view hash, WallTime now,
                                            const Actor& actor) = 0;
  /// Ends every session where it disables. Error: not_found.
  virtual Result<AccountChange> SetEnabled(const Uuid& user, bool enabled,
                                           WallTime now,
                                           const Actor& actor) = 0;

  /// Error: not_found, where the account is disabled or its generation
  /// another by now.
  virtual Status CreateSession(const NewSession& session) = 0;
  /// The refresh-token rule, decided by one statement.
  virtual Result<Rotated> Rotate(const Rotation& rotation) = 0;
  virtual Result<SessionState> EndSession(const Uuid& session,
                                          WallTime now) = 0;
  /// Forgets the sessions that expired before `time`.
  virtual Result<std::vector<Uuid>> ForgetSessions(WallTime time) = 0;

  // These belong into the audit trail, which has a row for each of them from
  // the same transaction.

  /// A key with `rolled_from` begins a roll of that key. Error: already_exists
  /// (the id or the digest; a successor of that key that is not revoked).
  virtual Status InsertApiKey(const StoredApiKey& key, const Actor& actor) = 0;
  /// `detail` says why. Error: not_found, also for a key that was revoked
  /// before.
  virtual Status RevokeApiKey(const Uuid& id, WallTime when, const Actor& actor,
                              std::string_view detail) = 0;
  /// Of keys that were not used before; passes over others. The key that one
  /// takes over from ends its overlap later, and never later than it would.
  virtual Status SaveFirstUses(const std::vector<KeyUse>& uses) = 0;
  /// Uses of keys after their revocation; at most one row a key and hour.
  virtual Status SaveRefusedUses(const std::vector<KeyUse>& uses) = 0;
  /// Something that happened outside the store.
  virtual Status AppendAudit(const AuditEvent& event) = 0;
  virtual Result<AuditPageOf> ListAudit(const AuditQuery& query) = 0;
  /// Checks the whole trail, which goes on meanwhile, and that `kept` is in
  /// it. Returns its head. Error: audit_broken.
  virtual Result<AuditHead> VerifyAudit(const AuditHead& kept) = 0;

  /// The plain digests of keys that an older version had hashed.
  virtual Status SaveDigests(
      const std::vector<std::pair<Uuid, ApiKeyDigest>>& digests) = 0;
  virtual Status SaveLastUsed(
      const std::vector<std::pair<Uuid, WallTime>>& uses) = 0;

  virtual Result<std::size_t> CountApiKeys() = 0;
  /// In the order of the peppers' ids.
  virtual Result<std::vector<PepperUse>> CountPeppers() = 0;
  /// Of the next `limit` rows of keys behind the place `after`, which is 0 for
  /// the first, seals those anew that another pepper than the current one has
  /// sealed.
  virtual Result<ResealedRows> ResealApiKeys(std::int64_t after,
                                             std::size_t limit) = 0;
  /// Takes what rows were before off the disk. Error: store_unavailable, also
  /// while somebody reads what was.
  virtual Status ForgetOldRows() = 0;

  virtual Status CreateInvite(const TokenHash& code, int uses,
                              WallTime now) = 0;
  virtual Result<bool> InviteIsValid(const TokenHash& code) = 0;
  /// Ok too where the address is on the list already.
  virtual Status JoinWaitlist(std::string_view email, WallTime now) = 0;

  /// The revocation log that goes with the store; nil until there was one.
  virtual Result<Uuid> RevocationLogId() = 0;
  virtual Status SetRevocationLogId(const Uuid& log) = 0;

  /// Writes a copy with this record to a new file, readable by its owner
  /// alone, while others read and write. What was committed before the call
  /// is in it. A copy that fails may leave a part of the file.
  virtual Status CopyTo(const std::string& file,
                        const BackupRecord& record) = 0;
};

}  // namespace clone_auth::service

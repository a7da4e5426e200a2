#pragma once

// What the service keeps for good, as coarse operations: each is one
// transaction, so that any transactional database fits behind it. A failure
// to answer is store_unavailable and never reads as "not there". May be shared
// between threads.

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
#include "service/import_records.h"
#include "service/store_records.h"

namespace clone_auth::service {

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
      const std::function<void(StoredApiKey&)>& visit) = 0;

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
  /// What the revocation log says of keys (kKeyRevoked, kKeyEnds) and their
  /// rows do not. Passes over keys that are not there.
  virtual Status TakeAwayAgain(const std::vector<Revocation>& taken,
                               WallTime now) = 0;
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

  // What came from another system.
  virtual Status ForEachImportedAccount(
      const std::function<void(const std::string& source, const Uuid& user)>&
          visit) = 0;
  virtual Status ForEachForeignKey(
      const std::function<void(const ForeignKey&)>& visit) = 0;
  /// Each of the four forms of which there is a key.
  virtual Result<std::vector<ImportedKeyCount>> CountImportedKeys() = 0;
  virtual Result<bool> HasImportedKey(std::string_view source) = 0;
  /// All or none. Error: already_exists (an email, a source).
  virtual Status ImportAccounts(
      const std::vector<ImportedAccount>& accounts) = 0;
  /// All or none, and one row of the audit trail. Error: already_exists (a
  /// digest, a source).
  virtual Status ImportApiKeys(const std::vector<ImportedKey>& keys,
                               WallTime when) = 0;
  /// The key was used: its record has this digest from now on, and its foreign
  /// row is gone. Error: not_found, where there is none.
  virtual Status AdoptApiKey(const Uuid& id, const ApiKeyDigest& digest) = 0;
  /// Returns how many are new; keeps what was spent or blocked before.
  virtual Result<std::size_t> BlockLegacyTokens(
      const std::vector<BlockedToken>& tokens) = 0;
  /// The first time makes the session; later what was presented is the
  /// predecessor of the session's first refresh token. Error: not_found, as in
  /// CreateSession.
  virtual Result<Rotated> SpendLegacyToken(const LegacySpend& spend) = 0;
  /// Ends the session that it was spent for, or blocks it.
  virtual Result<std::pair<SessionState, Uuid>> EndLegacyToken(
      const BlockedToken& token, WallTime now) = 0;

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

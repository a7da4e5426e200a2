#pragma once

// The store in one SQLite file. Safe to share: one connection behind a mutex,
// as SQLite has one writer anyway and reads are few.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/sqlite/database.h"
#include "service/store.h"

namespace clone_auth::service {

class SqliteStore final : public Store {
 public:
  /// Opens or makes the file and brings its tables up to date. Errors:
  /// store_unavailable, schema_unknown.
  static Result<std::unique_ptr<SqliteStore>> Open(
      const std::string& path,
      std::chrono::milliseconds busy_timeout = std::chrono::seconds(2));

  void UseAuditChain(AuditChain chain) override;

  Status Ping() override;
  Result<bool> HasAccounts() override;
  Status ForEachAccount(
      const std::function<void(const Account&)>& visit) override;
  Status ForEachOpenSession(
      WallTime now, const std::function<void(const Session&)>& visit) override;
  Status UseSealer(std::shared_ptr<const ApiKeySealer> sealer,
                   bool rows_are_sealed) override;
  Result<std::size_t> ForEachApiKey(
      const std::function<void(StoredApiKey&)>& visit) override;

  Status CreateAccount(const NewAccount& account) override;
  Result<std::optional<StoredPassword>> FindPassword(
      std::string_view email) override;
  Status Rehash(const Uuid& user, std::string_view old_hash,
                std::string_view new_hash) override;
  Result<AccountChange> SetPassword(const Uuid& user, std::string_view hash,
                                    WallTime now, const Actor& actor) override;
  Result<AccountChange> SetEnabled(const Uuid& user, bool enabled, WallTime now,
                                   const Actor& actor) override;

  Status CreateSession(const NewSession& session) override;
  Result<Rotated> Rotate(const Rotation& rotation) override;
  Result<SessionState> EndSession(const Uuid& session, WallTime now) override;
  Result<std::vector<Uuid>> ForgetSessions(WallTime time) override;

  Status InsertApiKey(const StoredApiKey& key, const Actor& actor) override;
  Status RevokeApiKey(const Uuid& id, WallTime when, const Actor& actor,
                      std::string_view detail) override;
  Status TakeAwayAgain(const std::vector<Revocation>& taken,
                       WallTime now) override;
  Status SaveFirstUses(const std::vector<KeyUse>& uses) override;
  Status SaveRefusedUses(const std::vector<KeyUse>& uses) override;
  Status AppendAudit(const AuditEvent& event) override;
  Result<AuditPageOf> ListAudit(const AuditQuery& query) override;
  Result<AuditHead> VerifyAudit(const AuditHead& kept) override;
  Status SaveDigests(
      const std::vector<std::pair<Uuid, ApiKeyDigest>>& digests) override;
  Status SaveLastUsed(
      const std::vector<std::pair<Uuid, WallTime>>& uses) override;

  Result<std::size_t> CountApiKeys() override;
  Result<std::vector<PepperUse>> CountPeppers() override;
  Result<ResealedRows> ResealApiKeys(std::int64_t after,
                                     std::size_t limit) override;
  Status ForgetOldRows() override;

  Status CreateInvite(const TokenHash& code, int uses, WallTime now) override;
  Result<bool> InviteIsValid(const TokenHash& code) override;
  Status JoinWaitlist(std::string_view email, WallTime now) override;

  Status ForEachImportedAccount(
      const std::function<void(const std::string& source, const Uuid& user)>&
          visit) override;
  Status ForEachForeignKey(
      const std::function<void(const ForeignKey&)>& visit) override;
  Result<std::vector<ImportedKeyCount>> CountImportedKeys() override;
  Result<bool> HasImportedKey(std::string_view source) override;
  Status ImportAccounts(const std::vector<ImportedAccount>& accounts) override;
  Status ImportApiKeys(const std::vector<ImportedKey>& keys,
                       WallTime when) override;
  Status AdoptApiKey(const Uuid& id, const ApiKeyDigest& digest) override;
  Result<std::size_t> BlockLegacyTokens(
      const std::vector<BlockedToken>& tokens) override;
  Result<Rotated> SpendLegacyToken(const LegacySpend& spend) override;
  Result<std::pair<SessionState, Uuid>> EndLegacyToken(
      const BlockedToken& token, WallTime now) override;

  Result<Uuid> RevocationLogId() override;
  Status SetRevocationLogId(const Uuid& log) override;
  Status CopyTo(const std::string& file, const BackupRecord& record) override;

 private:
  SqliteStore(std::string path, std::unique_ptr<Database> database)
      : path_(std::move(path)), database_(std::move(database)) {}

  // The caller holds the mutex.
  Status InsertAccount(const NewAccount& account);
  Status SpendInvite(const TokenHash& code);
  Result<Rotated> RotateSession(const Rotation& rotation);
  Result<SessionState> EndOneSession(const Uuid& session, WallTime now);
  /// The session of a token that was spent, nil for one that was blocked.
  Result<std::optional<Uuid>> SessionOfLegacyToken(const TokenHash& token);
  Status InsertLegacyToken(const TokenHash& token, const Uuid& session,
                           WallTime expires_at);
  Status InsertSpentSession(const LegacySpend& spend);
  Result<SessionState> StateOf(const Uuid& session, WallTime now);
  Result<std::vector<Uuid>> EndSessionsOf(const Uuid& user, WallTime now);
  Status Record(const AuditEvent& event);
  Status RecordRevoked(const Uuid& key, WallTime when, const Actor& actor,
                       std::string_view detail);
  Status TakeAwayOne(const Revocation& taken, WallTime now);
  Status SaveFirstUse(const KeyUse& use);
  Status SaveRefusedUse(const KeyUse& use);

  std::string path_;
  std::mutex mutex_;
  std::unique_ptr<Database> database_;
  std::shared_ptr<const ApiKeySealer> sealer_;
  std::optional<AuditChain> audit_;
};

}  // namespace clone_auth::service

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "service/sqlite/api_key_rows.h"
#include "service/sqlite/audit_rows.h"
#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

Result<Uuid> OwnerOf(Database& database, const Uuid& id) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare("SELECT owner_id FROM api_keys WHERE id = ?1"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Bind(id).Step());
  return row ? statement.Id(0) : Uuid{};
}

}  // namespace

Status SqliteStore::UseSealer(std::shared_ptr<const ApiKeySealer> sealer,
                              bool rows_are_sealed) {
  const std::lock_guard lock(mutex_);
  sealer_ = std::move(sealer);
  return rows_are_sealed ? Status() : SealOlderRows(*database_, *sealer_);
}

Result<std::size_t> SqliteStore::ForEachApiKey(
    const std::function<void(StoredApiKey&)>& visit) {
  const std::lock_guard lock(mutex_);
  std::size_t altered = 0;
  CLONE_AUTH_TRY(ForEachRow(*database_, [&](ApiKeyRow& row) {
    if (OpenRow(*sealer_, row)) {
      visit(row.key);
    } else {
      ++altered;
    }
  }));
  return altered;
}

Status SqliteStore::InsertApiKey(const StoredApiKey& key, const Actor& actor) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY(CheckFile(*database_));
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  CLONE_AUTH_TRY(InsertRow(*database_, *sealer_, key));
  AuditEvent event{AuditAction::kKeyIssued, key.created_at, key.record.id,
                   key.record.owner,        actor,          key.display_prefix};
  CLONE_AUTH_TRY(Record(event));
  if (!key.rolled_from.IsNil()) {
    event.action = AuditAction::kKeyRolled;
    event.key = key.rolled_from;
    event.detail = "successor " + key.record.id.ToString() + ", overlap " +
                   std::to_string(key.overlap.count()) + " s";
    CLONE_AUTH_TRY(Record(event));
  }
  return transaction.Commit();
}

Status SqliteStore::RevokeApiKey(const Uuid& id, WallTime when,
                                 const Actor& actor, std::string_view detail) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  CLONE_AUTH_TRY(RevokeRow(*database_, *sealer_, id, when));
  CLONE_AUTH_TRY(RecordRevoked(id, when, actor, detail));
  return transaction.Commit();
}

Status SqliteStore::RecordRevoked(const Uuid& key, WallTime when,
                                  const Actor& actor, std::string_view detail) {
  CLONE_AUTH_TRY_ASSIGN(const Uuid owner, OwnerOf(*database_, key));
  return Record(
      {AuditAction::kKeyRevoked, when, key, owner, actor, std::string(detail)});
}

Status SqliteStore::TakeAwayOne(const Revocation& taken, WallTime now) {
  const bool is_end = taken.kind == Revocation::Kind::kKeyEnds;
  const Status done =
      is_end ? EndRow(*database_, *sealer_, taken.subject, taken.when)
             : RevokeRow(*database_, *sealer_, taken.subject, taken.when);
  if (done.reason() == Reason::kNotFound) return Status();
  CLONE_AUTH_TRY(done);
  if (is_end) return Status();
  return RecordRevoked(taken.subject, now, Actor::RevocationLog(),
                       "its row said otherwise");
}

Status SqliteStore::TakeAwayAgain(const std::vector<Revocation>& taken,
                                  WallTime now) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  for (const Revocation& one : taken) CLONE_AUTH_TRY(TakeAwayOne(one, now));
  return transaction.Commit();
}

Status SqliteStore::SaveDigests(
    const std::vector<std::pair<Uuid, ApiKeyDigest>>& digests) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  for (const auto& [id, digest] : digests) {
    CLONE_AUTH_TRY_ASSIGN(std::optional<ApiKeyRow> row,
                          FindRow(*database_, id));
    if (!row.has_value() || !OpenRow(*sealer_, *row)) continue;
    row->key.record.digest = digest;
    row->key.hashed_with.reset();
    CLONE_AUTH_TRY(ReplaceRow(*database_, *sealer_, *row));
  }
  return transaction.Commit();
}

Result<std::size_t> SqliteStore::CountApiKeys() {
  const std::lock_guard lock(mutex_);
  return CountRows(*database_);
}

Result<std::vector<PepperUse>> SqliteStore::CountPeppers() {
  const std::lock_guard lock(mutex_);
  return CountPepperUses(*database_);
}

Result<ResealedRows> SqliteStore::ResealApiKeys(std::int64_t after,
                                                std::size_t limit) {
  const std::lock_guard lock(mutex_);
  return ResealRows(*database_, *sealer_, after, limit);
}

Status SqliteStore::ForgetOldRows() {
  const std::lock_guard lock(mutex_);
  return TruncateLog(*database_);
}

Status SqliteStore::SaveLastUsed(
    const std::vector<std::pair<Uuid, WallTime>>& uses) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  for (const auto& [id, when] : uses) {
    CLONE_AUTH_TRY_ASSIGN(
        Statement statement,
        database_->Prepare(
            "UPDATE api_keys SET last_used_at = ?2 WHERE id = ?1"));
    CLONE_AUTH_TRY(statement.Bind(id).Bind(when).Run());
  }
  return transaction.Commit();
}

Status SqliteStore::SaveFirstUse(const KeyUse& use) {
  CLONE_AUTH_TRY_ASSIGN(std::optional<ApiKeyRow> row,
                        FindRow(*database_, use.key));
  if (!row.has_value() || !OpenRow(*sealer_, *row) ||
      row->key.first_used_at.has_value()) {
    return Status();
  }
  row->key.first_used_at = use.when;
  CLONE_AUTH_TRY(ReplaceRow(*database_, *sealer_, *row));
  if (!row->key.rolled_from.IsNil()) {
    const Status ended = EndRow(*database_, *sealer_, row->key.rolled_from,
                                use.when + row->key.overlap);
    if (ended.reason() != Reason::kNotFound) CLONE_AUTH_TRY(ended);
  }
  return Record({AuditAction::kKeyFirstUsed,
                 use.when,
                 use.key,
                 row->key.record.owner,
                 use.actor,
                 {}});
}

Status SqliteStore::SaveFirstUses(const std::vector<KeyUse>& uses) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  for (const KeyUse& use : uses) CLONE_AUTH_TRY(SaveFirstUse(use));
  return transaction.Commit();
}

Status SqliteStore::SaveRefusedUse(const KeyUse& use) {
  // Memory forgets when it was written last, where the service is restarted.
  CLONE_AUTH_TRY_ASSIGN(
      const bool told,
      HasAuditSince(*database_, AuditAction::kKeyUsedAfterRevocation, use.key,
                    use.when - kBetweenRefusedUses));
  if (told) return Status();
  CLONE_AUTH_TRY_ASSIGN(const Uuid owner, OwnerOf(*database_, use.key));
  return Record({AuditAction::kKeyUsedAfterRevocation,
                 use.when,
                 use.key,
                 owner,
                 use.actor,
                 {}});
}

Status SqliteStore::SaveRefusedUses(const std::vector<KeyUse>& uses) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  for (const KeyUse& use : uses) CLONE_AUTH_TRY(SaveRefusedUse(use));
  return transaction.Commit();
}

}  // namespace clone_auth::service

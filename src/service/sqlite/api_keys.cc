#include <memory>
#include <utility>
#include <vector>

#include "service/sqlite/api_key_rows.h"
#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth::service {

Status SqliteStore::UseSealer(std::shared_ptr<const ApiKeySealer> sealer,
                              bool rows_are_sealed) {
  const std::lock_guard lock(mutex_);
  sealer_ = std::move(sealer);
  return rows_are_sealed ? Status() : SealOlderRows(*database_, *sealer_);
}

Result<std::size_t> SqliteStore::ForEachApiKey(
    const std::function<void(const StoredApiKey&)>& visit) {
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

Status SqliteStore::InsertApiKey(const StoredApiKey& key) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY(CheckFile(*database_));
  return InsertRow(*database_, *sealer_, key);
}

Status SqliteStore::RevokeApiKey(const Uuid& id, WallTime when) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  CLONE_AUTH_TRY(RevokeRow(*database_, *sealer_, id, when));
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

}  // namespace clone_auth::service

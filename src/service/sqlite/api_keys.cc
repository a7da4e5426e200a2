#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

StoredApiKey ReadKey(const Statement& row) {
  StoredApiKey key;
  key.record.id = row.Id(0);
  key.record.owner = row.Id(1);
  key.record.organization = row.Id(2);
  key.record.scope = static_cast<ApiKeyScope>(row.Int(3));
  key.record.pepper_id = static_cast<std::uint32_t>(row.Int(4));
  key.record.digest = row.Hash(5);
  const std::vector<std::string> permissions =
      absl::StrSplit(row.Text(6), ' ', absl::SkipEmpty());
  key.record.permissions =
      std::make_shared<const std::vector<std::string>>(permissions);
  key.label = row.Text(7);
  key.display_prefix = row.Text(8);
  key.created_at = row.Time(9);
  key.last_used_at = row.OptionalTime(10);
  key.record.expires_at = row.OptionalTime(11);
  key.record.revoked_at = row.OptionalTime(12);
  return key;
}

}  // namespace

Status SqliteStore::ForEachApiKey(
    const std::function<void(const StoredApiKey&)>& visit) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT id, owner_id, organization_id, scope,"
                         " pepper_id, digest, permissions, label,"
                         " display_prefix, created_at, last_used_at,"
                         " expires_at, revoked_at"
                         " FROM api_keys ORDER BY sequence"));
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return Status();
    visit(ReadKey(statement));
  }
}

Status SqliteStore::InsertApiKey(const StoredApiKey& key) {
  const std::lock_guard lock(mutex_);
  return InsertKey(key);
}

Status SqliteStore::InsertKey(const StoredApiKey& key) {
  const std::string permissions = absl::StrJoin(*key.record.permissions, " ");
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("INSERT INTO api_keys(id, owner_id, organization_id,"
                         " scope, pepper_id, digest, permissions, label,"
                         " display_prefix, created_at, expires_at,"
                         " revoked_at)"
                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
                         " ?11, ?12)"));
  return statement.Bind(key.record.id)
      .Bind(key.record.owner)
      .Bind(key.record.organization)
      .Bind(static_cast<std::int64_t>(key.record.scope))
      .Bind(std::int64_t{key.record.pepper_id})
      .Bind(key.record.digest)
      .Bind(permissions)
      .Bind(key.label)
      .Bind(key.display_prefix)
      .Bind(key.created_at)
      .BindOptional(key.record.expires_at)
      .BindOptional(key.record.revoked_at)
      .Run();
}

Status SqliteStore::RevokeApiKey(const Uuid& id, WallTime when) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("UPDATE api_keys SET revoked_at = ?2"
                         " WHERE id = ?1 AND revoked_at IS NULL"));
  CLONE_AUTH_TRY(statement.Bind(id).Bind(when).Run());
  return database_->Changes() == 1 ? Status() : Status(Reason::kNotFound);
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

#include "service/sqlite/api_key_rows.h"

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "service/micros.h"
#include "service/try.h"

// Each statement is a literal of its own, as Database wants it.
#define CLONE_AUTH_SELECT_KEYS                                             \
  "SELECT sequence, id, owner_id, organization_id, scope, pepper_id,"      \
  " digest, masked, mac, hashed_with, permissions, label, display_prefix," \
  " created_at, last_used_at, expires_at, revoked_at, first_used_at,"      \
  " rolled_from, overlap FROM api_keys "

namespace clone_auth::service {
namespace {

// Rows of one transaction where many are written anew. Others write between
// two of them.
constexpr std::int64_t kBatch = 1000;

ApiKeyRow ReadRow(const Statement& read) {
  ApiKeyRow row;
  ApiKeyRecord& record = row.key.record;
  row.sequence = read.Int(0);
  record.id = read.Id(1);
  record.owner = read.Id(2);
  record.organization = read.Id(3);
  record.scope = static_cast<ApiKeyScope>(read.Int(4));
  row.sealed.pepper_id = static_cast<std::uint32_t>(read.Int(5));
  row.sealed.index = read.Hash(6);
  row.sealed.masked = read.Hash(7);
  row.is_sealed = !read.IsNull(8);
  row.sealed.mac = read.Hash(8);
  if (!read.IsNull(9)) {
    row.key.hashed_with = static_cast<std::uint32_t>(read.Int(9));
  }
  const std::vector<std::string> permissions =
      absl::StrSplit(read.Text(10), ' ', absl::SkipEmpty());
  record.permissions =
      std::make_shared<const std::vector<std::string>>(permissions);
  row.key.label = read.Text(11);
  row.key.display_prefix = read.Text(12);
  row.key.created_at = read.Time(13);
  row.key.last_used_at = read.OptionalTime(14);
  record.expires_at = read.OptionalTime(15);
  record.revoked_at = read.OptionalTime(16);
  row.key.first_used_at = read.OptionalTime(17);
  row.key.rolled_from = read.Id(18);
  row.key.overlap = std::chrono::seconds(read.Int(19));
  return row;
}

Result<std::vector<ApiKeyRow>> ReadRows(Statement statement) {
  std::vector<ApiKeyRow> rows;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool found, statement.Step());
    if (!found) return rows;
    rows.push_back(ReadRow(statement));
  }
}

Statement& BindHashedWith(Statement& statement, const StoredApiKey& key) {
  return key.hashed_with.has_value()
             ? statement.Bind(std::int64_t{*key.hashed_with})
             : statement.BindNull();
}

Status RevokeOpened(Database& database, const ApiKeySealer& sealer,
                    ApiKeyRow& row, WallTime when) {
  const bool good = OpenRow(sealer, row);
  row.key.record.revoked_at = when;
  if (good) return ReplaceRow(database, sealer, row);
  // It verifies nothing as it is; the time is for whoever looks at it.
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare(
          "UPDATE api_keys SET revoked_at = ?2 WHERE sequence = ?1"));
  return statement.Bind(row.sequence).Bind(when).Run();
}

Status SealOlder(Database& database, const ApiKeySealer& sealer,
                 std::vector<ApiKeyRow>& rows) {
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction, Transaction::Begin(database));
  for (ApiKeyRow& row : rows) {
    // There the digest stood where the index does now.
    row.key.record.digest = row.sealed.index;
    row.key.hashed_with = row.sealed.pepper_id;
    CLONE_AUTH_TRY(ReplaceRow(database, sealer, row));
  }
  return transaction.Commit();
}

}  // namespace

std::string AlsoOf(const StoredApiKey& key) {
  std::string also;
  if (key.hashed_with.has_value()) {
    also = "hmac-sha256 " + std::to_string(*key.hashed_with);
  }
  if (key.rolled_from.IsNil()) return also;
  also += " rolled-from " + key.rolled_from.ToString() + " overlap " +
          std::to_string(key.overlap.count());
  if (key.first_used_at.has_value()) {
    also += " first-used " + std::to_string(ToMicros(*key.first_used_at));
  }
  return also;
}

Status CheckFile(Database& database) {
  // That is what preparing a statement looks at.
  return database.Prepare("SELECT 1").status();
}

bool OpenRow(const ApiKeySealer& sealer, ApiKeyRow& row) {
  return row.is_sealed &&
         sealer.Open(row.sealed, row.key.record, AlsoOf(row.key));
}

Status ForEachRow(Database& database,
                  const std::function<void(ApiKeyRow&)>& visit) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare(CLONE_AUTH_SELECT_KEYS "ORDER BY sequence"));
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool found, statement.Step());
    if (!found) return Status();
    ApiKeyRow row = ReadRow(statement);
    visit(row);
  }
}

Result<std::optional<ApiKeyRow>> FindRow(Database& database, const Uuid& id) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare(CLONE_AUTH_SELECT_KEYS "WHERE id = ?1"));
  CLONE_AUTH_TRY_ASSIGN(const bool found, statement.Bind(id).Step());
  if (!found) return std::optional<ApiKeyRow>();
  return std::optional<ApiKeyRow>(ReadRow(statement));
}

Status InsertRow(Database& database, const ApiKeySealer& sealer,
                 const StoredApiKey& key) {
  const SealedApiKey sealed = sealer.Seal(key.record, AlsoOf(key));
  const std::string permissions =
      key.record.permissions == nullptr
          ? std::string()
          : absl::StrJoin(*key.record.permissions, " ");
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.PrepareAnyway(
          "INSERT INTO api_keys(id, owner_id, organization_id,"
          " scope, pepper_id, digest, masked, mac, permissions,"
          " label, display_prefix, created_at, expires_at,"
          " revoked_at, overlap, rolled_from, hashed_with)"
          " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
          " ?12, ?13, ?14, ?15, ?16, ?17)"));
  statement.Bind(key.record.id)
      .Bind(key.record.owner)
      .Bind(key.record.organization)
      .Bind(static_cast<std::int64_t>(key.record.scope))
      .Bind(std::int64_t{sealed.pepper_id})
      .Bind(sealed.index)
      .Bind(sealed.masked)
      .Bind(sealed.mac)
      .Bind(permissions)
      .Bind(key.label)
      .Bind(key.display_prefix)
      .Bind(key.created_at)
      .Bind(key.record.expires_at)
      .Bind(key.record.revoked_at)
      .Bind(std::int64_t{key.overlap.count()});
  if (key.rolled_from.IsNil()) {
    statement.BindNull();
  } else {
    statement.Bind(key.rolled_from);
  }
  return BindHashedWith(statement, key).Run();
}

Status ReplaceRow(Database& database, const ApiKeySealer& sealer,
                  const ApiKeyRow& row) {
  const SealedApiKey sealed = sealer.Seal(row.key.record, AlsoOf(row.key));
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.PrepareAnyway("UPDATE api_keys SET pepper_id = ?2, digest = ?3,"
                             " masked = ?4, mac = ?5, expires_at = ?6,"
                             " revoked_at = ?7, first_used_at = ?8,"
                             " hashed_with = ?9 WHERE sequence = ?1"));
  statement.Bind(row.sequence)
      .Bind(std::int64_t{sealed.pepper_id})
      .Bind(sealed.index)
      .Bind(sealed.masked)
      .Bind(sealed.mac)
      .Bind(row.key.record.expires_at)
      .Bind(row.key.record.revoked_at)
      .Bind(row.key.first_used_at);
  return BindHashedWith(statement, row.key).Run();
}

Status EndRow(Database& database, const ApiKeySealer& sealer, const Uuid& id,
              WallTime end) {
  CLONE_AUTH_TRY_ASSIGN(std::optional<ApiKeyRow> row, FindRow(database, id));
  if (!row.has_value() || !OpenRow(sealer, *row)) {
    return Status(Reason::kNotFound);
  }
  std::optional<WallTime>& expires_at = row->key.record.expires_at;
  if (expires_at.has_value() && *expires_at <= end) return Status();
  expires_at = end;
  return ReplaceRow(database, sealer, *row);
}

Status RevokeRow(Database& database, const ApiKeySealer& sealer, const Uuid& id,
                 WallTime when) {
  CLONE_AUTH_TRY_ASSIGN(std::optional<ApiKeyRow> row, FindRow(database, id));
  if (!row.has_value() || row->key.record.revoked_at.has_value()) {
    return Status(Reason::kNotFound);
  }
  return RevokeOpened(database, sealer, *row, when);
}

Status RevokeRows(Database& database, const ApiKeySealer& sealer,
                  WallTime when) {
  std::int64_t last = 0;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(
        Statement statement,
        database.Prepare(CLONE_AUTH_SELECT_KEYS
                         "WHERE sequence > ?1 AND revoked_at IS NULL"
                         " ORDER BY sequence LIMIT ?2"));
    statement.Bind(last).Bind(kBatch);
    CLONE_AUTH_TRY_ASSIGN(std::vector<ApiKeyRow> rows,
                          ReadRows(std::move(statement)));
    if (rows.empty()) return Status();
    last = rows.back().sequence;
    for (ApiKeyRow& row : rows) {
      CLONE_AUTH_TRY(RevokeOpened(database, sealer, row, when));
    }
  }
}

Status SealOlderRows(Database& database, const ApiKeySealer& sealer) {
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(
        Statement statement,
        database.Prepare(CLONE_AUTH_SELECT_KEYS
                         "WHERE mac IS NULL ORDER BY sequence LIMIT ?1"));
    statement.Bind(kBatch);
    CLONE_AUTH_TRY_ASSIGN(std::vector<ApiKeyRow> rows,
                          ReadRows(std::move(statement)));
    if (rows.empty()) break;
    CLONE_AUTH_TRY(SealOlder(database, sealer, rows));
  }
  return TruncateLog(database);
}

Result<std::size_t> CountRows(Database& database) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement,
                        database.Prepare("SELECT count(*) FROM api_keys"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
  return row ? static_cast<std::size_t>(statement.Int(0)) : 0;
}

Result<std::vector<PepperUse>> CountPepperUses(Database& database) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare("SELECT pepper, sum(sealed), sum(hashed) FROM"
                       " (SELECT pepper_id AS pepper, count(*) AS sealed,"
                       "  0 AS hashed FROM api_keys GROUP BY pepper_id"
                       "  UNION ALL"
                       "  SELECT hashed_with, 0, count(*) FROM api_keys"
                       "  WHERE hashed_with IS NOT NULL AND revoked_at IS NULL"
                       "  GROUP BY hashed_with)"
                       " GROUP BY pepper ORDER BY pepper"));
  std::vector<PepperUse> uses;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return uses;
    uses.push_back({static_cast<std::uint32_t>(statement.Int(0)),
                    static_cast<std::size_t>(statement.Int(1)),
                    static_cast<std::size_t>(statement.Int(2))});
  }
}

Result<ResealedRows> ResealRows(Database& database, const ApiKeySealer& sealer,
                                std::int64_t after, std::size_t limit) {
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction, Transaction::Begin(database));
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare(CLONE_AUTH_SELECT_KEYS
                       "WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"));
  statement.Bind(after).Bind(static_cast<std::int64_t>(limit));
  CLONE_AUTH_TRY_ASSIGN(std::vector<ApiKeyRow> rows,
                        ReadRows(std::move(statement)));
  ResealedRows result{after, rows.size()};
  if (rows.empty()) return result;
  result.last = rows.back().sequence;
  for (ApiKeyRow& row : rows) {
    if (row.sealed.pepper_id == sealer.pepper_id(0)) continue;
    // What somebody edited must not be made good.
    if (!OpenRow(sealer, row)) continue;
    CLONE_AUTH_TRY(ReplaceRow(database, sealer, row));
  }
  CLONE_AUTH_TRY(transaction.Commit());
  return result;
}

Status TruncateLog(Database& database) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement,
                        database.Prepare("PRAGMA wal_checkpoint(TRUNCATE)"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
  if (row && statement.Int(0) == 0) return Status();
  return Status(Reason::kStoreUnavailable,
                "The write-ahead log is being read and cannot be emptied.");
}

}  // namespace clone_auth::service

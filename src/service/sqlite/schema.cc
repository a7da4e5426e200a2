#include "service/sqlite/schema.h"

#include <array>
#include <string>

#include "service/try.h"

namespace clone_auth::service {
namespace {

// Ids and hashes are blobs, times microseconds since 1970, permissions names
// joined by blanks. A migration that was released is never edited.
constexpr std::array kMigrations = {
    // 1: accounts, sessions, keys.
    "CREATE TABLE users("
    "  id BLOB PRIMARY KEY,"
    "  email TEXT NOT NULL UNIQUE,"
    "  password_hash TEXT NOT NULL,"
    "  generation INTEGER NOT NULL,"
    "  enabled INTEGER NOT NULL,"
    "  created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE organizations("
    "  id BLOB PRIMARY KEY,"
    "  name TEXT NOT NULL,"
    "  created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE memberships("
    "  user_id BLOB PRIMARY KEY REFERENCES users(id),"
    "  organization_id BLOB NOT NULL REFERENCES organizations(id),"
    "  role TEXT NOT NULL"
    "    CHECK(role IN ('owner','admin','member','viewer'))) WITHOUT ROWID;"
    "CREATE TABLE sessions("
    "  id BLOB PRIMARY KEY,"
    "  user_id BLOB NOT NULL REFERENCES users(id),"
    "  created_at INTEGER NOT NULL,"
    "  expires_at INTEGER NOT NULL,"
    "  ended_at INTEGER,"
    "  refresh_generation INTEGER NOT NULL,"
    "  refresh_hash BLOB NOT NULL,"
    "  previous_hash BLOB,"
    "  rotated_at INTEGER,"
    "  attempt_hash BLOB) WITHOUT ROWID;"
    "CREATE INDEX sessions_by_user ON sessions(user_id);"
    "CREATE INDEX sessions_by_expiry ON sessions(expires_at);"
    "CREATE TABLE api_keys("
    "  sequence INTEGER PRIMARY KEY,"
    "  id BLOB NOT NULL UNIQUE,"
    "  owner_id BLOB NOT NULL REFERENCES users(id),"
    "  organization_id BLOB NOT NULL REFERENCES organizations(id),"
    "  scope INTEGER NOT NULL,"
    "  pepper_id INTEGER NOT NULL,"
    "  digest BLOB NOT NULL UNIQUE,"
    "  permissions TEXT NOT NULL,"
    "  label TEXT NOT NULL,"
    "  display_prefix TEXT NOT NULL,"
    "  created_at INTEGER NOT NULL,"
    "  last_used_at INTEGER,"
    "  expires_at INTEGER,"
    "  revoked_at INTEGER);",
    // 2: invites and the waitlist.
    "CREATE TABLE invites("
    "  code_hash BLOB PRIMARY KEY,"
    "  uses_left INTEGER NOT NULL CHECK(uses_left >= 0),"
    "  created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE waitlist("
    "  email TEXT PRIMARY KEY,"
    "  created_at INTEGER NOT NULL) WITHOUT ROWID;",
    // 3: what the file says of itself.
    "CREATE TABLE meta(name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
    "INSERT INTO meta(name, value) VALUES('service', randomblob(16));",
    // 4: sealed keys. `digest` is the index of clone/api_key_sealer.h; where
    // `mac` is null, it still is the HMAC of an older version. `hashed_with`
    // is the pepper of such an HMAC that was sealed in a digest's place.
    "ALTER TABLE api_keys ADD COLUMN masked BLOB;"
    "ALTER TABLE api_keys ADD COLUMN mac BLOB;"
    "ALTER TABLE api_keys ADD COLUMN hashed_with INTEGER;",
    // 5: which key took over from which, and the audit trail. A key that was
    // used before is not used for the first time any more.
    "ALTER TABLE api_keys ADD COLUMN rolled_from BLOB REFERENCES api_keys(id);"
    "ALTER TABLE api_keys ADD COLUMN overlap INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE api_keys ADD COLUMN first_used_at INTEGER;"
    "UPDATE api_keys SET first_used_at = last_used_at;"
    "CREATE UNIQUE INDEX api_keys_one_successor ON api_keys(rolled_from)"
    "  WHERE rolled_from IS NOT NULL AND revoked_at IS NULL;"
    "CREATE TABLE audit("
    "  sequence INTEGER PRIMARY KEY,"
    "  time INTEGER NOT NULL,"
    "  action TEXT NOT NULL,"
    "  key_id BLOB NOT NULL,"
    "  account_id BLOB NOT NULL,"
    "  actor TEXT NOT NULL,"
    "  address TEXT NOT NULL,"
    "  detail TEXT NOT NULL,"
    "  previous BLOB NOT NULL,"
    "  hash BLOB NOT NULL);"
    "CREATE INDEX audit_by_key ON audit(key_id, sequence);"
    "CREATE INDEX audit_by_account ON audit(account_id, sequence);"
    "CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;"
    "CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit"
    "  BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;",
    // 6: what came from another system.
    "CREATE TABLE imported_users("
    "  source TEXT PRIMARY KEY,"
    "  user_id BLOB NOT NULL UNIQUE REFERENCES users(id)) WITHOUT ROWID;"
    "CREATE TABLE imported_api_keys("
    "  source TEXT PRIMARY KEY,"
    "  key_id BLOB NOT NULL UNIQUE REFERENCES api_keys(id),"
    "  form INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE foreign_api_keys("
    "  key_id BLOB PRIMARY KEY REFERENCES api_keys(id),"
    "  form INTEGER NOT NULL,"
    "  handle TEXT NOT NULL,"
    "  hash TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX foreign_api_keys_by_handle ON foreign_api_keys(handle);"
    "CREATE TABLE legacy_tokens("
    "  token_hash BLOB PRIMARY KEY,"
    "  session_id BLOB,"
    "  expires_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX legacy_tokens_by_expiry ON legacy_tokens(expires_at);",
};

Result<int> CurrentVersion(Database& database) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement,
                        database.Prepare("PRAGMA user_version"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
  return row ? static_cast<int>(statement.Int(0)) : 0;
}

Status ApplyNext(Database& database, int version) {
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction, Transaction::Begin(database));
  CLONE_AUTH_TRY_ASSIGN(const int current, CurrentVersion(database));
  // Another process may have been faster.
  if (current == version) {
    CLONE_AUTH_TRY(
        database.Execute(kMigrations[static_cast<std::size_t>(version)]));
    const std::string mark =
        "PRAGMA user_version=" + std::to_string(version + 1);
    CLONE_AUTH_TRY(database.Execute(mark.c_str()));
  }
  return transaction.Commit();
}

}  // namespace

int NewestSchemaVersion() { return static_cast<int>(kMigrations.size()); }

Status Migrate(Database& database, int version) {
  CLONE_AUTH_TRY_ASSIGN(int current, CurrentVersion(database));
  if (current > NewestSchemaVersion() || current < 0) {
    return Status(Reason::kSchemaUnknown,
                  "The database has schema version " + std::to_string(current) +
                      "; this program knows " +
                      std::to_string(NewestSchemaVersion()) + ".");
  }
  for (; current < version; ++current) {
    CLONE_AUTH_TRY(ApplyNext(database, current));
  }
  return Status();
}

}  // namespace clone_auth::service

// What came from another system: accounts, keys, and the refresh tokens of its
// sessions.

#include <string>
#include <utility>

#include "service/sqlite/api_key_rows.h"
#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

ForeignKeyForm FormOf(std::int64_t number) {
  return static_cast<ForeignKeyForm>(number);
}

std::int64_t NumberOf(ForeignKeyForm form) {
  return static_cast<std::int64_t>(form);
}

}  // namespace

Status SqliteStore::ForEachImportedAccount(
    const std::function<void(const std::string&, const Uuid&)>& visit) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT source, user_id FROM imported_users"));
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return Status();
    visit(statement.Text(0), statement.Id(1));
  }
}

Status SqliteStore::ForEachForeignKey(
    const std::function<void(const ForeignKey&)>& visit) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare(
          "SELECT key_id, form, handle, hash FROM foreign_api_keys"));
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return Status();
    visit(ForeignKey{statement.Id(0), FormOf(statement.Int(1)),
                     statement.Text(2), statement.Text(3)});
  }
}

Result<std::vector<ImportedKeyCount>> SqliteStore::CountImportedKeys() {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT i.form, count(*), count(f.key_id),"
                         " max(k.last_used_at)"
                         " FROM imported_api_keys i"
                         " JOIN api_keys k ON k.id = i.key_id"
                         " LEFT JOIN foreign_api_keys f ON f.key_id = i.key_id"
                         " GROUP BY i.form ORDER BY i.form"));
  std::vector<ImportedKeyCount> counts;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return counts;
    counts.push_back({FormOf(statement.Int(0)),
                      static_cast<std::size_t>(statement.Int(1)),
                      static_cast<std::size_t>(statement.Int(2)),
                      statement.OptionalTime(3)});
  }
}

Result<bool> SqliteStore::HasImportedKey(std::string_view source) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT 1 FROM imported_api_keys WHERE source = ?1"));
  return statement.Bind(source).Step();
}

Status SqliteStore::ImportAccounts(
    const std::vector<ImportedAccount>& accounts) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  for (const ImportedAccount& imported : accounts) {
    CLONE_AUTH_TRY(InsertAccount(imported.account));
    CLONE_AUTH_TRY_ASSIGN(
        Statement statement,
        database_->Prepare(
            "INSERT INTO imported_users(source, user_id) VALUES(?1, ?2)"));
    CLONE_AUTH_TRY(statement.Bind(imported.source)
                       .Bind(imported.account.account.id)
                       .Run());
  }
  return transaction.Commit();
}

Status SqliteStore::ImportApiKeys(const std::vector<ImportedKey>& keys,
                                  WallTime when) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY(CheckFile(*database_));
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  for (const ImportedKey& imported : keys) {
    CLONE_AUTH_TRY(InsertRow(*database_, *sealer_, imported.key));
    CLONE_AUTH_TRY_ASSIGN(
        Statement statement,
        database_->Prepare("INSERT INTO imported_api_keys(source, key_id,"
                           " form) VALUES(?1, ?2, ?3)"));
    CLONE_AUTH_TRY(statement.Bind(imported.source)
                       .Bind(imported.key.record.id)
                       .Bind(NumberOf(imported.form))
                       .Run());
    if (!imported.row.has_value()) continue;
    CLONE_AUTH_TRY_ASSIGN(
        Statement row,
        database_->Prepare("INSERT INTO foreign_api_keys(key_id, form, handle,"
                           " hash) VALUES(?1, ?2, ?3, ?4)"));
    CLONE_AUTH_TRY(row.Bind(imported.row->key)
                       .Bind(NumberOf(imported.row->form))
                       .Bind(imported.row->handle)
                       .Bind(imported.row->hash)
                       .Run());
  }
  CLONE_AUTH_TRY(
      Record({AuditAction::kKeysImported, when, Uuid{}, Uuid{},
              Actor::Operator(), "keys " + std::to_string(keys.size())}));
  return transaction.Commit();
}

Status SqliteStore::AdoptApiKey(const Uuid& id, const ApiKeyDigest& digest) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  CLONE_AUTH_TRY_ASSIGN(std::optional<ApiKeyRow> row, FindRow(*database_, id));
  if (!row.has_value() || !OpenRow(*sealer_, *row)) {
    return Status(Reason::kNotFound);
  }
  row->key.record.digest = digest;
  CLONE_AUTH_TRY(ReplaceRow(*database_, *sealer_, *row));
  CLONE_AUTH_TRY_ASSIGN(
      Statement foreign,
      database_->Prepare("DELETE FROM foreign_api_keys WHERE key_id = ?1"));
  CLONE_AUTH_TRY(foreign.Bind(id).Run());
  if (database_->Changes() != 1) return Status(Reason::kNotFound);
  return transaction.Commit();
}

Result<std::size_t> SqliteStore::BlockLegacyTokens(
    const std::vector<BlockedToken>& tokens) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  std::size_t added = 0;
  for (const BlockedToken& blocked : tokens) {
    CLONE_AUTH_TRY(
        InsertLegacyToken(blocked.token, Uuid{}, blocked.expires_at));
    if (database_->Changes() == 1) ++added;
  }
  CLONE_AUTH_TRY(transaction.Commit());
  return added;
}

Status SqliteStore::InsertLegacyToken(const TokenHash& token,
                                      const Uuid& session,
                                      WallTime expires_at) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("INSERT INTO legacy_tokens(token_hash, session_id,"
                         " expires_at) VALUES(?1, ?2, ?3)"
                         " ON CONFLICT DO NOTHING"));
  statement.Bind(token);
  if (session.IsNil()) {
    statement.BindNull();
  } else {
    statement.Bind(session);
  }
  return statement.Bind(expires_at).Run();
}

Result<std::optional<Uuid>> SqliteStore::SessionOfLegacyToken(
    const TokenHash& token) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare(
          "SELECT session_id FROM legacy_tokens WHERE token_hash = ?1"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Bind(token).Step());
  if (!row) return std::optional<Uuid>();
  return std::optional<Uuid>(statement.Id(0));
}

// As if what was presented had been rotated just now: from then on the rule of
// Rotate holds for it.
Status SqliteStore::InsertSpentSession(const LegacySpend& spend) {
  const Session& session = spend.session.session;
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare(
          "INSERT INTO sessions(id, user_id, created_at, expires_at,"
          " refresh_generation, refresh_hash, previous_hash, rotated_at,"
          " attempt_hash)"
          " SELECT ?1, id, ?4, ?5, 1, ?6, ?7, ?8, ?9 FROM users"
          " WHERE id = ?2 AND generation = ?3 AND enabled = 1"));
  CLONE_AUTH_TRY(statement.Bind(session.id)
                     .Bind(session.user)
                     .Bind(spend.session.account_generation)
                     .Bind(session.created_at)
                     .Bind(session.expires_at)
                     .Bind(spend.session.refresh)
                     .Bind(spend.presented)
                     .Bind(spend.now)
                     .BindOptional(spend.attempt)
                     .Run());
  return database_->Changes() == 1 ? Status() : Status(Reason::kNotFound);
}

Result<Rotated> SqliteStore::SpendLegacyToken(const LegacySpend& spend) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(const std::optional<Uuid> spent,
                        SessionOfLegacyToken(spend.token));
  Rotated rotated;
  if (spent.has_value() && spent->IsNil()) {
    rotated.state = SessionState::kEnded;
    return rotated;
  }
  if (spent.has_value()) {
    Rotation again;
    again.session = *spent;
    again.presented = spend.presented;
    again.attempt = spend.attempt;
    again.now = spend.now;
    again.grace_start = spend.grace_start;
    return RotateSession(again);
  }
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  const Session& session = spend.session.session;
  CLONE_AUTH_TRY(
      InsertLegacyToken(spend.token, session.id, session.expires_at));
  CLONE_AUTH_TRY(InsertSpentSession(spend));
  CLONE_AUTH_TRY(transaction.Commit());
  rotated.state = SessionState::kOpen;
  rotated.session = session;
  rotated.successor_generation = 1;
  return rotated;
}

Result<std::pair<SessionState, Uuid>> SqliteStore::EndLegacyToken(
    const BlockedToken& token, WallTime now) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(const std::optional<Uuid> spent,
                        SessionOfLegacyToken(token.token));
  if (!spent.has_value()) {
    CLONE_AUTH_TRY(InsertLegacyToken(token.token, Uuid{}, token.expires_at));
    return std::pair(SessionState::kOpen, Uuid{});
  }
  if (spent->IsNil()) return std::pair(SessionState::kEnded, Uuid{});
  CLONE_AUTH_TRY_ASSIGN(const SessionState state, EndOneSession(*spent, now));
  return std::pair(state, *spent);
}

}  // namespace clone_auth::service

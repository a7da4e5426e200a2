#include "service/sqlite/restored.h"

#include <utility>

#include "service/private_file.h"
#include "service/sqlite/api_key_rows.h"
#include "service/sqlite/audit_rows.h"
#include "service/sqlite/backup.h"
#include "service/sqlite/schema.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::chrono::seconds kBusyTimeout{2};

Status Unusable(const std::string& backup, const std::string& what) {
  return Status(Reason::kBackupUnusable,
                "The backup '" + backup + "' " + what + ".");
}

Result<std::int64_t> Ask(Database& database, const char* sql) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement, database.Prepare(sql));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
  return row ? statement.Int(0) : 0;
}

// Nil also where the file cannot answer: it is broken or was never a database
// of ours, and goes aside.
void ReadIds(const std::string& path, TargetState& target) {
  const auto database = Database::Open(path, kBusyTimeout);
  if (!database.ok()) return;
  const auto has_accounts =
      Ask(**database, "SELECT EXISTS(SELECT 1 FROM users)");
  if (!has_accounts.ok() || *has_accounts == 0) return;
  const auto service = ReadServiceId(**database);
  if (service.ok()) target.service = *service;
  const auto log = ReadLogId(**database);
  if (log.ok()) target.log = *log;
}

Status CheckIsSound(Database& database, const std::string& backup) {
  // The first answer is "ok" where all is well.
  auto statement = database.Prepare("PRAGMA integrity_check(1)");
  if (!statement.ok()) return Unusable(backup, "is not a database");
  const auto row = statement->Step();
  if (!row.ok() || !*row || statement->Text(0) != "ok") {
    return Unusable(backup, "is damaged; use another one");
  }
  return Status();
}

Status CheckIsOurs(Database& database, const std::string& backup) {
  const auto tables = Ask(database,
                          "SELECT count(*) FROM sqlite_schema WHERE name IN"
                          " ('users', 'sessions', 'api_keys')");
  if (tables.ok() && *tables == 3) return Status();
  return Unusable(backup, "is a database, but not of this service");
}

Status RunFor(Database& draft, const char* sql, const Revocation& revocation) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement, draft.Prepare(sql));
  statement.Bind(revocation.subject);
  if (revocation.kind == Revocation::Kind::kPasswordSet) {
    statement.Bind(revocation.password_hash);
  }
  return statement.Run();
}

// What the backup does not know has nothing to be taken away from.
Status Apply(Database& draft, const ApiKeySealer& sealer,
             const Revocation& revocation) {
  switch (revocation.kind) {
    case Revocation::Kind::kKeyRevoked: {
      Status revoked =
          RevokeRow(draft, sealer, revocation.subject, revocation.when);
      return revoked.reason() == Reason::kNotFound ? Status() : revoked;
    }
    case Revocation::Kind::kKeyEnds: {
      Status ended = EndRow(draft, sealer, revocation.subject, revocation.when);
      return ended.reason() == Reason::kNotFound ? Status() : ended;
    }
    case Revocation::Kind::kAccountDisabled:
      return RunFor(draft, "UPDATE users SET enabled = 0 WHERE id = ?1",
                    revocation);
    case Revocation::Kind::kAccountEnabled:
      return RunFor(draft, "UPDATE users SET enabled = 1 WHERE id = ?1",
                    revocation);
    case Revocation::Kind::kPasswordSet:
      return RunFor(draft, "UPDATE users SET password_hash = ?2 WHERE id = ?1",
                    revocation);
  }
  return Status();
}

Status EndSessions(Database& draft, std::int64_t changes, WallTime now) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement sessions,
      draft.Prepare(
          "UPDATE sessions SET ended_at = ?1 WHERE ended_at IS NULL"));
  CLONE_AUTH_TRY(sessions.Bind(now).Run());
  // By more than anything that was replayed can have raised one.
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      draft.Prepare("UPDATE users SET generation = generation + ?1"));
  return statement.Bind(changes + 1).Run();
}

// The trail goes on from that of the backup, and says so.
Status RecordRestore(Database& draft, const AuditChain& chain, WallTime now,
                     std::string detail) {
  return AppendAudit(draft, chain,
                     {AuditAction::kRestored, now, Uuid{}, Uuid{},
                      Actor::Operator(), std::move(detail)});
}

}  // namespace

Result<TargetState> CloseTarget(const std::string& path) {
  TargetState target;
  target.exists = Exists(path);
  if (!target.exists) return target;
  ReadIds(path, target);
  sqlite3* handle = nullptr;
  int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code == SQLITE_OK) {
    code = sqlite3_exec(handle, "PRAGMA journal_mode=DELETE", nullptr, nullptr,
                        nullptr);
  }
  sqlite3_close(handle);
  if (code == SQLITE_OK || code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
    return target;
  }
  return FileFailure(path, std::string("cannot be set aside: ") +
                               sqlite3_errstr(code) +
                               "; close every program that has it open");
}

Result<Restorable> OpenDraft(const std::string& draft,
                             const std::string& backup) {
  auto database = Database::Open(draft, kBusyTimeout);
  if (!database.ok()) {
    return Unusable(backup, "is damaged or not a database; use another one");
  }
  CLONE_AUTH_TRY(CheckIsSound(**database, backup));
  CLONE_AUTH_TRY(CheckIsOurs(**database, backup));
  Restorable restorable;
  restorable.database = *std::move(database);
  // An older file gets its id here, a new one, which stands for none.
  CLONE_AUTH_TRY_ASSIGN(const std::int64_t has_meta,
                        Ask(*restorable.database,
                            "SELECT count(*) FROM sqlite_schema"
                            " WHERE name = 'meta'"));
  const Status migrated = Migrate(*restorable.database);
  if (migrated.reason() == Reason::kSchemaUnknown) {
    return Status(Reason::kSchemaUnknown,
                  "The backup '" + backup +
                      "' was made by a newer version; restore it with that "
                      "one or a later one.");
  }
  CLONE_AUTH_TRY(migrated);
  if (has_meta != 0) {
    CLONE_AUTH_TRY_ASSIGN(restorable.service,
                          ReadServiceId(*restorable.database));
  }
  CLONE_AUTH_TRY_ASSIGN(restorable.record, ReadRecord(*restorable.database));
  return restorable;
}

Status Replay(Database& draft, const ApiKeySealer& sealer,
              const AuditChain& chain, const std::vector<Revocation>& since,
              WallTime now) {
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction, Transaction::Begin(draft));
  for (const Revocation& revocation : since) {
    CLONE_AUTH_TRY(Apply(draft, sealer, revocation));
  }
  CLONE_AUTH_TRY(
      EndSessions(draft, static_cast<std::int64_t>(since.size()), now));
  CLONE_AUTH_TRY(RecordRestore(
      draft, chain, now, std::to_string(since.size()) + " changes replayed"));
  CLONE_AUTH_TRY(EraseRecord(draft));
  return transaction.Commit();
}

Status TakeAllAway(Database& draft, const ApiKeySealer& sealer,
                   const AuditChain& chain, WallTime now) {
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction, Transaction::Begin(draft));
  CLONE_AUTH_TRY(RevokeRows(draft, sealer, now));
  // No password has this hash.
  CLONE_AUTH_TRY(draft.Execute("UPDATE users SET password_hash = '!'"));
  CLONE_AUTH_TRY(EndSessions(draft, 1, now));
  CLONE_AUTH_TRY(RecordRestore(draft, chain, now, "all keys revoked"));
  CLONE_AUTH_TRY(EraseRecord(draft));
  // The service begins a new log.
  CLONE_AUTH_TRY(WriteLogId(draft, Uuid{}));
  return transaction.Commit();
}

}  // namespace clone_auth::service

#include "service/sqlite/sqlite_store.h"

#include <cstdint>
#include <utility>

#include "service/sqlite/backup.h"
#include "service/sqlite/schema.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

// Runs a change of one account to its end. Error: not_found.
Result<std::int64_t> ReturnedGeneration(Statement statement) {
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
  if (!row) return Status(Reason::kNotFound);
  const std::int64_t generation = statement.Int(0);
  CLONE_AUTH_TRY(statement.Run());
  return generation;
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(
    const std::string& path, std::chrono::milliseconds busy_timeout) {
  CLONE_AUTH_TRY_ASSIGN(auto database, Database::Open(path, busy_timeout));
  CLONE_AUTH_TRY(Migrate(*database));
  return std::unique_ptr<SqliteStore>(
      new SqliteStore(path, std::move(database)));
}

Status SqliteStore::Ping() {
  const std::lock_guard lock(mutex_);
  // A read of the file, not only of what is in memory.
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT count(*) FROM sqlite_schema"));
  return statement.Run();
}

Result<bool> SqliteStore::HasAccounts() {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT EXISTS(SELECT 1 FROM users)"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
  return row && statement.Int(0) != 0;
}

Status SqliteStore::ForEachAccount(
    const std::function<void(const Account&)>& visit) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT u.id, u.email, u.generation, u.enabled,"
                         " u.created_at, o.id, o.name, m.role"
                         " FROM users u"
                         " JOIN memberships m ON m.user_id = u.id"
                         " JOIN organizations o ON o.id = m.organization_id"));
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return Status();
    Account account;
    account.id = statement.Id(0);
    account.email = statement.Text(1);
    account.generation = statement.Int(2);
    account.enabled = statement.Int(3) != 0;
    account.created_at = statement.Time(4);
    account.organization = statement.Id(5);
    account.organization_name = statement.Text(6);
    account.role = statement.Text(7);
    visit(account);
  }
}

Status SqliteStore::SpendInvite(const TokenHash& code) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("UPDATE invites SET uses_left = uses_left - 1"
                         " WHERE code_hash = ?1 AND uses_left > 0"));
  CLONE_AUTH_TRY(statement.Bind(code).Run());
  return database_->Changes() == 1 ? Status() : Status(Reason::kInviteInvalid);
}

Status SqliteStore::InsertAccount(const NewAccount& account) {
  const Account& made = account.account;
  CLONE_AUTH_TRY_ASSIGN(
      Statement user,
      database_->Prepare("INSERT INTO users(id, email, password_hash,"
                         " generation, enabled, created_at)"
                         " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
  CLONE_AUTH_TRY(user.Bind(made.id)
                     .Bind(made.email)
                     .Bind(account.password_hash)
                     .Bind(made.generation)
                     .Bind(std::int64_t{made.enabled})
                     .Bind(made.created_at)
                     .Run());
  CLONE_AUTH_TRY_ASSIGN(
      Statement organization,
      database_->Prepare("INSERT INTO organizations(id, name, created_at)"
                         " VALUES(?1, ?2, ?3)"));
  CLONE_AUTH_TRY(organization.Bind(made.organization)
                     .Bind(made.organization_name)
                     .Bind(made.created_at)
                     .Run());
  CLONE_AUTH_TRY_ASSIGN(
      Statement membership,
      database_->Prepare("INSERT INTO memberships(user_id, organization_id,"
                         " role) VALUES(?1, ?2, ?3)"));
  return membership.Bind(made.id).Bind(made.organization).Bind(made.role).Run();
}

Status SqliteStore::CreateAccount(const NewAccount& account) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  if (account.invite.has_value()) {
    CLONE_AUTH_TRY(SpendInvite(*account.invite));
  }
  CLONE_AUTH_TRY(InsertAccount(account));
  return transaction.Commit();
}

Result<std::optional<StoredPassword>> SqliteStore::FindPassword(
    std::string_view email) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT id, password_hash, generation, enabled"
                         " FROM users WHERE email = ?1"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Bind(email).Step());
  if (!row) return std::optional<StoredPassword>();
  return std::optional<StoredPassword>(
      StoredPassword{statement.Id(0), statement.Text(1), statement.Int(2),
                     statement.Int(3) != 0});
}

Status SqliteStore::Rehash(const Uuid& user, std::string_view old_hash,
                           std::string_view new_hash) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("UPDATE users SET password_hash = ?3"
                         " WHERE id = ?1 AND password_hash = ?2"));
  return statement.Bind(user).Bind(old_hash).Bind(new_hash).Run();
}

Result<AccountChange> SqliteStore::SetPassword(const Uuid& user,
                                               std::string_view hash,
                                               WallTime now,
                                               const Actor& actor) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  AccountChange change;
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("UPDATE users SET password_hash = ?2,"
                         " generation = generation + 1 WHERE id = ?1"
                         " RETURNING generation"));
  statement.Bind(user).Bind(hash);
  CLONE_AUTH_TRY_ASSIGN(change.generation,
                        ReturnedGeneration(std::move(statement)));
  CLONE_AUTH_TRY_ASSIGN(change.ended_sessions, EndSessionsOf(user, now));
  CLONE_AUTH_TRY(
      Record({AuditAction::kPasswordSet, now, Uuid{}, user, actor, {}}));
  CLONE_AUTH_TRY(transaction.Commit());
  return change;
}

Result<AccountChange> SqliteStore::SetEnabled(const Uuid& user, bool enabled,
                                              WallTime now,
                                              const Actor& actor) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  AccountChange change;
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("UPDATE users SET enabled = ?2,"
                         " generation = generation + 1 - ?2 WHERE id = ?1"
                         " RETURNING generation"));
  statement.Bind(user).Bind(std::int64_t{enabled});
  CLONE_AUTH_TRY_ASSIGN(change.generation,
                        ReturnedGeneration(std::move(statement)));
  if (!enabled) {
    CLONE_AUTH_TRY_ASSIGN(change.ended_sessions, EndSessionsOf(user, now));
  }
  CLONE_AUTH_TRY(Record(
      {enabled ? AuditAction::kAccountEnabled : AuditAction::kAccountDisabled,
       now,
       Uuid{},
       user,
       actor,
       {}}));
  CLONE_AUTH_TRY(transaction.Commit());
  return change;
}

Status SqliteStore::CreateInvite(const TokenHash& code, int uses,
                                 WallTime now) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("INSERT INTO invites(code_hash, uses_left,"
                         " created_at) VALUES(?1, ?2, ?3)"));
  return statement.Bind(code).Bind(std::int64_t{uses}).Bind(now).Run();
}

Result<bool> SqliteStore::InviteIsValid(const TokenHash& code) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("SELECT 1 FROM invites"
                         " WHERE code_hash = ?1 AND uses_left > 0"));
  return statement.Bind(code).Step();
}

Status SqliteStore::JoinWaitlist(std::string_view email, WallTime now) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database_->Prepare("INSERT INTO waitlist(email, created_at)"
                         " VALUES(?1, ?2) ON CONFLICT DO NOTHING"));
  return statement.Bind(email).Bind(now).Run();
}

Result<Uuid> SqliteStore::RevocationLogId() {
  const std::lock_guard lock(mutex_);
  return ReadLogId(*database_);
}

Status SqliteStore::SetRevocationLogId(const Uuid& log) {
  const std::lock_guard lock(mutex_);
  return WriteLogId(*database_, log);
}

Status SqliteStore::CopyTo(const std::string& file,
                           const BackupRecord& record) {
  // The mutex is not held for as long as the copy takes.
  CLONE_AUTH_TRY(Ping());
  return CopyDatabase(path_, file, record);
}

}  // namespace clone_auth::service

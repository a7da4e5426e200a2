#include "service/sqlite/backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <memory>

#include "service/private_file.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

struct CloseConnection {
  void operator()(sqlite3* handle) const { sqlite3_close(handle); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;

constexpr char kPut[] =
    "INSERT INTO meta(name, value) VALUES(?1, ?2)"
    " ON CONFLICT(name) DO UPDATE SET value = excluded.value";
constexpr char kGet[] = "SELECT value FROM meta WHERE name = ?1";

Status Failure(const std::string& file, const std::string& what) {
  return FileFailure(file, "cannot be written: " + what);
}

Result<Connection> Connect(const std::string& path, int flags) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle,
                                   flags | SQLITE_OPEN_NOMUTEX, nullptr);
  Connection connection(handle);
  if (code != SQLITE_OK) return Failure(path, sqlite3_errstr(code));
  return connection;
}

Status Execute(const Connection& connection, const char* sql,
               const std::string& path) {
  const int code =
      sqlite3_exec(connection.get(), sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status()
                           : Failure(path, sqlite3_errmsg(connection.get()));
}

// In pieces that are safe on the disk one after the other: a flood at the end
// would hold up the writers' own.
Status CopyPages(sqlite3_backup* backup, const OpenFile& written,
                 const std::string& to) {
  constexpr int kPages = 1024;
  int code = SQLITE_OK;
  while (code == SQLITE_OK) {
    code = sqlite3_backup_step(backup, kPages);
    if (code == SQLITE_OK && fdatasync(written.get()) != 0) {
      code = SQLITE_IOERR_FSYNC;
    }
  }
  sqlite3_backup_finish(backup);
  return code == SQLITE_DONE ? Status() : Failure(to, sqlite3_errstr(code));
}

Status CopyPages(const std::string& from, const std::string& to) {
  CLONE_AUTH_TRY_ASSIGN(const OpenFile written, NewPrivateFile(to));
  CLONE_AUTH_TRY_ASSIGN(const Connection source,
                        Connect(from, SQLITE_OPEN_READONLY));
  CLONE_AUTH_TRY_ASSIGN(const Connection target,
                        Connect(to, SQLITE_OPEN_READWRITE));
  // One transaction for the whole copy, or every write would begin it anew.
  CLONE_AUTH_TRY(Execute(source, "BEGIN; SELECT count(*) FROM meta", from));
  // The draft is thrown away where this fails.
  CLONE_AUTH_TRY(
      Execute(target, "PRAGMA synchronous=OFF; PRAGMA journal_mode=OFF", to));
  sqlite3_backup* backup =
      sqlite3_backup_init(target.get(), "main", source.get(), "main");
  if (backup == nullptr) return Failure(to, sqlite3_errmsg(target.get()));
  return CopyPages(backup, written, to);
}

Result<bool> Get(Database& database, std::string_view name,
                 const std::function<void(const Statement&)>& use) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement, database.Prepare(kGet));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Bind(name).Step());
  if (row) use(statement);
  return row;
}

Result<Uuid> GetId(Database& database, std::string_view name) {
  Uuid id;
  CLONE_AUTH_TRY(Get(database, name, [&](const Statement& row) {
                   id = row.Id(0);
                 }).status());
  return id;
}

template <typename Value>
Status Put(Database& database, std::string_view name, const Value& value) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement, database.Prepare(kPut));
  return statement.Bind(name).Bind(value).Run();
}

Status WriteRecord(const std::string& file, const BackupRecord& record) {
  CLONE_AUTH_TRY_ASSIGN(auto database,
                        Database::Open(file, std::chrono::seconds(2)));
  CLONE_AUTH_TRY(WriteLogId(*database, record.position.log));
  CLONE_AUTH_TRY(Put(*database, "backup_offset", record.position.offset));
  CLONE_AUTH_TRY(
      Put(*database, "backup_checksum", Uuid{record.position.checksum}));
  CLONE_AUTH_TRY(Put(*database, "backup_made_at", record.made_at));
  // So that it is one file.
  return database->Execute("PRAGMA journal_mode=DELETE");
}

}  // namespace

Status CopyDatabase(const std::string& from, const std::string& to,
                    const BackupRecord& record) {
  CLONE_AUTH_TRY(CopyPages(from, to));
  CLONE_AUTH_TRY(WriteRecord(to, record));
  return SyncFile(to);
}

Result<Uuid> ReadServiceId(Database& database) {
  return GetId(database, "service");
}

Result<Uuid> ReadLogId(Database& database) {
  return GetId(database, "revocation_log");
}

Status WriteLogId(Database& database, const Uuid& log) {
  return Put(database, "revocation_log", log);
}

Result<std::optional<BackupRecord>> ReadRecord(Database& database) {
  BackupRecord record;
  CLONE_AUTH_TRY_ASSIGN(record.position.log, ReadLogId(database));
  CLONE_AUTH_TRY_ASSIGN(const Uuid checksum,
                        GetId(database, "backup_checksum"));
  record.position.checksum = checksum.bytes;
  CLONE_AUTH_TRY(Get(database, "backup_offset", [&](const Statement& row) {
                   record.position.offset = row.Int(0);
                 }).status());
  CLONE_AUTH_TRY_ASSIGN(
      const bool is_backup,
      Get(database, "backup_made_at",
          [&](const Statement& row) { record.made_at = row.Time(0); }));
  if (!is_backup) return std::optional<BackupRecord>();
  return std::optional<BackupRecord>(record);
}

Status EraseRecord(Database& database) {
  return database.Execute("DELETE FROM meta WHERE name LIKE 'backup%'");
}

}  // namespace clone_auth::service

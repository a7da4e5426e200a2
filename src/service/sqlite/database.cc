#include "service/sqlite/database.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "service/micros.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

Status Failure(sqlite3* database, int code) {
  if (code == SQLITE_CONSTRAINT_UNIQUE ||
      code == SQLITE_CONSTRAINT_PRIMARYKEY) {
    return Status(Reason::kAlreadyExists);
  }
  return Status(Reason::kStoreUnavailable,
                std::string("The database cannot answer: ") +
                    (database != nullptr ? sqlite3_errmsg(database)
                                         : sqlite3_errstr(code)) +
                    ".");
}

// SQLite would make the file with the process's umask; the log and the shared
// memory beside it take the file's own mode.
Status MakePrivateFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
                        S_IRUSR | S_IWUSR);
  // One that exists is not opened: closing it again would drop the locks that
  // another connection of this process has on it.
  if (file < 0 && errno == EEXIST) return Status();
  if (file < 0) {
    return Status(Reason::kStoreUnavailable,
                  "The database '" + path +
                      "' cannot be opened: " + std::strerror(errno) + ".");
  }
  close(file);
  return Status();
}

// SQLite does not wait for its busy timeout here: of several that open a new
// file at once, all but one would fail.
Status UseWriteAheadLog(sqlite3* database, std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kPause{5};
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    const int code = sqlite3_exec(database, "PRAGMA journal_mode=WAL", nullptr,
                                  nullptr, nullptr);
    if (code == SQLITE_OK) return Status();
    if ((code & 0xff) != SQLITE_BUSY ||
        std::chrono::steady_clock::now() >= deadline) {
      return Failure(database, code);
    }
    sqlite3_sleep(static_cast<int>(kPause.count()));
  }
}

}  // namespace

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_),
      statement_(std::exchange(other.statement_, nullptr)),
      bound_(other.bound_),
      bind_error_(other.bind_error_) {}

void Statement::Note(int code) {
  if (bind_error_ == SQLITE_OK) bind_error_ = code;
}

Statement& Statement::Bind(std::int64_t value) {
  Note(sqlite3_bind_int64(statement_, NextIndex(), value));
  return *this;
}

Statement& Statement::Bind(std::string_view value) {
  Note(sqlite3_bind_text64(statement_, NextIndex(),
                           value.data() == nullptr ? "" : value.data(),
                           value.size(), SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Statement& Statement::Bind(WallTime value) { return Bind(ToMicros(value)); }

Statement& Statement::Bind(std::optional<WallTime> value) {
  return value.has_value() ? Bind(*value) : BindNull();
}

Statement& Statement::BindBytes(const void* bytes, std::size_t size) {
  Note(
      sqlite3_bind_blob64(statement_, NextIndex(), bytes, size, SQLITE_STATIC));
  return *this;
}

Statement& Statement::BindNull() {
  Note(sqlite3_bind_null(statement_, NextIndex()));
  return *this;
}

Result<bool> Statement::Step() {
  if (bind_error_ != SQLITE_OK) return Failure(database_, bind_error_);
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return Failure(database_, sqlite3_extended_errcode(database_));
}

Status Statement::Run() {
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, Step());
    if (!row) return Status();
  }
}

bool Statement::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t Statement::Int(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::Text(int column) const {
  const auto* text = sqlite3_column_text(statement_, column);
  if (text == nullptr) return {};
  return std::string(
      reinterpret_cast<const char*>(text),
      static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
}

WallTime Statement::Time(int column) const { return FromMicros(Int(column)); }

std::optional<WallTime> Statement::OptionalTime(int column) const {
  if (IsNull(column)) return std::nullopt;
  return Time(column);
}

void Statement::CopyBytes(int column, void* bytes, std::size_t size) const {
  const void* stored = sqlite3_column_blob(statement_, column);
  const int stored_size = sqlite3_column_bytes(statement_, column);
  if (stored != nullptr && static_cast<std::size_t>(stored_size) == size) {
    std::memcpy(bytes, stored, size);
  }
}

Uuid Statement::Id(int column) const {
  Uuid id;
  CopyBytes(column, id.bytes.data(), id.bytes.size());
  return id;
}

std::array<std::uint8_t, 32> Statement::Hash(int column) const {
  std::array<std::uint8_t, 32> hash{};
  CopyBytes(column, hash.data(), hash.size());
  return hash;
}

RawValue RawValue::Of(std::int64_t value) {
  return {'i', std::to_string(value)};
}

RawValue Statement::Raw(int column) const {
  switch (sqlite3_column_type(statement_, column)) {
    case SQLITE_INTEGER:
      return RawValue::Of(Int(column));
    case SQLITE_FLOAT:
      return {'f', Text(column)};
    case SQLITE_TEXT:
      return {'t', Text(column)};
    case SQLITE_BLOB:
      break;
    default:
      return {};
  }
  const auto* bytes =
      static_cast<const char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr) return {'b', {}};
  return {'b', std::string(bytes, static_cast<std::size_t>(sqlite3_column_bytes(
                                      statement_, column)))};
}

Result<std::unique_ptr<Database>> Database::Open(
    const std::string& path, std::chrono::milliseconds busy_timeout) {
  CLONE_AUTH_TRY(MakePrivateFile(path));
  sqlite3* handle = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(handle));
  if (code != SQLITE_OK) return Failure(handle, code);
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, static_cast<int>(busy_timeout.count()));
  // What a damaged or hostile file may make the engine do is kept small.
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  CLONE_AUTH_TRY(UseWriteAheadLog(handle, busy_timeout));
  CLONE_AUTH_TRY(
      database->Execute("PRAGMA synchronous=FULL;"
                        "PRAGMA foreign_keys=ON;"
                        "PRAGMA secure_delete=ON"));
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Status Database::CheckIsInPlace() {
  int moved = 0;
  const int code =
      sqlite3_file_control(handle_, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (code != SQLITE_OK) return Failure(handle_, code);
  if (moved == 0) return Status();
  return Status(Reason::kStoreUnavailable,
                "The database file was moved or deleted.");
}

Result<Statement> Database::Prepare(const char* sql) {
  CLONE_AUTH_TRY(CheckIsInPlace());
  return PrepareAnyway(sql);
}

Result<Statement> Database::PrepareAnyway(const char* sql) {
  auto [entry, is_new] = statements_.try_emplace(sql, nullptr);
  if (is_new) {
    const int code = sqlite3_prepare_v3(
        handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &entry->second, nullptr);
    if (code != SQLITE_OK) {
      statements_.erase(entry);
      return Failure(handle_, code);
    }
  }
  return Statement(handle_, entry->second);
}

Status Database::Execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status() : Failure(handle_, code);
}

int Database::Changes() const { return sqlite3_changes(handle_); }

Result<Transaction> Transaction::Begin(Database& database) {
  CLONE_AUTH_TRY(database.Execute("BEGIN IMMEDIATE"));
  return Transaction(&database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // A failed rollback means that the engine has rolled back by itself.
  if (database_ != nullptr) (void)database_->Execute("ROLLBACK");
}

Status Transaction::Commit() {
  CLONE_AUTH_TRY(database_->Execute("COMMIT"));
  database_ = nullptr;
  return Status();
}

}  // namespace clone_auth::service

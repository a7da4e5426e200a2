#pragma once

// One connection to an SQLite file: statements prepared once, transactions
// that roll back unless committed. For one thread at a time.

#include <sqlite3.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"

namespace clone_auth::service {

/// A value as it is stored: two that differ in type or content are never the
/// same.
struct RawValue {
  char type = 'n';  ///< 'i' integer, 'f' float, 't' text, 'b' blob, 'n' null
  std::string bytes;

  static RawValue Of(std::int64_t value);
  static RawValue Of(std::string_view text) { return {'t', std::string(text)}; }
  template <std::size_t kSize>
  static RawValue Of(const std::array<std::uint8_t, kSize>& blob) {
    return {'b', std::string(blob.begin(), blob.end())};
  }
  friend bool operator==(const RawValue& a, const RawValue& b) {
    return a.type == b.type && a.bytes == b.bytes;
  }
};

/// A prepared statement on loan; it is reset when this goes.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement)
      : database_(database), statement_(statement) {}
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Values for ?1, ?2, ... in the order of the calls. What is given must live
  // until the last Step.
  Statement& Bind(std::int64_t value);
  Statement& Bind(std::string_view value);
  Statement& Bind(WallTime value);
  Statement& Bind(std::optional<WallTime> value);
  Statement& BindBytes(const void* bytes, std::size_t size);
  Statement& Bind(const Uuid& value) {
    return BindBytes(value.bytes.data(), value.bytes.size());
  }
  Statement& Bind(const std::array<std::uint8_t, 32>& value) {
    return BindBytes(value.data(), value.size());
  }
  Statement& BindNull();
  template <typename T>
  Statement& BindOptional(const std::optional<T>& value) {
    return value.has_value() ? Bind(*value) : BindNull();
  }

  /// True while there is a row. Errors: already_exists (a uniqueness that is
  /// violated), store_unavailable.
  Result<bool> Step();
  /// Steps to the end, rows ignored.
  Status Run();

  // Columns of the current row, from 0.
  bool IsNull(int column) const;
  std::int64_t Int(int column) const;
  std::string Text(int column) const;
  WallTime Time(int column) const;
  std::optional<WallTime> OptionalTime(int column) const;
  /// Nil where the column does not hold 16 bytes.
  Uuid Id(int column) const;
  /// Zeros where the column does not hold 32 bytes.
  std::array<std::uint8_t, 32> Hash(int column) const;
  RawValue Raw(int column) const;

 private:
  int NextIndex() { return ++bound_; }
  void Note(int code);
  void CopyBytes(int column, void* bytes, std::size_t size) const;

  sqlite3* database_;
  sqlite3_stmt* statement_;
  int bound_ = 0;
  int bind_error_ = SQLITE_OK;
};

class Database {
 public:
  /// Opens or makes the file, readable by its owner alone, with write-ahead
  /// log, full synchronisation and foreign keys. Error: store_unavailable.
  static Result<std::unique_ptr<Database>> Open(
      const std::string& path, std::chrono::milliseconds busy_timeout);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// The statement for `sql`, which must be a literal: its address is the
  /// name under which it is kept. Error: store_unavailable, also where the
  /// file is no longer at its path.
  Result<Statement> Prepare(const char* sql);
  /// The same without a look at the path, which takes longer than many a
  /// query.
  Result<Statement> PrepareAnyway(const char* sql);
  /// Runs statements that yield nothing. Error: store_unavailable.
  Status Execute(const char* sql);
  /// How many rows the last statement changed.
  int Changes() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  /// What is written to a file without a name would be gone at the next start.
  Status CheckIsInPlace();
  sqlite3* handle_;
  absl::flat_hash_map<const char*, sqlite3_stmt*> statements_;
};

/// Takes the write lock at once; rolls back unless committed.
class Transaction {
 public:
  static Result<Transaction> Begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  Status Commit();

 private:
  explicit Transaction(Database* database) : database_(database) {}
  Database* database_;
};

}  // namespace clone_auth::service

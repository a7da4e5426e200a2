#pragma once

// The database of a Django project, read only and as it was at one moment.
// For one thread.

#include <sqlite3.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "clone/clock.h"
#include "clone/result.h"
#include "service/sqlite/database.h"

namespace clone_auth::service {

struct DjangoUser {
  std::string id;
  std::string email;
  std::string password;
  bool active = false;
  std::optional<WallTime> joined_at;
};

/// Of djangorestframework-api-key.
struct DjangoApiKey {
  std::string prefix;
  std::string hash;
  std::string name;
  bool revoked = false;
  std::optional<WallTime> created_at;
  std::optional<WallTime> expires_at;
  /// It has an end that cannot be read.
  bool is_broken = false;
};

/// Of rest_framework.authtoken.
struct DjangoToken {
  std::string user;
  std::string key;
  std::string created;
};

/// A refresh token that SimpleJWT knows of.
struct DjangoRefresh {
  std::string jti;
  bool blacklisted = false;
  std::optional<WallTime> created_at;
  std::optional<WallTime> expires_at;
};

class DjangoFile {
 public:
  /// Errors: import_unusable (no SQLite file, or without such a table of
  /// users), invalid_argument (no name of a table).
  static Result<std::unique_ptr<DjangoFile>> Open(
      const std::string& path, const std::string& user_table);
  ~DjangoFile();
  DjangoFile(const DjangoFile&) = delete;
  DjangoFile& operator=(const DjangoFile&) = delete;

  // Each stops where `visit` fails. A table that is not there has no rows.
  // Error: import_unusable.
  Status ForEachUser(const std::function<Status(const DjangoUser&)>& visit);
  Status ForEachApiKey(const std::function<Status(const DjangoApiKey&)>& visit);
  Status ForEachToken(const std::function<Status(const DjangoToken&)>& visit);
  Status ForEachRefresh(
      const std::function<Status(const DjangoRefresh&)>& visit);

 private:
  DjangoFile(sqlite3* handle, std::string path, std::string user_table)
      : handle_(handle),
        path_(std::move(path)),
        user_table_(std::move(user_table)) {}

  Status Unusable(const std::string& what) const;
  Status Execute(const char* sql);
  Result<bool> HasColumn(const std::string& table, const std::string& column);
  Status ForEachRow(const std::string& sql,
                    const std::function<Status(const Statement&)>& visit);

  sqlite3* handle_;
  std::string path_;
  std::string user_table_;
};

}  // namespace clone_auth::service

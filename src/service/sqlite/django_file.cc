#include "service/sqlite/django_file.h"

#include <algorithm>
#include <utility>

#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

bool IsTableName(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '_';
         });
}

// Django keeps times in UTC and says so nowhere: "2026-11-21 19:43:07.138042".
std::optional<WallTime> DjangoTime(std::string text) {
  const std::size_t blank = text.find(' ');
  if (blank != std::string::npos) text[blank] = 'T';
  if (text.find_first_of("Z+", blank) == std::string::npos) text += 'Z';
  return ParseTime(text);
}

struct Finalizer {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
  }
};

}  // namespace

Result<std::unique_ptr<DjangoFile>> DjangoFile::Open(
    const std::string& path, const std::string& user_table) {
  if (!IsTableName(user_table)) {
    return Status(Reason::kInvalidArgument,
                  "'" + user_table + "' is not the name of a table.");
  }
  sqlite3* handle = nullptr;
  const int opened =
      sqlite3_open_v2(path.c_str(), &handle,
                      SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<DjangoFile> file(new DjangoFile(handle, path, user_table));
  if (opened != SQLITE_OK) return file->Unusable("cannot be opened");
  sqlite3_busy_timeout(handle, 2000);
  CLONE_AUTH_TRY(file->Execute("BEGIN"));
  for (const char* column : {"id", "email", "password", "is_active"}) {
    CLONE_AUTH_TRY_ASSIGN(const bool has, file->HasColumn(user_table, column));
    if (!has) {
      return file->Unusable("has no table '" + user_table +
                            "' with a column '" + column + "'");
    }
  }
  return file;
}

DjangoFile::~DjangoFile() { sqlite3_close(handle_); }

Status DjangoFile::Unusable(const std::string& what) const {
  return Status(Reason::kImportUnusable,
                "The file '" + path_ + "' " + what + ".");
}

Status DjangoFile::Execute(const char* sql) {
  return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) == SQLITE_OK
             ? Status()
             : Unusable("cannot be read");
}

Status DjangoFile::ForEachRow(
    const std::string& sql,
    const std::function<Status(const Statement&)>& visit) {
  sqlite3_stmt* prepared = nullptr;
  const int made =
      sqlite3_prepare_v2(handle_, sql.c_str(), -1, &prepared, nullptr);
  const std::unique_ptr<sqlite3_stmt, Finalizer> owner(prepared);
  if (made != SQLITE_OK) {
    return Unusable("cannot be read: " + std::string(sqlite3_errmsg(handle_)));
  }
  Statement statement(handle_, prepared);
  while (true) {
    const auto row = statement.Step();
    if (!row.ok()) return Unusable("cannot be read");
    if (!*row) return Status();
    CLONE_AUTH_TRY(visit(statement));
  }
}

Result<bool> DjangoFile::HasColumn(const std::string& table,
                                   const std::string& column) {
  bool has = false;
  CLONE_AUTH_TRY(ForEachRow("SELECT 1 FROM pragma_table_info('" + table +
                                "') WHERE name = '" + column + "'",
                            [&](const Statement&) {
                              has = true;
                              return Status();
                            }));
  return has;
}

Status DjangoFile::ForEachUser(
    const std::function<Status(const DjangoUser&)>& visit) {
  CLONE_AUTH_TRY_ASSIGN(const bool has_date,
                        HasColumn(user_table_, "date_joined"));
  const std::string date = has_date ? "date_joined" : "NULL";
  return ForEachRow("SELECT id, email, password, is_active, " + date +
                        " FROM " + user_table_ + " ORDER BY id",
                    [&](const Statement& row) {
                      DjangoUser user;
                      user.id = row.Text(0);
                      user.email = row.Text(1);
                      user.password = row.Text(2);
                      user.active = row.Int(3) == 1;
                      user.joined_at = DjangoTime(row.Text(4));
                      return visit(user);
                    });
}

Status DjangoFile::ForEachApiKey(
    const std::function<Status(const DjangoApiKey&)>& visit) {
  CLONE_AUTH_TRY_ASSIGN(
      const bool has, HasColumn("rest_framework_api_key_apikey", "hashed_key"));
  if (!has) return Status();
  return ForEachRow(
      "SELECT prefix, hashed_key, name, revoked, created, expiry_date"
      " FROM rest_framework_api_key_apikey ORDER BY created, prefix",
      [&](const Statement& row) {
        DjangoApiKey key;
        key.prefix = row.Text(0);
        key.hash = row.Text(1);
        key.name = row.Text(2);
        key.revoked = row.Int(3) != 0;
        key.created_at = DjangoTime(row.Text(4));
        if (!row.IsNull(5)) key.expires_at = DjangoTime(row.Text(5));
        key.is_broken = !row.IsNull(5) && !key.expires_at.has_value();
        return visit(key);
      });
}

Status DjangoFile::ForEachToken(
    const std::function<Status(const DjangoToken&)>& visit) {
  CLONE_AUTH_TRY_ASSIGN(const bool has, HasColumn("authtoken_token", "key"));
  if (!has) return Status();
  return ForEachRow(
      "SELECT user_id, key, created FROM authtoken_token ORDER BY created",
      [&](const Statement& row) {
        return visit(DjangoToken{row.Text(0), row.Text(1), row.Text(2)});
      });
}

Status DjangoFile::ForEachRefresh(
    const std::function<Status(const DjangoRefresh&)>& visit) {
  CLONE_AUTH_TRY_ASSIGN(
      const bool has,
      HasColumn("token_blacklist_blacklistedtoken", "token_id"));
  if (!has) return Status();
  return ForEachRow(
      "SELECT o.jti, b.token_id IS NOT NULL, o.created_at, o.expires_at"
      " FROM token_blacklist_outstandingtoken o"
      " LEFT JOIN token_blacklist_blacklistedtoken b ON b.token_id = o.id",
      [&](const Statement& row) {
        return visit(DjangoRefresh{row.Text(0), row.Int(1) != 0,
                                   DjangoTime(row.Text(2)),
                                   DjangoTime(row.Text(3))});
      });
}

}  // namespace clone_auth::service

#include "service/sqlite/audit_rows.h"

#include <algorithm>
#include <utility>

#include "service/micros.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

// What is hashed of a row: all columns but the last two.
constexpr int kHashedColumns = 8;

/// A row as one text that stands for no other row.
class RowText {
 public:
  RowText& Add(const RawValue& value) {
    text_ += value.type;
    text_ += std::to_string(value.bytes.size());
    text_ += ':';
    text_ += value.bytes;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

Result<AuditHead> LastRow(Database& database) {
  CLONE_AUTH_TRY_ASSIGN(Statement statement,
                        database.Prepare("SELECT sequence, hash FROM audit"
                                         " ORDER BY sequence DESC LIMIT 1"));
  CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
  AuditHead head;
  if (row) head = {statement.Int(0), statement.Hash(1)};
  return head;
}

Status Broken(std::int64_t row, const std::string& what) {
  return Status(Reason::kAuditBroken, "Row " + std::to_string(row) +
                                          " of the audit trail " + what + ".");
}

AuditRecord ReadRecord(const Statement& row) {
  AuditRecord record;
  record.sequence = row.Int(0);
  record.when = row.Time(1);
  record.action = row.Text(2);
  record.key = row.Id(3);
  record.account = row.Id(4);
  record.actor = row.Text(5);
  record.address = row.Text(6);
  record.detail = row.Text(7);
  return record;
}

// One statement for each way to ask, so that each has its index.
struct Asking {
  const char* rows;
  const char* count;
};

#define CLONE_AUTH_SELECT_AUDIT                               \
  "SELECT sequence, time, action, key_id, account_id, actor," \
  " address, detail FROM audit "
#define CLONE_AUTH_COUNT_AUDIT "SELECT count(*) FROM audit "
#define CLONE_AUTH_AUDIT_PAGE "ORDER BY sequence DESC LIMIT ?1 OFFSET ?2"

Asking AskingFor(const AuditQuery& query) {
  if (query.key.has_value()) {
    return {CLONE_AUTH_SELECT_AUDIT "WHERE key_id = ?3 " CLONE_AUTH_AUDIT_PAGE,
            CLONE_AUTH_COUNT_AUDIT "WHERE key_id = ?1"};
  }
  if (query.account.has_value()) {
    return {CLONE_AUTH_SELECT_AUDIT
            "WHERE account_id = ?3 " CLONE_AUTH_AUDIT_PAGE,
            CLONE_AUTH_COUNT_AUDIT "WHERE account_id = ?1"};
  }
  return {CLONE_AUTH_SELECT_AUDIT CLONE_AUTH_AUDIT_PAGE,
          CLONE_AUTH_COUNT_AUDIT};
}

}  // namespace

Status AppendAudit(Database& database, const AuditChain& chain,
                   const AuditEvent& event) {
  CLONE_AUTH_TRY_ASSIGN(const AuditHead last, LastRow(database));
  const std::string_view action = NameOf(event.action);
  RowText row;
  row.Add(RawValue::Of(last.sequence + 1))
      .Add(RawValue::Of(ToMicros(event.when)))
      .Add(RawValue::Of(action))
      .Add(RawValue::Of(event.key.bytes))
      .Add(RawValue::Of(event.account.bytes))
      .Add(RawValue::Of(event.actor.name))
      .Add(RawValue::Of(event.actor.address))
      .Add(RawValue::Of(event.detail));
  const AuditHash hash = chain.HashOf(last.hash, row.text());
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare("INSERT INTO audit(sequence, time, action, key_id,"
                       " account_id, actor, address, detail, previous, hash)"
                       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"));
  return statement.Bind(last.sequence + 1)
      .Bind(event.when)
      .Bind(action)
      .Bind(event.key)
      .Bind(event.account)
      .Bind(event.actor.name)
      .Bind(event.actor.address)
      .Bind(event.detail)
      .Bind(last.hash)
      .Bind(hash)
      .Run();
}

Result<bool> HasAuditSince(Database& database, AuditAction action,
                           const Uuid& key, WallTime time) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare("SELECT 1 FROM audit WHERE key_id = ?1 AND action = ?2"
                       " AND time > ?3"));
  return statement.Bind(key).Bind(NameOf(action)).Bind(time).Step();
}

Result<AuditPageOf> ListAudit(Database& database, const AuditQuery& query) {
  const Asking asking = AskingFor(query);
  const std::optional<Uuid>& id =
      query.key.has_value() ? query.key : query.account;
  AuditPageOf page;
  {
    CLONE_AUTH_TRY_ASSIGN(Statement statement, database.Prepare(asking.count));
    if (id.has_value()) statement.Bind(*id);
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (row) page.count = static_cast<std::size_t>(statement.Int(0));
  }
  CLONE_AUTH_TRY_ASSIGN(Statement statement, database.Prepare(asking.rows));
  statement.Bind(static_cast<std::int64_t>(query.limit))
      .Bind(static_cast<std::int64_t>(query.offset));
  if (id.has_value()) statement.Bind(*id);
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) return page;
    page.rows.push_back(ReadRecord(statement));
  }
}

Result<bool> AuditCheck::Next(Database& database, const AuditChain& chain,
                              std::size_t limit) {
  CLONE_AUTH_TRY_ASSIGN(
      Statement statement,
      database.Prepare("SELECT sequence, time, action, key_id, account_id,"
                       " actor, address, detail, previous, hash FROM audit"
                       " WHERE sequence > ?1 ORDER BY sequence LIMIT ?2"));
  statement.Bind(head_.sequence).Bind(static_cast<std::int64_t>(limit));
  bool any = false;
  while (true) {
    CLONE_AUTH_TRY_ASSIGN(const bool row, statement.Step());
    if (!row) break;
    any = true;
    CLONE_AUTH_TRY(CheckRow(statement, chain));
  }
  if (!any) CLONE_AUTH_TRY(Finish());
  return any;
}

Status AuditCheck::CheckRow(const Statement& row, const AuditChain& chain) {
  const std::int64_t next = head_.sequence + 1;
  if (row.Int(0) != next) return Broken(next, "is missing");
  RowText text;
  for (int column = 0; column < kHashedColumns; ++column) {
    text.Add(row.Raw(column));
  }
  const AuditHash hash = chain.HashOf(head_.hash, text.text());
  if (!(row.Raw(kHashedColumns) == RawValue::Of(head_.hash)) ||
      !(row.Raw(kHashedColumns + 1) == RawValue::Of(hash))) {
    return Broken(next, "is not what was written there");
  }
  head_ = {next, hash};
  if (kept_.sequence == next && kept_.hash != hash) {
    return Broken(next, "is another than the head that was kept names");
  }
  return Status();
}

Status AuditCheck::Finish() const {
  if (head_.sequence >= kept_.sequence) return Status();
  return Broken(head_.sequence + 1, "is missing, and so is all up to row " +
                                        std::to_string(kept_.sequence) +
                                        ", the head that was kept");
}

}  // namespace clone_auth::service

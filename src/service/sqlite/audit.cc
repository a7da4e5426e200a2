// The part of the store that writes and reads the audit trail.

#include <mutex>
#include <utility>

#include "service/sqlite/audit_rows.h"
#include "service/sqlite/sqlite_store.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

// Rows that are checked before others have their turn.
constexpr std::size_t kRowsAtOnce = 1000;

}  // namespace

void SqliteStore::UseAuditChain(AuditChain chain) {
  const std::lock_guard lock(mutex_);
  audit_.emplace(std::move(chain));
}

Status SqliteStore::Record(const AuditEvent& event) {
  if (!audit_.has_value()) {
    return Status(Reason::kInternal, "The store was given no audit chain.");
  }
  return service::AppendAudit(*database_, *audit_, event);
}

Status SqliteStore::AppendAudit(const AuditEvent& event) {
  const std::lock_guard lock(mutex_);
  CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                        Transaction::Begin(*database_));
  CLONE_AUTH_TRY(Record(event));
  return transaction.Commit();
}

Result<AuditPageOf> SqliteStore::ListAudit(const AuditQuery& query) {
  const std::lock_guard lock(mutex_);
  return service::ListAudit(*database_, query);
}

Result<AuditHead> SqliteStore::VerifyAudit(const AuditHead& kept) {
  AuditCheck check(kept);
  while (true) {
    const std::lock_guard lock(mutex_);
    if (!audit_.has_value()) {
      return Status(Reason::kInternal, "The store was given no audit chain.");
    }
    CLONE_AUTH_TRY_ASSIGN(const bool more,
                          check.Next(*database_, *audit_, kRowsAtOnce));
    if (!more) return check.head();
  }
}

}  // namespace clone_auth::service

#pragma once

// The rows of the table audit. For one connection, whose lock the caller
// holds.

#include <cstddef>
#include <cstdint>
#include <string>

#include "clone/result.h"
#include "service/audit.h"
#include "service/sqlite/database.h"

namespace clone_auth::service {

/// Adds a row. Belongs into the transaction of the change that it tells of.
Status AppendAudit(Database& database, const AuditChain& chain,
                   const AuditEvent& event);

/// True if the trail has a row about this action and key since `time`.
Result<bool> HasAuditSince(Database& database, AuditAction action,
                           const Uuid& key, WallTime time);

Result<AuditPageOf> ListAudit(Database& database, const AuditQuery& query);

/// Goes through the trail from the start, some rows at a time.
class AuditCheck {
 public:
  /// `kept` is a head that must be in the trail.
  explicit AuditCheck(const AuditHead& kept) : kept_(kept) {}

  /// Checks the next rows, at most `limit`; false where there is none left.
  /// Errors: audit_broken, naming the first row that is not what was written;
  /// store_unavailable.
  Result<bool> Next(Database& database, const AuditChain& chain,
                    std::size_t limit);

  /// The last row that was checked.
  const AuditHead& head() const { return head_; }

 private:
  Status CheckRow(const Statement& row, const AuditChain& chain);
  Status Finish() const;

  AuditHead kept_;
  AuditHead head_;
};

}  // namespace clone_auth::service

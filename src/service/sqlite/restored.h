#pragma once

// The three questions that a restore asks of database files: what is at the
// target, is the backup one that fits there, and what must be changed in it.

#include <optional>
#include <string>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"
#include "service/audit.h"
#include "service/revocation_log.h"
#include "service/sqlite/database.h"
#include "service/store.h"

namespace clone_auth::service {

struct TargetState {
  bool exists = false;
  // Nil where the file is broken, older than such ids, or without accounts.
  Uuid service;
  Uuid log;  ///< the revocation log that it writes
};

/// Folds the write-ahead log at `path` into the file, so that no log is left
/// to be replayed onto another. Error: store_unavailable, also where another
/// process has the file open.
Result<TargetState> CloseTarget(const std::string& path);

/// A draft that will be the database.
struct Restorable {
  std::unique_ptr<Database> database;
  Uuid service;
  /// Nothing where the file says nothing of a log.
  std::optional<BackupRecord> record;
};

/// Opens `draft`, a copy of `backup`, and brings its tables up to date.
/// Errors: backup_unusable, schema_unknown, store_unavailable.
Result<Restorable> OpenDraft(const std::string& draft,
                             const std::string& backup);

/// Takes away what `since` took away; ends every session and raises every
/// account's generation.
Status Replay(Database& draft, const ApiKeySealer& sealer,
              const AuditChain& chain, const std::vector<Revocation>& since,
              WallTime now);

/// The same where nobody knows what was taken away: every API key is revoked
/// and no password is good any more.
Status TakeAllAway(Database& draft, const ApiKeySealer& sealer,
                   const AuditChain& chain, WallTime now);

}  // namespace clone_auth::service

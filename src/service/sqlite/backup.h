#pragma once

// Copies of a database that is in use, and what the table `meta` says: which
// service a file is of, which revocation log goes with it, and, in a backup,
// the place in that log.

#include <optional>
#include <string>

#include "clone/uuid.h"
#include "service/sqlite/database.h"
#include "service/store.h"

namespace clone_auth::service {

/// Writes a copy of what was committed before the call to the new file `to`,
/// with `record` in it, through a connection of its own: nobody waits for it,
/// neither readers nor writers. Error: store_unavailable.
Status CopyDatabase(const std::string& from, const std::string& to,
                    const BackupRecord& record);

/// Nil where the file says nothing.
Result<Uuid> ReadServiceId(Database& database);
Result<Uuid> ReadLogId(Database& database);
Status WriteLogId(Database& database, const Uuid& log);

/// Nothing where the file is no backup.
Result<std::optional<BackupRecord>> ReadRecord(Database& database);
/// From now on the file is no backup.
Status EraseRecord(Database& database);

}  // namespace clone_auth::service

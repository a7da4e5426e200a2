#pragma once

// The tables, as a list of migrations. The file's user_version counts those
// that were applied; each runs in a transaction of its own.

#include "clone/status.h"
#include "service/sqlite/database.h"

namespace clone_auth::service {

/// How many migrations there are.
int NewestSchemaVersion();

/// Brings the file to `version` (by default the newest). Errors:
/// schema_unknown, where it was made by a newer program; store_unavailable.
Status Migrate(Database& database, int version = NewestSchemaVersion());

}  // namespace clone_auth::service

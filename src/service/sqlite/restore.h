#pragma once

// A database and its key file go back to a backup, and nothing that was taken
// away since comes back with them. Everything is made ready beside the target
// first; then the key file and the database are replaced, in that order, each
// in one step. A crash leaves what was, what is to be, or the old database
// with the new keys, under which its API keys are good and nobody is signed
// in; the next restore finishes.

#include <string>

#include "clone/service.h"

namespace clone_auth::service {

/// See IdentityService::RestoreSqlite.
Result<RestoredBackup> Restore(const std::string& path,
                               const std::string& backup,
                               const RestoreOptions& options);

}  // namespace clone_auth::service

#pragma once

// A backup while requests go on: a copy of the database and one of the key
// file, which appear under their names only once both are whole.

#include <string>

#include "clone/status.h"
#include "service/handlers.h"

namespace clone_auth::service {

/// Writes `file` and `<file>.keys`. One at a time. Errors: already_exists
/// (either file), store_unavailable.
Status WriteBackup(const Context& context, const std::string& file);

}  // namespace clone_auth::service

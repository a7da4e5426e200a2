#pragma once

// A Unix-domain socket beside a file, for its user alone, and with a path as
// long as the system allows for files.

#include <string>

#include <sys/types.h>

#include "blocking_io.h"
#include "clone/result.h"

namespace auth_server {

/// Listens at `path`, in the place of what is there. No other user may connect
/// at any moment. Error: store_unavailable.
clone_auth::Result<Descriptor> ListenAt(const std::string& path);

/// Errors: not_found (nobody listens there), permission_denied,
/// store_unavailable.
clone_auth::Result<Descriptor> ConnectTo(const std::string& path);

/// Who is on the other side; -1 where that is not known.
uid_t PeerOf(int connection);

}  // namespace auth_server

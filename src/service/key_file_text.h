#pragma once

// The text of the key file. Version 2 says of each signing key when it signs
// and when it leaves; version 1, which said nothing of the kind, can be read.
// Version 3 is the same as 2, has the key of the audit trail, and says that
// every row of a key is sealed.

#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/service.h"
#include "service/key_file.h"

namespace clone_auth::service {

/// A failure that says which file it is about.
Status KeyFileFailure(Reason reason, const std::string& path,
                      const std::string& what);

/// The text of `file` with the signing keys of `plan`, which has one at least.
Secret KeyFileText(const KeyFile& file, const SigningPlan& plan);

/// Fills `file` but for its lock. `written_at` is when the text was. Error:
/// config_malformed.
Status ReadKeyFileText(std::string_view text, const ServiceOptions& options,
                       const Moment& moment, WallTime written_at,
                       KeyFile& file);

}  // namespace clone_auth::service

#pragma once

// The config file of the command line: YAML with `cloud.url` and
// `cloud.api_key`; what else stands in it is other programs' affair.

#include <string>

#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

struct CloudConfig {
  std::string url;     ///< empty: not set
  Secret api_key;      ///< empty: not set
  std::string origin;  ///< "file:line" of the key, for messages
};

/// An absent file is an empty config. A file with a key must be this user's
/// or the system's own and closed to others. Errors, whose messages name file
/// and line: config_malformed, file_insecure.
Result<CloudConfig> ReadCloudConfig(const std::string& path);

}  // namespace clone_auth

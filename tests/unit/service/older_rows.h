#pragma once

#include <string>
#include <utility>
#include <vector>

namespace clone_auth::testing {

/// A key's id and its text.
using KeyAndId = std::pair<std::string, std::string>;

/// Makes a database, which has these keys and no others, what the version
/// before sealed rows wrote: an HMAC of each key in a table of three columns
/// less. Nobody may have it open.
void MakeRowsOlder(const std::string& database,
                   const std::vector<KeyAndId>& keys);

/// The same for the key file at this path.
void MakeKeyFileOlder(const std::string& path);

}  // namespace clone_auth::testing

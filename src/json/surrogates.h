#pragma once

#include <string_view>

namespace clone_auth {

/// True if an escape in the JSON `text` names half of a surrogate pair without
/// its other half, which simdjson 3.0 does not always notice. What is no JSON
/// for another reason may yield either.
bool HasLoneSurrogate(std::string_view text);

}  // namespace clone_auth

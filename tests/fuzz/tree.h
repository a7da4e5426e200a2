#pragma once

// Claims and texts as a tree has them: a second opinion on what the library
// reads in one pass.

#include <optional>
#include <string>

#include "clone/json.h"

namespace clone_auth::fuzz {

/// True if both say the same. How a number was written does not matter.
bool Equal(const JsonValue& a, const JsonValue& b);

inline std::string Write(const JsonValue& value) {
  return JsonWriter().Value(value).Take();
}

}  // namespace clone_auth::fuzz

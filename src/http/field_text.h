#pragma once

#include <cstddef>
#include <string_view>

namespace clone_auth {

/// Without the blanks that may stand around a field's value (OWS of RFC 9110
/// section 5.6.3).
inline std::string_view TrimBlanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace clone_auth

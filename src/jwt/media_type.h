#pragma once

#include <string>
#include <string_view>

namespace clone_auth {

/// A `typ` or `cty` in the one form in which they are compared: ASCII lower
/// case, without a leading "application/" (RFC 7515 section 4.1.9).
inline std::string NormalMediaType(std::string_view type) {
  constexpr std::string_view kPrefix = "application/";
  std::string normal(type);
  for (char& c : normal) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (normal.compare(0, kPrefix.size(), kPrefix) == 0) {
    normal.erase(0, kPrefix.size());
  }
  return normal;
}

}  // namespace clone_auth

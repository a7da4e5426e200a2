#pragma once

// What the name of a permission looks like. It can stand in a header, in the
// scope of a token and, quoted, in a challenge as it is.

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace clone_auth::service {

inline constexpr std::size_t kMaxPermissionName = 64;
/// How many of them a key may have.
inline constexpr std::size_t kMaxPermissions = 32;

inline bool IsPermissionName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxPermissionName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == ':' || c == '-';
         });
}

}  // namespace clone_auth::service

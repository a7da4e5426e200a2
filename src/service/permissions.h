#pragma once

#include <algorithm>
#include <cstddef>
#include <string>

namespace clone_auth::service {

inline constexpr std::size_t kMaxPermissions = 32;

/// 1 to 64 characters of a-z, 0-9, '_', ':' and '-'.
inline bool IsPermissionName(const std::string& name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == ':' || c == '-';
         });
}

}  // namespace clone_auth::service

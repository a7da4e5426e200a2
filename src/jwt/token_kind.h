#pragma once

// Which kind of token one says that it is.

#include <cstdint>
#include <string_view>

#include "clone/jwt_policy.h"
#include "json/reader.h"

namespace clone_auth {

class KindMarks {
 public:
  /// Notes what a claim says of the kind, if it is one that does.
  void AddClaim(std::string_view name, JsonSlice value) {
    const char first = name.empty() ? '\0' : name[0];  // of each of these names
    if (first == 'a' || first == 'c' || first == 'n' || first == 't') {
      AddMark(name, value);
    }
  }
  void AddType(std::string_view normal_type);

  /// False where the token says that it is of another kind, or of several.
  bool Allow(JwtKind kind) const;

 private:
  void AddMark(std::string_view name, JsonSlice value);

  std::uint8_t said_ = 0;  // a bit for each JwtKind, and one for all others
  bool looks_like_id_ = false;
};

}  // namespace clone_auth

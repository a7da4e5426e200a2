#pragma once

// Where in a request credentials stand.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "clone/authenticator.h"
#include "clone/foreign_credentials.h"
#include "clone/http.h"
#include "clone/status.h"

namespace clone_auth {

enum class Place : std::uint8_t { kKeyHeader, kBearer, kDpop, kForeign };

/// The credentials of a request: how many, and the last of them.
struct Presented {
  std::size_t count = 0;
  Place place = Place::kKeyHeader;
  /// What the key header holds, or what follows the scheme's name.
  std::string_view text;

  void Add(Place where, std::string_view what) {
    ++count;
    place = where;
    text = what;
  }
};

/// A character of a credential.
constexpr bool IsVisible(char c) { return c > ' ' && c <= '~'; }

Presented Collect(const HttpHeaders& headers,
                  const AuthenticatorOptions& options);

/// Error: invalid_argument, for a scheme that is no token or means something
/// already, and for an empty prefix.
Status CheckForeignKeys(const ForeignKeyShapes& shapes);

}  // namespace clone_auth

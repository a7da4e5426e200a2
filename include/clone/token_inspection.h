#pragma once

// What a token says of itself, with nothing verified: for showing to a person,
// for scheduling a refresh, for explaining a refusal. Never a basis for
// granting anything; that is JwtVerifier's.

#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/json.h"
#include "clone/result.h"

namespace clone_auth {

struct UnverifiedToken {
  JsonValue header;
  JsonValue claims;
  std::optional<WallTime> issued_at;
  std::optional<WallTime> expires_at;
};

/// Error: token_malformed, where `token` is not three base64url parts with
/// JSON objects in the first two; token_too_large.
Result<UnverifiedToken> InspectToken(std::string_view token);

}  // namespace clone_auth

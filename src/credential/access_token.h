#pragma once

// What scheduling needs to know of an access token, taken from the token
// itself and never verified.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "clone/clock.h"

namespace clone_auth {

struct AccessTokenFacts {
  /// From its arrival on; zero where the token was never valid.
  std::chrono::seconds lifetime{0};
  /// `exp` as it stands in the token, by the issuer's clock.
  std::optional<WallTime> expires_claim;
  std::optional<std::string> subject;
};

/// The lifetime is `exp` minus `iat`, so that this machine's clock does not
/// matter; or `exp` minus `server_time` where that is less, as it is for a
/// token that was issued some time before it was handed out. A token that does
/// not tell both counts as living for `assumed`.
AccessTokenFacts FactsOf(std::string_view token, std::chrono::seconds assumed,
                         std::optional<WallTime> server_time = std::nullopt);

}  // namespace clone_auth

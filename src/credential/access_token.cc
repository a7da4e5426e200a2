#include "credential/access_token.h"

#include <algorithm>

#include "clone/token_inspection.h"

namespace clone_auth {
namespace {

using std::chrono::seconds;

// Longer than any access token should live, and short enough that no sum of
// times overflows.
constexpr seconds kLongestLifetime{std::chrono::hours(24 * 3660)};

}  // namespace

AccessTokenFacts FactsOf(std::string_view token, seconds assumed,
                         std::optional<WallTime> server_time) {
  AccessTokenFacts facts;
  facts.lifetime = std::clamp(assumed, seconds(0), kLongestLifetime);
  const auto inspected = InspectToken(token);
  if (!inspected.ok()) return facts;
  if (const auto* subject = inspected->claims.FindString("sub")) {
    facts.subject = *subject;
  }
  facts.expires_claim = inspected->expires_at;
  if (!inspected->issued_at || !inspected->expires_at) return facts;

  const seconds expires = ToUnixSeconds(*inspected->expires_at);
  facts.lifetime = std::clamp(expires - ToUnixSeconds(*inspected->issued_at),
                              seconds(0), kLongestLifetime);
  if (server_time) {
    const seconds left = expires - ToUnixSeconds(*server_time);
    if (left > seconds(0)) facts.lifetime = std::min(facts.lifetime, left);
  }
  return facts;
}

}  // namespace clone_auth

#pragma once

// What the endpoints of API keys have in common: who may see a key, and how
// one is shown.

#include <optional>
#include <string_view>

#include "clone/authenticator.h"
#include "clone/json.h"
#include "clone/secret.h"
#include "clone/uuid.h"
#include "service/handlers.h"
#include "service/store.h"

namespace clone_auth::service {

/// Lets an API key issue, roll and revoke keys.
inline constexpr char kKeysPermission[] = "keys";

std::string_view NameOf(ApiKeyScope scope);

/// True where a key that acts as the organization does asks.
bool IsOrganizationKey(const Principal& principal);

/// A key that acts as the organization does not reach its issuer's own keys.
bool MaySee(const Principal& principal, const StoredApiKey& key);

/// The key of the call's path. Error: not_found, also for somebody else's.
Result<StoredApiKey> FindVisibleKey(const Context& context, const Call& call);

/// Who asks, for the audit trail.
Actor ActorOf(const Call& call);

void WriteIdOrNull(JsonWriter& body, std::string_view name, const Uuid& id);

void WriteTime(JsonWriter& body, std::string_view name,
               const std::optional<WallTime>& time);

/// `raw` is the key itself, which only the answer to its issue carries.
void WriteKey(const Context& context, const StoredApiKey& key, JsonWriter& body,
              const Secret* raw = nullptr);

}  // namespace clone_auth::service

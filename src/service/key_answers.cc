#include "service/key_answers.h"

#include <string>

#include "service/time_text.h"

namespace clone_auth::service {
namespace {

// True of a good key alone.
bool ExpiresSoon(const Context& context, const ApiKeyRecord& record) {
  if (record.revoked_at.has_value() || !record.expires_at.has_value()) {
    return false;
  }
  const WallTime now = context.Now();
  return *record.expires_at > now &&
         *record.expires_at - now <= context.options->key_expires_soon;
}

}  // namespace

std::string_view NameOf(ApiKeyScope scope) {
  return scope == ApiKeyScope::kUser ? "user" : "org";
}

bool IsOrganizationKey(const Principal& principal) {
  return principal.acts_by_key() &&
         principal.scope() == ApiKeyScope::kOrganization;
}

bool MaySee(const Principal& principal, const StoredApiKey& key) {
  return key.record.owner == principal.subject() &&
         (!IsOrganizationKey(principal) ||
          key.record.scope == ApiKeyScope::kOrganization);
}

Result<StoredApiKey> FindVisibleKey(const Context& context, const Call& call) {
  auto key = context.directory->FindApiKey(call.id);
  if (key.ok() && MaySee(*call.principal, *key)) return key;
  return Status(Reason::kNotFound);
}

Actor ActorOf(const Call& call) {
  const Principal& principal = *call.principal;
  std::string name = principal.subject().ToString();
  if (principal.acts_by_key()) {
    name += " by key " + principal.key_id().ToString();
  }
  return {std::move(name), call.address};
}

void WriteIdOrNull(JsonWriter& body, std::string_view name, const Uuid& id) {
  body.Name(name);
  if (id.IsNil()) {
    body.Null();
  } else {
    body.String(id.ToString());
  }
}

void WriteTime(JsonWriter& body, std::string_view name,
               const std::optional<WallTime>& time) {
  body.Name(name);
  if (time.has_value()) {
    body.String(ToText(*time));
  } else {
    body.Null();
  }
}

void WriteKey(const Context& context, const StoredApiKey& key, JsonWriter& body,
              const Secret* raw) {
  body.BeginObject();
  body.Name("id").String(key.record.id.ToString());
  if (raw != nullptr) body.Name("key").String(raw->Reveal());
  body.Name("label").String(key.label);
  body.Name("created_at").String(ToText(key.created_at));
  body.Name("prefix").String(key.display_prefix);
  body.Name("organization").String(key.record.organization.ToString());
  body.Name("scope").String(NameOf(key.record.scope));
  body.Name("permissions").BeginArray();
  for (const std::string& name : *key.record.permissions) body.String(name);
  body.EndArray();
  WriteTime(body, "last_used_at", key.last_used_at);
  WriteTime(body, "expires_at", key.record.expires_at);
  WriteTime(body, "revoked_at", key.record.revoked_at);
  body.Name("expires_soon").Bool(ExpiresSoon(context, key.record));
  WriteIdOrNull(body, "rolled_from", key.rolled_from);
  WriteIdOrNull(body, "rolled_to",
                context.directory->SuccessorOf(key.record.id));
  body.EndObject();
}

}  // namespace clone_auth::service

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "clone/api_key.h"
#include "clone/api_key_digest.h"
#include "clone/json.h"
#include "service/form.h"
#include "service/handlers.h"
#include "service/key_answers.h"
#include "service/permission_name.h"
#include "service/responses.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kMaxLabel = 100;
constexpr std::chrono::hours kDefaultOverlap{24};
constexpr std::chrono::hours kMaxOverlap{24 * 30};

std::vector<std::string> ReadPermissions(Form& form) {
  std::vector<std::string> names = form.Texts("permissions");
  if (names.size() > kMaxPermissions) {
    form.Refuse("permissions",
                "Ensure this field has no more than 32 elements.");
    return {};
  }
  for (const std::string& name : names) {
    if (!IsPermissionName(name)) {
      form.Refuse("permissions",
                  "Ensure each name has 1 to 64 characters of a-z, 0-9, '_', "
                  "':' and '-'.");
      return {};
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string ReadLabel(Form& form) {
  TextRule rule;
  rule.max_characters = kMaxLabel;
  std::string label = form.Text("label", rule);
  const bool has_control = std::any_of(label.begin(), label.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (has_control) {
    form.Refuse("label", "Control characters are not allowed.");
  }
  return label;
}

std::optional<WallTime> ReadExpiry(Form& form, WallTime now) {
  TextRule rule;
  rule.required = false;
  rule.nullable = true;
  const std::string text = form.Text("expires_at", rule);
  if (text.empty()) return std::nullopt;
  const std::optional<WallTime> time = ParseTime(text);
  if (!time.has_value()) {
    form.Refuse("expires_at",
                "Datetime has wrong format. Use one of these formats instead: "
                "YYYY-MM-DDThh:mm:ss[.uuuuuu][+HH:MM|-HH:MM|Z].");
  } else if (*time <= now) {
    form.Refuse("expires_at", "Ensure this time is in the future.");
  }
  return time;
}

ApiKeyScope ReadScope(Form& form, ApiKeyScope fallback) {
  TextRule rule;
  rule.required = false;
  const std::string text = form.Text("scope", rule);
  if (text.empty()) return fallback;
  if (text == NameOf(ApiKeyScope::kUser)) return ApiKeyScope::kUser;
  if (text == NameOf(ApiKeyScope::kOrganization)) {
    return ApiKeyScope::kOrganization;
  }
  form.Refuse("scope", "\"" + text + "\" is not a valid choice.");
  return fallback;
}

bool ManagesOrganization(const Context& context, const Principal& principal) {
  const auto account = context.directory->FindAccount(principal.subject());
  return account.has_value() &&
         (account->role == "owner" || account->role == "admin");
}

// What a key, or a token that it was exchanged for, issues is never more than
// that: neither in what it may do, nor in whom it acts as, nor in how long it
// lives.
Status CheckMayIssue(const Context& context, const Principal& principal,
                     StoredApiKey& key) {
  if (key.record.scope == ApiKeyScope::kOrganization &&
      !ManagesOrganization(context, principal)) {
    return Status(Reason::kPermissionDenied);
  }
  if (!principal.acts_by_key()) return Status();
  if (IsOrganizationKey(principal) &&
      key.record.scope != ApiKeyScope::kOrganization) {
    return Status(Reason::kPermissionDenied);
  }
  for (const std::string& name : *key.record.permissions) {
    if (!principal.HasPermission(name)) {
      return Status(Reason::kPermissionDenied);
    }
  }
  if (!principal.expires_at().has_value()) return Status();
  if (!key.record.expires_at.has_value()) {
    key.record.expires_at = principal.expires_at();
  }
  return *key.record.expires_at <= *principal.expires_at()
             ? Status()
             : Status(Reason::kPermissionDenied);
}

/// The text, id and digest of a new key; the rest of `key` is there.
Result<Secret> MakeKey(const Context& context, StoredApiKey& key) {
  CLONE_AUTH_TRY_ASSIGN(key.record.id, Uuid::Generate(*context.random));
  const ApiKeyKind kind = key.record.scope == ApiKeyScope::kUser
                              ? ApiKeyKind::kUser
                              : ApiKeyKind::kOrganization;
  CLONE_AUTH_TRY_ASSIGN(
      GeneratedApiKey made,
      GenerateApiKey(context.options->scheme, kind, *context.random));
  key.record.digest = DigestApiKey(made.text.Reveal());
  key.display_prefix = made.display_prefix;
  return std::move(made.text);
}

/// A key with the name, rights and length of life of `old`.
StoredApiKey SuccessorOf(const StoredApiKey& old, const Principal& principal,
                         WallTime now) {
  StoredApiKey key;
  key.label = old.label;
  key.created_at = now;
  key.record.owner = old.record.owner;
  key.record.organization = old.record.organization;
  key.record.scope = old.record.scope;
  key.record.permissions = old.record.permissions;
  key.rolled_from = old.record.id;
  if (old.record.expires_at.has_value()) {
    key.record.expires_at = now + (*old.record.expires_at - old.created_at);
    // A key that rolls itself again and again would never end.
    if (principal.acts_by_key() && principal.expires_at().has_value()) {
      key.record.expires_at =
          std::min(*key.record.expires_at, *principal.expires_at());
    }
  }
  return key;
}

HttpResponse IssuedAnswer(const Context& context, const StoredApiKey& key,
                          const Secret& raw) {
  JsonWriter body;
  WriteKey(context, key, body, &raw);
  return JsonAnswer(201, body.Take());
}

}  // namespace

HttpResponse IssueKey(const Context& context, const Call& call) {
  const Principal& principal = *call.principal;
  if (!principal.HasPermission(kKeysPermission)) {
    return ErrorAnswer(Status(Reason::kPermissionDenied));
  }
  Form form(call.request);
  StoredApiKey key;
  key.label = ReadLabel(form);
  key.created_at = context.Now();
  key.record.owner = principal.subject();
  key.record.organization = principal.organization();
  key.record.scope =
      ReadScope(form, IsOrganizationKey(principal) ? ApiKeyScope::kOrganization
                                                   : ApiKeyScope::kUser);
  key.record.permissions =
      std::make_shared<const std::vector<std::string>>(ReadPermissions(form));
  key.record.expires_at = ReadExpiry(form, key.created_at);
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  const Status allowed = CheckMayIssue(context, principal, key);
  if (!allowed.ok()) return ErrorAnswer(allowed);
  const auto raw = MakeKey(context, key);
  if (!raw.ok()) return ErrorAnswer(raw.status());
  const Status issued = context.directory->InsertApiKey(key, ActorOf(call));
  return issued.ok() ? IssuedAnswer(context, key, *raw) : ErrorAnswer(issued);
}

HttpResponse RollKey(const Context& context, const Call& call) {
  const Principal& principal = *call.principal;
  if (!principal.HasPermission(kKeysPermission)) {
    return ErrorAnswer(Status(Reason::kPermissionDenied));
  }
  const auto old = FindVisibleKey(context, call);
  if (!old.ok()) return ErrorAnswer(old.status());
  Form form(call.request);
  const auto overlap = form.Duration("overlap", kDefaultOverlap, kMaxOverlap);
  if (auto refusal = form.Refusal()) return *std::move(refusal);
  StoredApiKey key = SuccessorOf(*old, principal, context.Now());
  key.overlap = overlap;
  const Status allowed = CheckMayIssue(context, principal, key);
  if (!allowed.ok()) return ErrorAnswer(allowed);
  const auto raw = MakeKey(context, key);
  if (!raw.ok()) return ErrorAnswer(raw.status());
  const Status rolled = context.directory->RollApiKey(key, ActorOf(call));
  return rolled.ok() ? IssuedAnswer(context, key, *raw) : ErrorAnswer(rolled);
}

}  // namespace clone_auth::service

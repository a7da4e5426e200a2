#include <algorithm>
#include <array>
#include <cctype>
#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "clone/api_key.h"
#include "clone/api_key_digest.h"
#include "clone/json.h"
#include "service/form.h"
#include "service/handlers.h"
#include "service/responses.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kMaxLabel = 100;
constexpr std::size_t kMaxPermissions = 32;
constexpr std::size_t kMaxPermissionName = 64;
constexpr std::size_t kDefaultPageSize = 20;
constexpr std::size_t kMaxPageSize = 100;
/// Lets an API key issue and revoke keys.
constexpr char kKeysPermission[] = "keys";

std::string_view NameOf(ApiKeyScope scope) {
  return scope == ApiKeyScope::kUser ? "user" : "org";
}

bool IsOrganizationKey(const Principal& principal) {
  return principal.kind() == CredentialKind::kApiKey &&
         principal.scope() == ApiKeyScope::kOrganization;
}

// A key that acts as the organization does not reach its issuer's own keys.
bool MaySee(const Principal& principal, const StoredApiKey& key) {
  return key.record.owner == principal.subject() &&
         (!IsOrganizationKey(principal) ||
          key.record.scope == ApiKeyScope::kOrganization);
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

/// `raw` is the key itself, which only the answer to its issue carries.
void WriteKey(JsonWriter& body, const StoredApiKey& key,
              const Secret* raw = nullptr) {
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
  body.EndObject();
}

// ---- Lists ----

/// The last value of `name` in the query; empty where it has none.
std::string QueryValue(const std::string& target, const std::string& name) {
  const std::size_t query = target.find('?');
  std::string value;
  if (query == std::string::npos) return value;
  for (absl::string_view pair : absl::StrSplit(target.substr(query + 1), '&')) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    if (parts.first == name) value = parts.second;
  }
  return value;
}

/// A whole number from 1 on, as digits alone; `fallback` where it is none.
std::size_t PositiveNumber(const std::string& text, std::size_t fallback) {
  std::uint32_t number = 0;
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
  });
  return digits && absl::SimpleAtoi(text, &number) && number > 0 ? number
                                                                 : fallback;
}

struct PageOf {
  std::size_t number;  ///< 0: no such page
  std::size_t size;
  bool has_size;  ///< the request named one
};

PageOf ReadPage(const std::string& target) {
  PageOf page{};
  const std::string number = QueryValue(target, "page");
  page.number = number.empty() ? 1 : PositiveNumber(number, 0);
  const std::size_t size = PositiveNumber(QueryValue(target, "page_size"), 0);
  page.has_size = size != 0;
  page.size = std::min(size == 0 ? kDefaultPageSize : size, kMaxPageSize);
  return page;
}

// Made from the configured URL, never from the Host header, which anybody can
// choose.
std::string PageUrl(const Context& context, const PageOf& page,
                    std::size_t number) {
  std::string url = context.options->issuer;
  if (!url.empty() && url.back() == '/') url.pop_back();
  url += "/api/auth/keys/";
  char separator = '?';
  if (number > 1) {
    url += "?page=" + std::to_string(number);
    separator = '&';
  }
  if (page.has_size) {
    url += separator;
    url += "page_size=" + std::to_string(page.size);
  }
  return url;
}

// ---- Issuing ----

bool IsPermissionName(const std::string& name) {
  return !name.empty() && name.size() <= kMaxPermissionName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == ':' || c == '-';
         });
}

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

// What a key issues is never more than the key: neither in what it may do,
// nor in whom it acts as, nor in how long it lives.
Status CheckMayIssue(const Context& context, const Principal& principal,
                     StoredApiKey& key) {
  if (key.record.scope == ApiKeyScope::kOrganization &&
      !ManagesOrganization(context, principal)) {
    return Status(Reason::kPermissionDenied);
  }
  if (principal.kind() != CredentialKind::kApiKey) return Status();
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
  CLONE_AUTH_TRY(context.directory->InsertApiKey(key));
  return std::move(made.text);
}

}  // namespace

HttpResponse ListKeys(const Context& context, const Call& call) {
  const PageOf page = ReadPage(call.request.target);
  const Status no_such_page(Reason::kNotFound);
  if (page.number == 0) return ErrorAnswer(no_such_page, "Invalid page.");
  const std::size_t offset = (page.number - 1) * page.size;
  const ApiKeyPageOf found = context.directory->ListApiKeys(
      call.principal->subject(), IsOrganizationKey(*call.principal), offset,
      page.size);
  if (page.number > 1 && offset >= found.count) {
    return ErrorAnswer(no_such_page, "Invalid page.");
  }
  JsonWriter body;
  body.BeginObject();
  body.Name("count").Int(static_cast<std::int64_t>(found.count));
  body.Name("next");
  if (offset + page.size < found.count) {
    body.String(PageUrl(context, page, page.number + 1));
  } else {
    body.Null();
  }
  body.Name("previous");
  if (page.number > 1) {
    body.String(PageUrl(context, page, page.number - 1));
  } else {
    body.Null();
  }
  body.Name("results").BeginArray();
  for (const StoredApiKey& key : found.keys) WriteKey(body, key);
  return JsonAnswer(200, body.EndArray().EndObject().Take());
}

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
  JsonWriter body;
  WriteKey(body, key, &*raw);
  return JsonAnswer(201, body.Take());
}

HttpResponse ShowKey(const Context& context, const Call& call) {
  const auto key = context.directory->FindApiKey(call.id);
  if (!key.ok() || !MaySee(*call.principal, *key)) {
    return ErrorAnswer(Status(Reason::kNotFound));
  }
  JsonWriter body;
  WriteKey(body, *key);
  return JsonAnswer(200, body.Take());
}

HttpResponse RevokeKey(const Context& context, const Call& call) {
  if (!call.principal->HasPermission(kKeysPermission)) {
    return ErrorAnswer(Status(Reason::kPermissionDenied));
  }
  const auto key = context.directory->FindApiKey(call.id);
  if (!key.ok() || !MaySee(*call.principal, *key)) {
    return ErrorAnswer(Status(Reason::kNotFound));
  }
  const Status revoked =
      context.directory->RevokeApiKey(call.id, context.Now());
  return revoked.ok() ? EmptyAnswer() : ErrorAnswer(revoked);
}

}  // namespace clone_auth::service

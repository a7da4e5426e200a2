// keys list, issue, show, revoke, roll.

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands.h"
#include "support/times.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::ApiKeyInfo;
using clone_auth::JsonWriter;
using clone_auth::RestClient;
using clone_auth::Result;
using clone_auth::Status;
using clone_auth::WallTime;
using console::Distance;
using console::ParseTime;
using console::TimeForPeople;

/// RFC 3339 text in words; as it came where it is none.
std::string InWords(const std::string& time, WallTime now,
                    std::string (*words)(WallTime, WallTime)) {
  const auto parsed = ParseTime(time);
  return parsed ? words(*parsed, now) : time;
}

std::string StateOf(const ApiKeyInfo& key, WallTime now) {
  if (!key.revoked_at.empty()) return "revoked";
  const auto expires = ParseTime(key.expires_at);
  if (expires && *expires <= now) return "expired";
  return key.expires_soon ? "expires soon" : "active";
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

void WriteTextOrNull(const char* name, const std::string& text,
                     JsonWriter& json) {
  json.Name(name);
  if (text.empty()) {
    json.Null();
  } else {
    json.String(text);
  }
}

/// The members of a key's object, which the caller begins and ends.
void WriteKey(const ApiKeyInfo& key, JsonWriter& json) {
  json.Name("id").String(key.id).Name("label").String(key.label);
  json.Name("prefix").String(key.prefix);
  WriteTextOrNull("created_at", key.created_at, json);
  WriteTextOrNull("last_used_at", key.last_used_at, json);
  WriteTextOrNull("expires_at", key.expires_at, json);
  WriteTextOrNull("revoked_at", key.revoked_at, json);
  json.Name("scope").String(key.scope).Name("permissions").BeginArray();
  for (const std::string& name : key.permissions) json.String(name);
  json.EndArray();
  json.Name("expires_soon").Bool(key.expires_soon);
  WriteTextOrNull("rolled_from", key.rolled_from, json);
  WriteTextOrNull("rolled_to", key.rolled_to, json);
}

Fields FieldsOf(const ApiKeyInfo& key) {
  const WallTime now = clone_auth::SystemClock().Now();
  return {{"id", key.id},
          {"label", key.label},
          {"prefix", key.prefix},
          {"status", StateOf(key, now)},
          {"created", InWords(key.created_at, now, TimeForPeople)},
          {"last used", key.last_used_at.empty()
                            ? "never"
                            : InWords(key.last_used_at, now, TimeForPeople)},
          {"expires", InWords(key.expires_at, now, TimeForPeople)},
          {"revoked", InWords(key.revoked_at, now, TimeForPeople)},
          {"scope", key.scope},
          {"permissions", Joined(key.permissions)},
          {"rolled from", key.rolled_from},
          {"rolled to", key.rolled_to}};
}

Result<std::vector<ApiKeyInfo>> AllKeys(RestClient& client) {
  std::vector<ApiKeyInfo> keys;
  for (int number = 1;; ++number) {
    auto page = client.ListKeys(number);
    if (!page.ok()) return page.status();
    for (ApiKeyInfo& key : page->results) keys.push_back(std::move(key));
    if (page->next.empty() || page->results.empty()) return keys;
  }
}

void PrintKeys(const std::vector<ApiKeyInfo>& keys, Output& out) {
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("keys").BeginArray();
    for (const ApiKeyInfo& key : keys) {
      json.BeginObject();
      WriteKey(key, json);
      json.EndObject();
    }
    json.EndArray().EndObject();
    out.Print(json);
    return;
  }
  if (keys.empty()) {
    out.Note("there is no key; issue one with 'clonit keys issue --label L'");
    return;
  }
  const WallTime now = clone_auth::SystemClock().Now();
  // An id is for copying, so it stays whole.
  Table table{
      {{"ID", false}, {"LABEL"}, {"CREATED"}, {"LAST USED"}, {"STATUS"}}, {}};
  for (const ApiKeyInfo& key : keys) {
    table.rows.push_back(
        {key.id, key.label, InWords(key.created_at, now, Distance),
         key.last_used_at.empty() ? "never"
                                  : InWords(key.last_used_at, now, Distance),
         StateOf(key, now)});
  }
  out.Print(table);
}

void PrintIssued(const clone_auth::IssuedApiKey& issued, const Options& options,
                 Output& out) {
  if (options.raw) {
    out.PrintRaw(issued.key.Reveal());
  } else if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("key").String(issued.key.Reveal());
    WriteKey(issued.info, json);
    json.EndObject();
    out.Print(json);
  } else {
    out.Print(Fields{{"id", issued.info.id},
                     {"label", issued.info.label},
                     {"key", std::string(issued.key.Reveal())}});
  }
  out.Note("the key is shown this once; keep it where secrets are kept");
}

}  // namespace

ExitCode Commands::ListKeys(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  const auto keys = AllKeys(*opened->client);
  WarnOfLostSession(*opened, out);
  if (!keys.ok()) return out.Fail(keys.status());
  PrintKeys(*keys, out);
  return ExitCode::kOk;
}

ExitCode Commands::IssueKey(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  clone_auth::IssueKeyRequest request;
  request.label = options.label;
  const auto issued = opened->client->IssueKey(request);
  WarnOfLostSession(*opened, out);
  if (!issued.ok()) return out.Fail(issued.status());
  PrintIssued(*issued, options, out);
  return ExitCode::kOk;
}

ExitCode Commands::ShowKey(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  const auto key = opened->client->GetKey(options.key_id);
  WarnOfLostSession(*opened, out);
  if (!key.ok()) return out.Fail(key.status());
  if (out.json()) {
    JsonWriter json;
    json.BeginObject();
    WriteKey(*key, json);
    json.EndObject();
    out.Print(json);
  } else {
    out.Print(FieldsOf(*key));
  }
  return ExitCode::kOk;
}

ExitCode Commands::RevokeKey(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  const Status revoked = opened->client->RevokeKey(options.key_id);
  WarnOfLostSession(*opened, out);
  if (!revoked.ok()) return out.Fail(revoked);
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("revoked").String(options.key_id).EndObject();
    out.Print(json);
  } else {
    out.Note("revoked " + options.key_id);
  }
  return ExitCode::kOk;
}

ExitCode Commands::RollKey(const Options& options, Output& out) {
  Workspace workspace(options);
  const auto opened = OpenSignedIn(workspace);
  if (!opened.ok()) return out.Fail(opened.status());
  std::optional<std::chrono::seconds> overlap;
  if (options.overlap) overlap = std::chrono::seconds(*options.overlap);
  const auto issued = opened->client->RollKey(options.key_id, overlap);
  WarnOfLostSession(*opened, out);
  if (!issued.ok()) return out.Fail(issued.status());
  PrintIssued(*issued, options, out);
  out.Note("the old key goes on until a while after this one was first used");
  return ExitCode::kOk;
}

}  // namespace clonit

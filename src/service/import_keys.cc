// Keys of any system, as lines of JSON.

#include <fstream>
#include <string>
#include <utility>

#include "clone/json.h"
#include "service/email.h"
#include "service/import_batch.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::streamoff kLongestFile = 1024LL * 1024 * 1024;

/// What is wrong with a line, as a sentence; empty where nothing is.
using Fault = std::string;

std::string TextOf(const JsonValue& line, const char* name) {
  const std::string* text = line.FindString(name);
  return text == nullptr ? std::string() : *text;
}

Fault ReadTime(const JsonValue& line, const char* name,
               std::optional<WallTime>& time) {
  const JsonValue* value = line.Find(name);
  if (value == nullptr || value->IsNull()) return {};
  if (value->AsString() != nullptr) time = ParseTime(*value->AsString());
  return time.has_value() ? Fault()
                          : "Its '" + std::string(name) + "' is no time.";
}

Fault ReadPermissions(const JsonValue& line, ForeignEntry& entry) {
  const JsonValue* list = line.Find("permissions");
  if (list == nullptr) return {};
  const Fault fault = "Its 'permissions' are no list of names.";
  if (list->AsArray() == nullptr) return fault;
  std::vector<std::string> names;
  for (const JsonValue& name : *list->AsArray()) {
    if (name.AsString() == nullptr) return fault;
    names.push_back(*name.AsString());
  }
  auto checked = CheckedPermissions(std::move(names));
  if (!checked.ok()) return fault;
  entry.permissions = *std::move(checked);
  return {};
}

Fault ReadScope(const JsonValue& line, ForeignEntry& entry) {
  const std::string scope = TextOf(line, "scope");
  if (scope == "org") entry.scope = ApiKeyScope::kOrganization;
  return scope.empty() || scope == "org" || scope == "user"
             ? Fault()
             : "Its 'scope' is neither \"user\" nor \"org\".";
}

Fault ReadEntry(const JsonValue& line, ForeignEntry& entry) {
  const auto form = ParseForeignKeyForm(TextOf(line, "form"));
  if (!form.ok()) return "Its 'form' is not known.";
  entry.form = *form;
  entry.hash = TextOf(line, "hash");
  entry.handle = TextOf(line, "handle");
  entry.label = TextOf(line, "label");
  const JsonValue* revoked = line.Find("revoked");
  if (revoked != nullptr) {
    if (revoked->AsBool() == nullptr) return "Its 'revoked' is no truth value.";
    entry.revoked = *revoked->AsBool();
  }
  for (const auto& [name, time] :
       {std::pair("created_at", &entry.created_at),
        std::pair("expires_at", &entry.expires_at)}) {
    if (Fault fault = ReadTime(line, name, *time); !fault.empty()) return fault;
  }
  if (Fault fault = ReadScope(line, entry); !fault.empty()) return fault;
  return ReadPermissions(line, entry);
}

Status AddLine(const Context& context, const std::string& text,
               std::size_t number, ImportBatch& batch) {
  const std::string where = "line " + std::to_string(number);
  const auto line = JsonValue::Parse(text);
  const std::string id = line.ok() ? TextOf(*line, "id") : "";
  if (id.empty()) {
    batch.Refuse(where, "It is no JSON object with an 'id'.");
    return Status();
  }
  ForeignEntry entry;
  entry.source = "key " + id;
  if (Fault fault = ReadEntry(*line, entry); !fault.empty()) {
    batch.Refuse(where, std::move(fault));
    return Status();
  }
  CLONE_AUTH_TRY_ASSIGN(
      const auto account,
      context.store->FindPassword(NormalizedEmail(TextOf(*line, "account"))));
  if (account.has_value()) entry.owner = account->user;
  return batch.Add(entry);
}

}  // namespace

Result<ImportReport> ImportKeyLines(const Context& context,
                                    const KeyImport& wanted) {
  std::ifstream file(wanted.file, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() > kLongestFile) {
    return Status(Reason::kImportUnusable,
                  "The file '" + wanted.file + "' cannot be read.");
  }
  file.seekg(0);
  ImportBatch batch(context);
  CLONE_AUTH_TRY(batch.Begin("keys"));
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    CLONE_AUTH_TRY(AddLine(context, line, number, batch));
  }
  if (file.bad()) {
    return Status(Reason::kImportUnusable,
                  "The file '" + wanted.file + "' cannot be read.");
  }
  CLONE_AUTH_TRY(batch.Flush());
  return batch.Take();
}

}  // namespace clone_auth::service

#include "admin_imports.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace auth_server {

using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::ServiceOperations;

namespace {

Answer Report(const clone_auth::Result<clone_auth::ImportReport>& made) {
  if (!made.ok()) return made.status();
  const clone_auth::ImportReport& report = *made;
  JsonWriter json;
  const auto number = [&json](const char* name, std::size_t count) {
    json.Name(name).Int(static_cast<std::int64_t>(count));
  };
  json.BeginObject().Name("counts").BeginArray();
  for (const clone_auth::ImportCount& count : report.counts) {
    json.BeginObject().Name("kind").String(count.kind);
    number("added", count.added);
    number("known", count.known);
    number("refused", count.refused);
    json.EndObject();
  }
  json.EndArray().Name("remarks").BeginArray();
  for (const clone_auth::ImportRemark& remark : report.remarks) {
    json.BeginObject().Name("about").String(remark.about);
    json.Name("text").String(remark.text).EndObject();
  }
  return json.EndArray().EndObject().Take();
}

}  // namespace

Answer ImportDjango(ServiceOperations& operations, const JsonValue& request) {
  const auto file = PathOf(request);
  if (!file.ok()) return file;
  clone_auth::DjangoImport wanted;
  wanted.file = *file;
  if (const std::string* table = request.FindString("user_table")) {
    wanted.user_table = *table;
  }
  if (const std::string* owner = request.FindString("key_owner")) {
    wanted.key_owner = *owner;
  }
  if (const std::string* key = request.FindString("signing_key")) {
    wanted.signing_key = clone_auth::Secret::CopyOf(*key);
  }
  const JsonValue* names = request.Find("permissions");
  if (names != nullptr && names->AsArray() != nullptr) {
    for (const JsonValue& name : *names->AsArray()) {
      if (name.AsString() != nullptr) {
        wanted.permissions.push_back(*name.AsString());
      }
    }
  }
  return Report(operations.ImportDjango(wanted));
}

Answer ImportKeys(ServiceOperations& operations, const JsonValue& request) {
  const auto file = PathOf(request);
  if (!file.ok()) return file;
  return Report(operations.ImportKeys({*file}));
}

Answer ImportProgress(ServiceOperations& operations, const JsonValue&) {
  const auto status = operations.ImportProgress();
  if (!status.ok()) return status.status();
  JsonWriter json;
  json.BeginObject().Name("accounts");
  json.Int(static_cast<std::int64_t>(status->accounts));
  WriteTime("tokens_until", status->tokens_until, json);
  json.Name("keys").BeginArray();
  for (const clone_auth::ImportedKeys& keys : status->keys) {
    json.BeginObject().Name("form").String(keys.form);
    json.Name("imported").Int(static_cast<std::int64_t>(keys.imported));
    json.Name("upgraded").Int(static_cast<std::int64_t>(keys.upgraded));
    json.Name("left").Int(static_cast<std::int64_t>(keys.left));
    WriteTime("last_used_at", keys.last_used_at, json);
    json.EndObject();
  }
  return json.EndArray().EndObject().Take();
}

}  // namespace auth_server

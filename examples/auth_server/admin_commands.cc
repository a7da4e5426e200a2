#include "admin_commands.h"

#include <array>
#include <limits>
#include <utility>

#include "admin_imports.h"
#include "admin_request.h"
#include "support/times.h"

namespace auth_server {
namespace {

using clone_auth::AccountSummary;
using clone_auth::ApiKeySummary;
using clone_auth::AuditRecord;
using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::ServiceOperations;
using clone_auth::SigningKeySummary;
using clone_auth::Status;
using clone_auth::Uuid;

/// An account list of some hundred thousand.
constexpr clone_auth::JsonLimits kAnswerLimits{256 * 1024 * 1024, 32};

using Handler = Answer (*)(ServiceOperations&, const JsonValue& request);

struct Command {
  std::string_view name;
  Handler run;
};

Answer CreateInvite(ServiceOperations& operations, const JsonValue& request) {
  const JsonValue* uses = request.Find("uses");
  constexpr std::int64_t kMost = 1'000'000;
  if (uses == nullptr || uses->AsInt() == nullptr || *uses->AsInt() < 1 ||
      *uses->AsInt() > kMost) {
    return Status(Reason::kInvalidArgument,
                  "An invite has from 1 to 1000000 uses.");
  }
  auto code = operations.CreateInvite(static_cast<int>(*uses->AsInt()));
  if (!code.ok()) return code;
  JsonWriter json;
  json.BeginObject().Name("code").String(*code);
  return json.Name("uses").Int(*uses->AsInt()).EndObject().Take();
}

Answer ListAccounts(ServiceOperations& operations, const JsonValue&) {
  const auto accounts = operations.ListAccounts();
  if (!accounts.ok()) return accounts.status();
  JsonWriter json;
  json.BeginObject().Name("accounts").BeginArray();
  for (const AccountSummary& account : *accounts) {
    json.BeginObject().Name("id").String(account.id.ToString());
    json.Name("email").String(account.email);
    json.Name("organization").String(account.organization);
    json.Name("role").String(account.role);
    json.Name("enabled").Bool(account.enabled);
    WriteTime("created_at", account.created_at, json);
    json.Name("keys").Int(static_cast<std::int64_t>(account.keys)).EndObject();
  }
  return json.EndArray().EndObject().Take();
}

template <bool kEnabled>
Answer SetEnabled(ServiceOperations& operations, const JsonValue& request) {
  const auto email = TextOf(request, "email");
  if (!email.ok()) return email.status();
  const Status set = operations.SetAccountEnabled(*email, kEnabled);
  if (!set.ok()) return set;
  JsonWriter json;
  json.BeginObject().Name("email").String(*email);
  return json.Name("enabled").Bool(kEnabled).EndObject().Take();
}

Answer SetPassword(ServiceOperations& operations, const JsonValue& request) {
  const auto email = TextOf(request, "email");
  if (!email.ok()) return email.status();
  const std::string* password = request.FindString("password");
  if (password == nullptr) return TextOf(request, "password");
  const Status set =
      operations.SetPassword(*email, clone_auth::Secret::CopyOf(*password));
  if (!set.ok()) return set;
  JsonWriter json;
  return json.BeginObject().Name("email").String(*email).EndObject().Take();
}

void WriteKey(const ApiKeySummary& key, JsonWriter& json) {
  const bool is_user_key = key.scope == clone_auth::ApiKeyScope::kUser;
  json.BeginObject().Name("id").String(key.id.ToString());
  json.Name("label").String(key.label);
  json.Name("prefix").String(key.display_prefix);
  json.Name("account").String(key.owner_email);
  WriteTime("created_at", key.created_at, json);
  WriteTime("last_used_at", key.last_used_at, json);
  WriteTime("expires_at", key.expires_at, json);
  WriteTime("revoked_at", key.revoked_at, json);
  json.Name("scope").String(is_user_key ? "user" : "organization");
  json.Name("permissions").BeginArray();
  for (const std::string& name : key.permissions) json.String(name);
  json.EndArray().EndObject();
}

Answer ListKeys(ServiceOperations& operations, const JsonValue& request) {
  const std::string* email = request.FindString("email");
  const auto keys = operations.ListKeys(email == nullptr ? "" : *email);
  if (!keys.ok()) return keys.status();
  JsonWriter json;
  json.BeginObject().Name("keys").BeginArray();
  for (const ApiKeySummary& key : *keys) WriteKey(key, json);
  return json.EndArray().EndObject().Take();
}

Answer RevokeKey(ServiceOperations& operations, const JsonValue& request) {
  const auto id = TextOf(request, "id");
  if (!id.ok()) return id.status();
  const auto uuid = Uuid::Parse(*id);
  if (!uuid.ok()) {
    return Status(Reason::kInvalidArgument, "That is not the id of a key.");
  }
  const Status revoked = operations.RevokeKey(*uuid);
  if (!revoked.ok()) return revoked;
  JsonWriter json;
  json.BeginObject().Name("id").String(uuid->ToString());
  return json.Name("revoked").Bool(true).EndObject().Take();
}

std::string_view NameOf(SigningKeySummary::State state) {
  switch (state) {
    case SigningKeySummary::State::kPublished:
      return "published";
    case SigningKeySummary::State::kSigning:
      return "signing";
    case SigningKeySummary::State::kRetired:
      break;
  }
  return "retired";
}

void WriteSigningKey(const SigningKeySummary& key, JsonWriter& json) {
  json.BeginObject().Name("id").String(key.key_id);
  json.Name("algorithm").String(clone_auth::ToString(key.algorithm));
  json.Name("state").String(NameOf(key.state));
  WriteTime("created_at", key.created_at, json);
  WriteTime("signs_from", key.signs_from, json);
  WriteTime("leaves_at", key.leaves_at, json);
  json.EndObject();
}

Answer Backup(ServiceOperations& operations, const JsonValue& request) {
  const auto file = PathOf(request);
  if (!file.ok()) return file;
  const Status made = operations.Backup(*file);
  if (!made.ok()) return made;
  JsonWriter json;
  json.BeginObject().Name("file").String(*file);
  return json.Name("keys_file").String(*file + ".keys").EndObject().Take();
}

Answer RotateSigningKey(ServiceOperations& operations,
                        const JsonValue& request) {
  const JsonValue* ahead = request.Find("publish_ahead");
  if (ahead == nullptr || ahead->AsInt() == nullptr) {
    return Status(Reason::kInvalidArgument,
                  "The request has no 'publish_ahead'.");
  }
  const auto made =
      operations.RotateSigningKey(std::chrono::seconds(*ahead->AsInt()));
  if (!made.ok()) return made.status();
  JsonWriter json;
  WriteSigningKey(*made, json);
  return json.Take();
}

Answer ListSigningKeys(ServiceOperations& operations, const JsonValue&) {
  const auto keys = operations.ListSigningKeys();
  if (!keys.ok()) return keys.status();
  JsonWriter json;
  json.BeginObject().Name("signing_keys").BeginArray();
  for (const SigningKeySummary& key : *keys) WriteSigningKey(key, json);
  return json.EndArray().EndObject().Take();
}

Answer RotatePepper(ServiceOperations& operations, const JsonValue&) {
  const Status started = operations.RotatePepper();
  if (!started.ok()) return started;
  const auto peppers = operations.ListPeppers();
  if (!peppers.ok()) return peppers.status();
  const auto rows =
      static_cast<std::int64_t>(operations.PepperProgress().total);
  JsonWriter json;
  json.BeginObject().Name("id").Int(peppers->front().id);
  return json.Name("rows").Int(rows).EndObject().Take();
}

Answer ListPeppers(ServiceOperations& operations, const JsonValue&) {
  const auto peppers = operations.ListPeppers();
  if (!peppers.ok()) return peppers.status();
  const clone_auth::PepperRotation rotation = operations.PepperProgress();
  JsonWriter json;
  json.BeginObject().Name("rotating").Bool(rotation.running);
  json.Name("done").Int(static_cast<std::int64_t>(rotation.done));
  json.Name("total").Int(static_cast<std::int64_t>(rotation.total));
  json.Name("peppers").BeginArray();
  for (const clone_auth::PepperSummary& pepper : *peppers) {
    json.BeginObject().Name("id").Int(pepper.id);
    json.Name("seals").Bool(pepper.seals);
    json.Name("rows").Int(static_cast<std::int64_t>(pepper.rows));
    json.Name("older_keys").Int(static_cast<std::int64_t>(pepper.older_keys));
    json.EndObject();
  }
  return json.EndArray().EndObject().Take();
}

Answer DropPepper(ServiceOperations& operations, const JsonValue& request) {
  const JsonValue* id = request.Find("pepper");
  if (id == nullptr || id->AsInt() == nullptr || *id->AsInt() < 0 ||
      *id->AsInt() > std::numeric_limits<std::uint32_t>::max()) {
    return Status(Reason::kInvalidArgument, "That is not the id of a pepper.");
  }
  const auto revoked =
      operations.DropPepper(static_cast<std::uint32_t>(*id->AsInt()));
  if (!revoked.ok()) return revoked.status();
  JsonWriter json;
  json.BeginObject().Name("id").Int(*id->AsInt());
  return json.Name("revoked")
      .Int(static_cast<std::int64_t>(*revoked))
      .EndObject()
      .Take();
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

Answer Explain(ServiceOperations& operations, const JsonValue& request) {
  const auto id = TextOf(request, "id");
  if (!id.ok()) return id;
  const auto why = operations.ExplainRefusal(*id);
  if (!why.ok()) return why.status();
  JsonWriter json;
  json.BeginObject().Name("time").String(console::TimeForPrograms(why->when));
  json.Name("code").String(clone_auth::Describe(why->reason).word);
  json.Name("detail").String(why->detail);
  WriteTextOrNull("account", why->account_email, json);
  WriteTextOrNull("key_id", why->key ? why->key->ToString() : "", json);
  WriteTextOrNull("key_prefix", why->key_prefix, json);
  return json.EndObject().Take();
}

void WriteRecord(const AuditRecord& row, JsonWriter& json) {
  json.BeginObject().Name("sequence").Int(row.sequence);
  json.Name("time").String(console::TimeForPrograms(row.when));
  json.Name("action").String(row.action);
  WriteTextOrNull("key", row.key.IsNil() ? "" : row.key.ToString(), json);
  WriteTextOrNull("account", row.account.IsNil() ? "" : row.account.ToString(),
                  json);
  json.Name("actor").String(row.actor);
  WriteTextOrNull("address", row.address, json);
  WriteTextOrNull("detail", row.detail, json);
  json.EndObject();
}

Answer ListAudit(ServiceOperations& operations, const JsonValue& request) {
  clone_auth::AuditFilter filter;
  const auto key = TextOf(request, "id");
  if (key.ok() && !key->empty()) {
    const auto id = Uuid::Parse(*key);
    if (!id.ok()) {
      return Status(Reason::kInvalidArgument, "That is not the id of a key.");
    }
    filter.key = *id;
  }
  if (const std::string* email = request.FindString("email")) {
    filter.email = *email;
  }
  const JsonValue* limit = request.Find("limit");
  if (limit == nullptr || limit->AsInt() == nullptr || *limit->AsInt() < 1) {
    return Status(Reason::kInvalidArgument, "The request has no 'limit'.");
  }
  filter.limit = static_cast<std::size_t>(*limit->AsInt());
  const auto rows = operations.ListAudit(filter);
  if (!rows.ok()) return rows.status();
  JsonWriter json;
  json.BeginObject().Name("audit").BeginArray();
  for (const AuditRecord& row : *rows) WriteRecord(row, json);
  return json.EndArray().EndObject().Take();
}

Answer VerifyAudit(ServiceOperations& operations, const JsonValue& request) {
  const auto head = TextOf(request, "head");
  if (!head.ok()) return head;
  const auto state = operations.VerifyAudit(*head);
  if (!state.ok()) return state.status();
  JsonWriter json;
  json.BeginObject().Name("rows").Int(state->rows);
  return json.Name("head").String(state->head).EndObject().Take();
}

constexpr std::array kCommands = {
    Command{"invite create", CreateInvite},
    Command{"account list", ListAccounts},
    Command{"account disable", SetEnabled<false>},
    Command{"account enable", SetEnabled<true>},
    Command{"account set-password", SetPassword},
    Command{"key list", ListKeys},
    Command{"key revoke", RevokeKey},
    Command{"backup", Backup},
    Command{"signing-key rotate", RotateSigningKey},
    Command{"signing-key list", ListSigningKeys},
    Command{"audit list", ListAudit},
    Command{"audit verify", VerifyAudit},
    Command{"pepper rotate", RotatePepper},
    Command{"pepper list", ListPeppers},
    Command{"pepper drop", DropPepper},
    Command{"why", Explain},
    Command{"import django", ImportDjango},
    Command{"import keys", ImportKeys},
    Command{"import status", ImportProgress},
};

}  // namespace

Answer Execute(ServiceOperations& operations, const JsonValue& request) {
  const auto name = TextOf(request, "command");
  if (!name.ok()) return name;
  for (const Command& command : kCommands) {
    if (command.name == *name) return command.run(operations, request);
  }
  return Status(Reason::kInvalidArgument,
                "The server does not know this command.");
}

std::string ToLine(const Answer& answer) {
  if (answer.ok()) return "{\"ok\":" + *answer + "}\n";
  JsonWriter json;
  json.BeginObject().Name("error").String(answer.status().word());
  json.Name("message").String(answer.status().message()).EndObject();
  return json.Take() + "\n";
}

Result<JsonValue> FromLine(std::string_view line) {
  const auto answer = JsonValue::Parse(line, kAnswerLimits);
  const Status malformed(Reason::kAnswerMalformed,
                         "The running server's answer cannot be read.");
  if (!answer.ok()) return malformed;
  if (const JsonValue* value = answer->Find("ok")) return *value;
  const std::string* word = answer->FindString("error");
  const std::string* message = answer->FindString("message");
  if (word == nullptr || message == nullptr) return malformed;
  const auto reason = clone_auth::ReasonFromWord(*word);
  return Status(reason.value_or(Reason::kServerError), *message);
}

}  // namespace auth_server

#include "admin_view.h"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "support/times.h"

namespace auth_server {
namespace {

using clone_auth::JsonValue;
using clone_auth::WallTime;
using console::Output;
using console::Table;

using View = void (*)(const JsonValue& answer, Output& out);

struct Row {
  std::string_view command;
  View show;
};

std::string Text(const JsonValue& object, const char* name) {
  const JsonValue* value = object.Find(name);
  if (value == nullptr) return {};
  if (value->AsString() != nullptr) return *value->AsString();
  return value->AsInt() != nullptr ? std::to_string(*value->AsInt()) : "";
}

/// "3 h ago"; `otherwise` where there is no time.
std::string When(const JsonValue& object, const char* name,
                 const char* otherwise) {
  const std::string text = Text(object, name);
  const auto time = console::ParseTime(text);
  if (!time) return text.empty() ? otherwise : text;
  return console::Distance(*time, clone_auth::SystemClock().Now());
}

const JsonValue::Array& List(const JsonValue& object, const char* name) {
  static const JsonValue::Array kNone;
  const JsonValue* list = object.Find(name);
  return list == nullptr || list->AsArray() == nullptr ? kNone
                                                       : *list->AsArray();
}

bool IsTrue(const JsonValue& object, const char* name) {
  const JsonValue* value = object.Find(name);
  return value != nullptr && value->AsBool() != nullptr && *value->AsBool();
}

void ShowInvite(const JsonValue& answer, Output& out) {
  out.PrintRaw(Text(answer, "code"));
}

void ShowAccounts(const JsonValue& answer, Output& out) {
  Table table{{{"EMAIL"},
               {"ORGANIZATION"},
               {"ROLE", false},
               {"KEYS", false},
               {"CREATED", false},
               {"STATUS", false}},
              {}};
  for (const JsonValue& account : List(answer, "accounts")) {
    table.rows.push_back({Text(account, "email"), Text(account, "organization"),
                          Text(account, "role"), Text(account, "keys"),
                          When(account, "created_at", ""),
                          IsTrue(account, "enabled") ? "enabled" : "disabled"});
  }
  if (table.rows.empty()) return out.Note("there is no account");
  out.Print(table);
}

void ShowEnabled(const JsonValue& answer, Output& out) {
  out.Note((IsTrue(answer, "enabled") ? "enabled " : "disabled ") +
           Text(answer, "email"));
}

void ShowPassword(const JsonValue& answer, Output& out) {
  out.Note("new password for " + Text(answer, "email") +
           "; its sessions are over");
}

std::string StateOf(const JsonValue& key) {
  if (!Text(key, "revoked_at").empty()) return "revoked";
  const auto expires = console::ParseTime(Text(key, "expires_at"));
  const bool over = expires && *expires <= clone_auth::SystemClock().Now();
  return over ? "expired" : "active";
}

void ShowKeys(const JsonValue& answer, Output& out) {
  Table table{{{"ID", false},
               {"ACCOUNT"},
               {"LABEL"},
               {"CREATED", false},
               {"LAST USED", false},
               {"STATUS", false}},
              {}};
  for (const JsonValue& key : List(answer, "keys")) {
    table.rows.push_back({Text(key, "id"), Text(key, "account"),
                          Text(key, "label"), When(key, "created_at", ""),
                          When(key, "last_used_at", "never"), StateOf(key)});
  }
  if (table.rows.empty()) return out.Note("there is no key");
  out.Print(table);
}

void ShowRevoked(const JsonValue& answer, Output& out) {
  out.Note("revoked " + Text(answer, "id"));
}

void ShowBackup(const JsonValue& answer, Output& out) {
  out.Note("wrote " + Text(answer, "file") + " and " +
           Text(answer, "keys_file"));
}

void ShowRestored(const JsonValue& answer, Output& out) {
  const std::string set_aside = Text(answer, "set_aside");
  if (!set_aside.empty()) out.Note("what was there is now " + set_aside);
  if (IsTrue(answer, "all_revoked")) {
    out.Note(
        "restored without a log: every key is revoked; give each account a "
        "password with 'account set-password'");
  } else {
    out.Note("restored, less what was revoked since (" +
             Text(answer, "replayed") + " changes replayed)");
  }
}

void ShowNewSigningKey(const JsonValue& answer, Output& out) {
  out.Note("published " + Text(answer, "id") + ", signs " +
           When(answer, "signs_from", ""));
}

void ShowSigningKeys(const JsonValue& answer, Output& out) {
  Table table{{{"ID", false},
               {"ALGORITHM", false},
               {"STATE", false},
               {"SIGNS FROM", false},
               {"LEAVES", false}},
              {}};
  for (const JsonValue& key : List(answer, "signing_keys")) {
    table.rows.push_back({Text(key, "id"), Text(key, "algorithm"),
                          Text(key, "state"), When(key, "signs_from", ""),
                          When(key, "leaves_at", "-")});
  }
  out.Print(table);
}

void ShowAudit(const JsonValue& answer, Output& out) {
  Table table{{{"ROW", false},
               {"WHEN", false},
               {"WHAT", false},
               {"KEY"},
               {"BY"},
               {"FROM"},
               {"DETAIL"}},
              {}};
  for (const JsonValue& row : List(answer, "audit")) {
    table.rows.push_back({Text(row, "sequence"), When(row, "time", ""),
                          Text(row, "action"), Text(row, "key"),
                          Text(row, "actor"), Text(row, "address"),
                          Text(row, "detail")});
  }
  if (table.rows.empty()) return out.Note("nothing happened yet");
  out.Print(table);
}

// The head alone, for whoever keeps it elsewhere.
void ShowVerified(const JsonValue& answer, Output& out) {
  out.PrintRaw(Text(answer, "head"));
  out.Note("the audit trail holds, all " + Text(answer, "rows") + " rows");
}

void ShowNewPepper(const JsonValue& answer, Output& out) {
  out.Note("pepper " + Text(answer, "id") +
           " seals; rows to be sealed anew: " + Text(answer, "rows"));
}

void ShowPeppers(const JsonValue& answer, Output& out) {
  Table table{
      {{"ID", false}, {"SEALS", false}, {"ROWS", false}, {"OLDER KEYS", false}},
      {}};
  for (const JsonValue& pepper : List(answer, "peppers")) {
    table.rows.push_back({Text(pepper, "id"),
                          IsTrue(pepper, "seals") ? "yes" : "no",
                          Text(pepper, "rows"), Text(pepper, "older_keys")});
  }
  out.Print(table);
  if (IsTrue(answer, "rotating")) {
    out.Note("sealing rows anew: " + Text(answer, "done") + " of " +
             Text(answer, "total"));
  }
}

void ShowDroppedPepper(const JsonValue& answer, Output& out) {
  out.Note("dropped pepper " + Text(answer, "id") +
           "; keys revoked: " + Text(answer, "revoked"));
}

void ShowExplanation(const JsonValue& answer, Output& out) {
  const auto time = console::ParseTime(Text(answer, "time"));
  const auto now = clone_auth::SystemClock().Now();
  out.Print(console::Fields{
      {"refused", time ? console::TimeForPeople(*time, now) : ""},
      {"told as", Text(answer, "code")},
      {"because", Text(answer, "detail")},
      {"account", Text(answer, "account")},
      {"key", Text(answer, "key_id")},
      {"prefix", Text(answer, "key_prefix")}});
}

void ShowImport(const JsonValue& answer, Output& out) {
  Table table{
      {{"KIND", false}, {"ADDED", false}, {"KNOWN", false}, {"REFUSED", false}},
      {}};
  for (const JsonValue& count : List(answer, "counts")) {
    table.rows.push_back({Text(count, "kind"), Text(count, "added"),
                          Text(count, "known"), Text(count, "refused")});
  }
  out.Print(table);
  for (const JsonValue& remark : List(answer, "remarks")) {
    out.Note(Text(remark, "about") + ": " + Text(remark, "text"));
  }
}

void ShowImported(const JsonValue& answer, Output& out) {
  Table table{{{"FORM", false},
               {"IMPORTED", false},
               {"UPGRADED", false},
               {"LEFT", false},
               {"LAST USED", false}},
              {}};
  for (const JsonValue& keys : List(answer, "keys")) {
    table.rows.push_back({Text(keys, "form"), Text(keys, "imported"),
                          Text(keys, "upgraded"), Text(keys, "left"),
                          When(keys, "last_used_at", "never")});
  }
  out.Note(Text(answer, "accounts") + " accounts were imported");
  if (!Text(answer, "tokens_until").empty()) {
    out.Note("tokens of the former issuer are taken until " +
             Text(answer, "tokens_until"));
  }
  if (table.rows.empty()) return out.Note("no key was imported");
  out.Print(table);
}

constexpr std::array kViews = {
    Row{"invite create", ShowInvite},
    Row{"account list", ShowAccounts},
    Row{"account disable", ShowEnabled},
    Row{"account enable", ShowEnabled},
    Row{"account set-password", ShowPassword},
    Row{"key list", ShowKeys},
    Row{"key revoke", ShowRevoked},
    Row{"backup", ShowBackup},
    Row{"restore", ShowRestored},
    Row{"signing-key rotate", ShowNewSigningKey},
    Row{"signing-key list", ShowSigningKeys},
    Row{"audit list", ShowAudit},
    Row{"audit verify", ShowVerified},
    Row{"pepper rotate", ShowNewPepper},
    Row{"pepper list", ShowPeppers},
    Row{"pepper drop", ShowDroppedPepper},
    Row{"why", ShowExplanation},
    Row{"import django", ShowImport},
    Row{"import keys", ShowImport},
    Row{"import status", ShowImported},
};

}  // namespace

void Show(const AdminCall& call, const JsonValue& answer, Output& out) {
  if (call.json) {
    clone_auth::JsonWriter json;
    json.Value(answer);
    return out.Print(json);
  }
  for (const Row& row : kViews) {
    if (row.command == call.command) return row.show(answer, out);
  }
}

}  // namespace auth_server

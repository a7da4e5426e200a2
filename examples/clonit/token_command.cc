// token inspect.

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clone/api_key.h"
#include "clone/api_key_scheme.h"
#include "clone/token_inspection.h"
#include "commands.h"
#include "support/terminal.h"
#include "support/times.h"

namespace clonit {
namespace {

using clone_auth::ApiKeyScheme;
using clone_auth::JsonMember;
using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::UnverifiedToken;
using clone_auth::WallTime;
using console::ReadSecret;
using console::TimeForPeople;
using console::TimeForPrograms;

// NumericDate claims (RFC 7519 section 4.1, OpenID Connect Core section 2).
constexpr std::array<std::string_view, 4> kTimes = {"exp", "iat", "nbf",
                                                    "auth_time"};
// The last second that a WallTime holds.
constexpr std::int64_t kLastSecond = 9'223'372'036;

std::string InWords(const JsonMember& member, WallTime now) {
  const std::string* text = member.value.AsString();
  if (text != nullptr) return *text;
  const std::int64_t* number = member.value.AsInt();
  const bool is_time =
      std::find(kTimes.begin(), kTimes.end(), member.name) != kTimes.end();
  if (is_time && number != nullptr && *number >= 0 && *number <= kLastSecond) {
    return TimeForPeople(
        clone_auth::FromUnixSeconds(std::chrono::seconds(*number)), now);
  }
  JsonWriter json;
  json.Value(member.value);
  return json.Take();
}

Fields FieldsOf(const JsonValue& object, WallTime now) {
  Fields fields;
  for (const JsonMember& member : *object.AsObject()) {
    fields.emplace_back("  " + member.name, InWords(member, now));
  }
  return fields;
}

void WriteTime(const char* name, const std::optional<WallTime>& time,
               JsonWriter& json) {
  json.Name(name);
  if (time) {
    json.String(TimeForPrograms(*time));
  } else {
    json.Null();
  }
}

void PrintToken(const UnverifiedToken& token, Output& out) {
  const WallTime now = clone_auth::SystemClock().Now();
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("verified").Bool(false);
    json.Name("header").Value(token.header);
    json.Name("claims").Value(token.claims);
    WriteTime("issued_at", token.issued_at, json);
    WriteTime("expires_at", token.expires_at, json);
    json.EndObject();
    out.Print(json);
    return;
  }
  out.PrintLine("Nothing was verified: anybody could have written this.",
                Style::kWarning);
  out.PrintLine("header", Style::kBold);
  out.Print(FieldsOf(token.header, now));
  out.PrintLine("claims", Style::kBold);
  out.Print(FieldsOf(token.claims, now));
}

ExitCode PrintApiKey(std::string_view text, Output& out) {
  const auto key = clone_auth::ParseApiKey(ApiKeyScheme(), text);
  if (!key.ok()) return out.Fail(key.status());
  const std::string checksum =
      key->has_checksum ? "fits" : "none: an older key";
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("verified").Bool(false);
    json.Name("prefix").String(key->display_prefix);
    json.Name("has_checksum").Bool(key->has_checksum).EndObject();
    out.Print(json);
    return ExitCode::kOk;
  }
  out.PrintLine("An API key. Nothing was verified: only its server knows it.",
                Style::kWarning);
  out.Print(Fields{{"  prefix", std::string(key->display_prefix)},
                   {"  checksum", checksum}});
  return ExitCode::kOk;
}

}  // namespace

ExitCode Commands::InspectToken(const Options&, Output& out) {
  const auto text = ReadSecret("Token: ");
  if (!text.ok()) return out.Fail(text.status());
  if (ApiKeyScheme().Matches(text->Reveal())) {
    return PrintApiKey(text->Reveal(), out);
  }
  const auto token = clone_auth::InspectToken(text->Reveal());
  if (!token.ok()) return out.Fail(token.status());
  PrintToken(*token, out);
  return ExitCode::kOk;
}

}  // namespace clonit

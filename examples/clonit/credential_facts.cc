#include "credential_facts.h"

#include <array>
#include <string_view>

#include "clone/api_key.h"
#include "clone/token_inspection.h"
#include "support/times.h"

namespace clonit {
namespace {

using clone_auth::ApiKeyScheme;
using clone_auth::JsonWriter;
using clone_auth::Result;
using console::TimeForPrograms;

struct PlaceRow {
  std::string_view found_in;
  std::string_view words;
};

constexpr std::array kPlaces = {
    PlaceRow{"environment", "CLONE_API_TOKEN"},
    PlaceRow{"config", "cloud.api_key"},
    PlaceRow{"session", "session"},
};

constexpr std::string_view kBearer = "Bearer ";

}  // namespace

Result<CredentialFacts> FactsOf(const SignedInClient& opened) {
  const auto header = opened.source->HeaderFor("GET", opened.base_url);
  if (!header.ok()) return header.status();
  CredentialFacts facts;
  facts.found_in = opened.found_in;
  const std::string_view value = header->value;
  const ApiKeyScheme scheme;
  if (scheme.Matches(value)) {
    const auto key = clone_auth::ParseApiKey(scheme, value);
    if (!key.ok()) return key.status();
    facts.is_api_key = true;
    facts.name = std::string(key->display_prefix);
    return facts;
  }
  if (auto* source = opened.session()) {
    const clone_auth::TokenSession& session = source->session();
    facts.is_renewed = !session.tokens().refresh.empty();
    facts.issuer = session.options().issuer;
    // Also where the token is opaque.
    facts.expires_at = session.expires_at();
    return facts;
  }
  const auto token = clone_auth::InspectToken(
      value.substr(std::min(value.size(), kBearer.size())));
  // A token that is none of ours may be opaque.
  if (token.ok()) facts.expires_at = token->expires_at;
  return facts;
}

std::string InWords(const CredentialFacts& facts) {
  std::string text = facts.is_api_key ? "API key" : "access token";
  if (!facts.name.empty()) text += " " + facts.name;
  for (const PlaceRow& row : kPlaces) {
    if (row.found_in != facts.found_in) continue;
    text.append(" (").append(row.words).append(")");
  }
  return text;
}

void WriteFacts(const CredentialFacts& facts, JsonWriter& json) {
  json.BeginObject().Name("shape");
  json.String(facts.is_api_key ? "api_key" : "token");
  json.Name("found_in").String(facts.found_in);
  json.Name("expires_at");
  if (facts.expires_at) {
    json.String(TimeForPrograms(*facts.expires_at));
  } else {
    json.Null();
  }
  WriteText("issuer", facts.issuer, json);
  json.EndObject();
}

}  // namespace clonit

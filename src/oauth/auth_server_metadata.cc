#include "clone/auth_server_metadata.h"

#include <array>
#include <utility>

#include "base/macros.h"
#include "clone/json.h"
#include "jwt/issuer_metadata.h"
#include "oauth/members.h"

namespace clone_auth {
namespace {

using M = AuthServerMetadata;

struct UrlRow {
  const char* name;
  std::string M::*member;
};

constexpr std::array kUrls = {
    UrlRow{"authorization_endpoint", &M::authorization_endpoint},
    UrlRow{"token_endpoint", &M::token_endpoint},
    UrlRow{"device_authorization_endpoint", &M::device_authorization_endpoint},
    UrlRow{"revocation_endpoint", &M::revocation_endpoint},
    UrlRow{"introspection_endpoint", &M::introspection_endpoint},
    UrlRow{"userinfo_endpoint", &M::userinfo_endpoint},
    UrlRow{"registration_endpoint", &M::registration_endpoint},
    UrlRow{"jwks_uri", &M::jwks_uri},
};

struct ListRow {
  const char* name;
  std::vector<std::string> M::*member;
};

constexpr std::array kLists = {
    ListRow{"scopes_supported", &M::scopes_supported},
    ListRow{"code_challenge_methods_supported",
            &M::code_challenge_methods_supported},
    ListRow{"token_endpoint_auth_methods_supported",
            &M::token_endpoint_auth_methods_supported},
};

struct FlagRow {
  const char* name;
  bool M::*member;
};

constexpr std::array kFlags = {
    FlagRow{"authorization_response_iss_parameter_supported",
            &M::authorization_response_iss_parameter_supported},
    FlagRow{"client_id_metadata_document_supported",
            &M::client_id_metadata_document_supported},
};

constexpr const char* kDocument = "the metadata";

Status ReadList(const JsonValue& json, const char* name,
                std::vector<std::string>& list) {
  const JsonValue* value = FindGiven(json, name);
  if (value == nullptr) return Status();
  const JsonValue::Array* array = value->AsArray();
  if (array == nullptr) return OfAnotherType(kDocument, name);
  for (const JsonValue& item : *array) {
    const std::string* text = item.AsString();
    if (text == nullptr) return OfAnotherType(kDocument, name);
    list.push_back(*text);
  }
  return Status();
}

Status ReadFlag(const JsonValue& json, const char* name, bool& flag) {
  const JsonValue* value = FindGiven(json, name);
  if (value == nullptr) return Status();
  const bool* found = value->AsBool();
  if (found == nullptr) return OfAnotherType(kDocument, name);
  flag = *found;
  return Status();
}

// A URL of the metadata, said of which one something is wrong with.
Status CheckUrl(const char* name, const std::string& url,
                const std::string& issuer) {
  const Status status = CheckNamedUrl(url, issuer);
  if (status.ok()) return status;
  return Status(status.reason(), std::string("the metadata's '") + name +
                                     "': " + std::string(status.message()));
}

}  // namespace

Status AuthServerMetadata::Validate() const {
  CLONE_AUTH_RETURN_IF_ERROR(CheckIssuer(issuer));
  if (token_endpoint.empty()) {
    return Status(Reason::kUrlMalformed,
                  "the metadata has no 'token_endpoint'");
  }
  for (const UrlRow& row : kUrls) {
    const std::string& url = this->*row.member;
    if (url.empty()) continue;
    CLONE_AUTH_RETURN_IF_ERROR(CheckUrl(row.name, url, issuer));
  }
  return Status();
}

Result<AuthServerMetadata> ParseAuthServerMetadata(std::string_view body,
                                                   std::string_view issuer) {
  const auto json = JsonValue::Parse(body, {kMaxIssuerMetadata, 32});
  if (!json.ok() || json->AsObject() == nullptr) {
    return Status(Reason::kAnswerMalformed,
                  "the metadata is no JSON object that can be read");
  }
  AuthServerMetadata metadata;
  CLONE_AUTH_RETURN_IF_ERROR(
      ReadText(*json, kDocument, "issuer", metadata.issuer));
  if (metadata.issuer != issuer) return Status(Reason::kIssuerMismatch);
  for (const UrlRow& row : kUrls) {
    CLONE_AUTH_RETURN_IF_ERROR(
        ReadText(*json, kDocument, row.name, metadata.*row.member));
  }
  for (const ListRow& row : kLists) {
    CLONE_AUTH_RETURN_IF_ERROR(ReadList(*json, row.name, metadata.*row.member));
  }
  for (const FlagRow& row : kFlags) {
    CLONE_AUTH_RETURN_IF_ERROR(ReadFlag(*json, row.name, metadata.*row.member));
  }
  CLONE_AUTH_RETURN_IF_ERROR(metadata.Validate());
  return metadata;
}

}  // namespace clone_auth

#include "oauth/discovery_documents.h"

#include <algorithm>
#include <cstddef>

#include "base/macros.h"
#include "base/url.h"
#include "base/words.h"
#include "clone/json.h"
#include "jwt/issuer_metadata.h"

namespace clone_auth {
namespace {

constexpr std::string_view kCloudConfig = "/api/v1/auth/config";
constexpr std::string_view kResource = "/.well-known/oauth-protected-resource";
constexpr std::string_view kServer = "/.well-known/oauth-authorization-server";
constexpr std::string_view kOpenId = "/.well-known/openid-configuration";

// A URL in two: its origin as it is written, and the path without the slash at
// its end.
struct Parts {
  std::string origin;
  std::string path;
};

Parts PartsOf(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const std::size_t host = url.find("://") + 3;
  const std::size_t path = std::min(url.find('/', host), url.size());
  Parts parts{std::string(url.substr(0, path)), std::string(url.substr(path))};
  if (!parts.path.empty() && parts.path.back() == '/') parts.path.pop_back();
  return parts;
}

std::string Join(const std::string& origin, std::string_view name,
                 const std::string& path) {
  return origin + std::string(name) + path;
}

void AddOnce(std::string url, std::vector<std::string>& urls) {
  if (std::find(urls.begin(), urls.end(), url) == urls.end()) {
    urls.push_back(std::move(url));
  }
}

Status Malformed(const char* what) {
  return Status(Reason::kAnswerMalformed, what);
}

Result<JsonValue> ReadObject(std::string_view body) {
  auto json = JsonValue::Parse(body, {kMaxIssuerMetadata, 32});
  if (json.ok() && json->AsObject() != nullptr) return json;
  return Malformed("the answer is no JSON object that can be read");
}

Status CheckNamedIssuer(std::string_view issuer, std::string_view named_by) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckIssuer(issuer));
  return CheckNamedUrl(issuer, named_by);
}

// True where `url` is `resource` or lies under it.
Result<bool> Covers(const std::string& resource, std::string_view url) {
  if (resource == url) return true;
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url whole, ParseUrl(resource));
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url part, ParseUrl(url));
  if (whole.Origin() != part.Origin()) return false;
  const std::string path = PartsOf(resource).path + '/';
  return (PartsOf(url).path + '/').compare(0, path.size(), path) == 0;
}

// The first text of a list; null where there is none.
const std::string* FirstOf(const JsonValue& json, const char* name) {
  const JsonValue* list = json.Find(name);
  const JsonValue::Array* array = list == nullptr ? nullptr : list->AsArray();
  if (array == nullptr || array->empty()) return nullptr;
  return array->front().AsString();
}

// The texts of a list, with blanks between.
std::string WordsOf(const JsonValue& json, const char* name) {
  std::string words;
  const JsonValue* list = json.Find(name);
  if (list == nullptr || list->AsArray() == nullptr) return words;
  for (const JsonValue& item : *list->AsArray()) {
    const std::string* word = item.AsString();
    if (word != nullptr) AddWords(*word, words);
  }
  return words;
}

}  // namespace

std::string CloudSignInUrl(std::string_view cloud_url) {
  const Parts parts = PartsOf(cloud_url);
  return parts.origin + parts.path + std::string(kCloudConfig);
}

std::vector<std::string> ResourceMetadataUrls(std::string_view resource_url,
                                              const std::string& named) {
  const Parts parts = PartsOf(resource_url);
  std::vector<std::string> urls;
  if (!named.empty()) urls.push_back(named);
  AddOnce(Join(parts.origin, kResource, parts.path), urls);
  AddOnce(Join(parts.origin, kResource, ""), urls);
  return urls;
}

std::vector<std::string> ServerMetadataUrls(std::string_view issuer) {
  const Parts parts = PartsOf(issuer);
  std::vector<std::string> urls;
  AddOnce(Join(parts.origin, kServer, parts.path), urls);
  AddOnce(Join(parts.origin, kOpenId, parts.path), urls);
  AddOnce(Join(parts.origin + parts.path, kOpenId, ""), urls);
  return urls;
}

Result<CloudSignIn> ReadCloudSignIn(std::string_view body,
                                    std::string_view cloud_url) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const JsonValue json, ReadObject(body));
  const std::string* issuer = json.FindString("auth_url");
  const std::string* client_id = json.FindString("client_id");
  if (issuer == nullptr || client_id == nullptr || client_id->empty()) {
    return Malformed("the cloud's config lacks 'auth_url' or 'client_id'");
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckNamedIssuer(*issuer, cloud_url));
  const std::string* scope = json.FindString("scope");
  return CloudSignIn{*issuer, *client_id,
                     scope == nullptr ? std::string() : *scope};
}

Result<ResourceMetadata> ReadResourceMetadata(std::string_view body,
                                              std::string_view resource_url) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const JsonValue json, ReadObject(body));
  const std::string* resource = json.FindString("resource");
  const std::string* issuer = FirstOf(json, "authorization_servers");
  if (resource == nullptr || issuer == nullptr) {
    return Malformed(
        "the resource's metadata lacks 'resource' or "
        "'authorization_servers'");
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(const bool covers,
                              Covers(*resource, resource_url));
  if (!covers) {
    return Status(Reason::kForeignOrigin,
                  "the metadata is that of another resource");
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckNamedIssuer(*issuer, resource_url));
  return ResourceMetadata{*resource, *issuer,
                          WordsOf(json, "scopes_supported")};
}

}  // namespace clone_auth

#include "clone/client_registration.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/macros.h"
#include "clone/json.h"
#include "oauth/oauth_answer.h"

namespace clone_auth {
namespace {

struct MethodRow {
  ClientAuthentication authentication;
  std::string_view name;
};

// RFC 7591 section 2; what keeps no secret comes first.
constexpr std::array kMethods = {
    MethodRow{ClientAuthentication::kNone, "none"},
    MethodRow{ClientAuthentication::kBasic, "client_secret_basic"},
    MethodRow{ClientAuthentication::kPost, "client_secret_post"},
};

bool Has(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

// Null where the server takes none of those that we know.
const MethodRow* MethodFor(const AuthServerMetadata& server,
                           const ClientRegistration& client) {
  const auto& taken = server.token_endpoint_auth_methods_supported;
  auto wanted = client.authentication;
  // RFC 8414 section 2: the server says so by saying nothing.
  if (!wanted && taken.empty()) wanted = ClientAuthentication::kBasic;
  for (const MethodRow& row : kMethods) {
    if (wanted ? row.authentication == *wanted : Has(taken, row.name)) {
      return &row;
    }
  }
  return nullptr;
}

void WriteList(const char* name, const std::vector<std::string>& list,
               JsonWriter& json) {
  json.Name(name).BeginArray();
  for (const std::string& item : list) json.String(item);
  json.EndArray();
}

std::string BodyOf(const ClientRegistration& client, std::string_view method) {
  const auto& uris = client.redirect_uris;
  JsonWriter json;
  json.BeginObject();
  if (!client.client_name.empty()) {
    json.Name("client_name").String(client.client_name);
  }
  WriteList("redirect_uris", uris, json);
  WriteList("grant_types", client.grant_types, json);
  WriteList("response_types",
            Has(client.grant_types, "authorization_code")
                ? std::vector<std::string>{"code"}
                : std::vector<std::string>{},
            json);
  json.Name("token_endpoint_auth_method").String(method);
  // Plain http leads to loopback, which OpenID Connect Registration 1.0 section
  // 2 allows to native clients alone.
  const bool is_native = !uris.empty() && uris.front().rfind("http:", 0) == 0;
  json.Name("application_type").String(is_native ? "native" : "web");
  if (!client.scope.empty()) json.Name("scope").String(client.scope);
  return json.EndObject().Take();
}

Status Malformed(const char* what) {
  return Status(Reason::kAnswerMalformed,
                std::string("the answer to a registration ") + what);
}

// How the client is to authenticate, where the answer says so.
Status ReadMethod(const JsonValue& json, RegisteredClient& client) {
  const std::string* const name = json.FindString("token_endpoint_auth_method");
  if (name == nullptr) return Status();
  for (const MethodRow& row : kMethods) {
    if (row.name == *name) client.authentication = row.authentication;
  }
  if (!client.authentication) return Malformed("has a method of its own");
  if (*client.authentication == ClientAuthentication::kNone) {
    client.client_secret = nullptr;
  } else if (client.client_secret == nullptr) {
    return Malformed("lacks the secret that its method takes");
  }
  return Status();
}

}  // namespace

Result<HttpRequest> RegistrationRequest(const AuthServerMetadata& server,
                                        const ClientRegistration& client) {
  if (server.registration_endpoint.empty()) {
    return Status(Reason::kGrantUnsupported,
                  "the sign-in server registers no clients by itself");
  }
  const MethodRow* const method = MethodFor(server, client);
  if (method == nullptr) {
    return Status(Reason::kGrantUnsupported,
                  "the sign-in server takes none of the ways in which a client "
                  "may authenticate");
  }
  if (client.redirect_uris.empty() &&
      Has(client.grant_types, "authorization_code")) {
    return Status(Reason::kInvalidArgument,
                  "a browser has to come back to somewhere");
  }
  HttpRequest request;
  request.method = "POST";
  request.target = server.registration_endpoint;
  request.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/json"}};
  request.body = BodyOf(client, method->name);
  return request;
}

Result<RegisteredClient> ReadRegistrationAnswer(
    const Result<HttpResponse>& outcome) {
  const OAuthAnswer answer = ReadOAuthAnswer(outcome, WallTime{});
  if (answer.verdict != OAuthVerdict::kGranted) return answer.why;
  const JsonValue& json = answer.granted;
  RegisteredClient client;
  const std::string* const id = json.FindString("client_id");
  if (id == nullptr || id->empty()) return Malformed("has no client_id");
  client.client_id = *id;
  const std::string* const secret = json.FindString("client_secret");
  if (secret != nullptr && !secret->empty()) {
    client.client_secret =
        std::make_shared<const Secret>(Secret::CopyOf(*secret));
  }
  CLONE_AUTH_RETURN_IF_ERROR(ReadMethod(json, client));
  const JsonValue* const end = json.Find("client_secret_expires_at");
  const std::int64_t* const time = end == nullptr ? nullptr : end->AsInt();
  if (time != nullptr && *time > 0 && client.client_secret != nullptr) {
    client.secret_expires_at = FromUnixSeconds(std::chrono::seconds(*time));
  }
  return client;
}

}  // namespace clone_auth

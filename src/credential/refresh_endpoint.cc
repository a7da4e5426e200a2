#include "credential/refresh_endpoint.h"

#include <utility>

#include "base/macros.h"
#include "base/url.h"
#include "base/wiped_text.h"
#include "clone/json.h"

namespace clone_auth {
namespace {

// The URL of a path under the API's base.
Result<std::string> Under(const Url& base, const std::string& path) {
  if (path.empty() || path.front() != '/') {
    return Status(Reason::kUrlMalformed, "the refresh path starts with '/'");
  }
  std::string folder = base.target;
  if (folder.find('?') != std::string::npos) {
    return Status(Reason::kUrlMalformed, "the base URL has a query");
  }
  if (folder.back() == '/') folder.pop_back();
  std::string url = base.Origin() + folder + path;
  CLONE_AUTH_RETURN_IF_ERROR(ParseUrl(url).status());
  return url;
}

std::string JsonBody(const Secret& refresh) {
  return JsonWriter()
      .BeginObject()
      .Name("refresh")
      .String(refresh.Reveal())
      .EndObject()
      .Take();
}

void AddField(std::string_view name, const std::string& value,
              std::string& form) {
  if (value.empty()) return;
  const std::string encoded = EncodeUrlComponent(value);
  MakeRoom(form, name.size() + encoded.size() + 2);
  form.append("&").append(name).append("=").append(encoded);
}

}  // namespace

Result<RefreshEndpoint> RefreshEndpoint::Create(
    const TokenSessionOptions& options) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url base, ParseUrl(options.base_url));
  CLONE_AUTH_RETURN_IF_ERROR(RequireSecure(base));
  RefreshEndpoint endpoint;
  if (options.token_endpoint.empty()) {
    CLONE_AUTH_ASSIGN_OR_RETURN(endpoint.url,
                                Under(base, options.refresh_path));
    return endpoint;
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url url, ParseUrl(options.token_endpoint));
  CLONE_AUTH_RETURN_IF_ERROR(RequireSecure(url));
  endpoint.url = options.token_endpoint;
  endpoint.is_token_endpoint = true;
  endpoint.client_id = options.client_id;
  endpoint.resource = options.resource;
  return endpoint;
}

HttpRequest RefreshEndpoint::RequestFor(
    const Secret& refresh, const std::string& idempotency_key) const {
  HttpRequest request;
  request.method = "POST";
  request.target = url;
  request.headers = {
      {"Content-Type", is_token_endpoint ? "application/x-www-form-urlencoded"
                                         : "application/json"},
      {"Accept", "application/json"},
      {"Idempotency-Key", idempotency_key}};
  if (!is_token_endpoint) {
    request.body = JsonBody(refresh);
    return request;
  }
  constexpr std::string_view kBegin = "grant_type=refresh_token&refresh_token=";
  std::string token = EncodeUrlComponent(refresh.Reveal());
  const WipedText wiped(token);
  MakeRoom(request.body, kBegin.size() + token.size());
  request.body.append(kBegin).append(token);
  AddField("client_id", client_id, request.body);
  AddField("resource", resource, request.body);
  return request;
}

}  // namespace clone_auth

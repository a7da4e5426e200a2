#include "credential/refresh_endpoint.h"

#include <utility>

#include "base/macros.h"
#include "base/url.h"
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

HttpRequest JsonRequest(const std::string& url, const Secret& refresh) {
  HttpRequest request;
  request.method = "POST";
  request.target = url;
  request.headers = {{"Content-Type", "application/json"},
                     {"Accept", "application/json"}};
  request.body = JsonWriter()
                     .BeginObject()
                     .Name("refresh")
                     .String(refresh.Reveal())
                     .EndObject()
                     .Take();
  return request;
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
  endpoint.client =
      TokenClient{options.client_id, options.client_authentication,
                  options.client_secret, options.resource};
  CLONE_AUTH_RETURN_IF_ERROR(endpoint.client->Validate());
  return endpoint;
}

HttpRequest RefreshEndpoint::RequestFor(
    const Secret& refresh, const std::string& idempotency_key) const {
  HttpRequest request =
      client ? TokenFormRequest(url, *client,
                                {{"grant_type", "refresh_token"},
                                 {"refresh_token", refresh.Reveal()}})
             : JsonRequest(url, refresh);
  request.headers.Add("Idempotency-Key", idempotency_key);
  return request;
}

}  // namespace clone_auth

#include "clone/oauth_client.h"

#include <algorithm>
#include <utility>

#include "base/macros.h"
#include "credential/token_answer.h"
#include "credential/token_form.h"
#include "oauth/oauth_answer.h"

namespace clone_auth {
namespace {

// What the server takes a secret by: basic where it does not say (RFC 8414
// section 2).
ClientAuthentication MethodOf(const OAuthClientOptions& options) {
  if (options.authentication) return *options.authentication;
  if (options.client_secret == nullptr) return ClientAuthentication::kNone;
  const auto& methods = options.server.token_endpoint_auth_methods_supported;
  const auto takes = [&](std::string_view method) {
    return std::find(methods.begin(), methods.end(), method) != methods.end();
  };
  const bool only_post =
      takes("client_secret_post") && !takes("client_secret_basic");
  return only_post ? ClientAuthentication::kPost : ClientAuthentication::kBasic;
}

TokenClient ClientOf(const OAuthClientOptions& options) {
  return {options.client_id, MethodOf(options), options.client_secret,
          options.resource};
}

}  // namespace

Result<OAuthClient> OAuthClient::Create(OAuthClientOptions options) {
  CLONE_AUTH_RETURN_IF_ERROR(options.server.Validate());
  CLONE_AUTH_RETURN_IF_ERROR(options.scheme.Validate());
  if (options.client_id.empty()) {
    return Status(Reason::kInvalidArgument, "a client has a client_id");
  }
  CLONE_AUTH_RETURN_IF_ERROR(ClientOf(options).Validate());
  return OAuthClient(std::move(options));
}

OAuthClient::OAuthClient(OAuthClientOptions options)
    : options_(std::move(options)) {}

HttpRequest OAuthClient::TokenRequest(
    const std::vector<FormField>& grant) const {
  return TokenFormRequest(options_.server.token_endpoint, ClientOf(options_),
                          grant);
}

HttpRequest OAuthClient::ClientCredentialsRequest(
    std::string_view scope) const {
  return TokenRequest({{"grant_type", "client_credentials"}, {"scope", scope}});
}

Result<TokenAnswer> OAuthClient::ReadTokenAnswer(
    const Result<HttpResponse>& outcome, WallTime asked_at) const {
  const OAuthAnswer answer = ReadOAuthAnswer(outcome, asked_at);
  if (answer.verdict != OAuthVerdict::kGranted) return answer.why;
  CLONE_AUTH_ASSIGN_OR_RETURN(
      TokenAnswer granted,
      ReadTokens(answer.granted, outcome->status, options_.scheme));
  granted.tokens.received_at = asked_at;
  return granted;
}

Result<HttpRequest> OAuthClient::DeviceAuthorizationRequest(
    std::string_view scope) const {
  const std::string& url = options_.server.device_authorization_endpoint;
  if (url.empty()) {
    return Status(Reason::kGrantUnsupported,
                  "the sign-in server does not take devices' codes");
  }
  return TokenFormRequest(url, ClientOf(options_), {{"scope", scope}});
}

Result<HttpRequest> OAuthClient::RevocationRequest(
    const Secret& token, std::string_view token_type_hint) const {
  const std::string& url = options_.server.revocation_endpoint;
  if (url.empty()) {
    return Status(Reason::kGrantUnsupported,
                  "the sign-in server takes no tokens back");
  }
  TokenClient client = ClientOf(options_);
  client.resource.clear();
  return TokenFormRequest(
      url, client,
      {{"token", token.Reveal()}, {"token_type_hint", token_type_hint}});
}

Status OAuthClient::ReadRevocationAnswer(const Result<HttpResponse>& outcome) {
  // A body means nothing (RFC 7009 section 2.2).
  if (outcome.ok() && outcome->status / 100 == 2) return Status();
  return ReadOAuthAnswer(outcome, WallTime{}).why;
}

TokenSessionOptions OAuthClient::SessionOptions(std::string base_url) const {
  TokenSessionOptions session;
  session.base_url = std::move(base_url);
  session.issuer = options_.server.issuer;
  session.token_endpoint = options_.server.token_endpoint;
  session.client_id = options_.client_id;
  session.resource = options_.resource;
  session.client_authentication = MethodOf(options_);
  session.client_secret = options_.client_secret;
  session.scheme = options_.scheme;
  return session;
}

}  // namespace clone_auth

#include "auth_service.h"

#include <utility>

#include "clone/oauth_client.h"
#include "clone/secret.h"

namespace clonit {
namespace {

using clone_auth::Discovered;
using clone_auth::DiscoveryOptions;
using clone_auth::HttpLimits;
using clone_auth::HttpRequest;
using clone_auth::HttpResponse;
using clone_auth::OAuthClient;
using clone_auth::OAuthClientOptions;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::SessionTokens;
using clone_auth::Status;
using clone_auth::StoredSession;

/// From one of the URLs of DiscoveryOptions.
Result<Discovered> DiscoverAt(Workspace& workspace,
                              std::string DiscoveryOptions::*where,
                              const std::string& url) {
  const auto transport = workspace.Transport();
  if (!transport.ok()) return transport.status();
  DiscoveryOptions options;
  options.*where = url;
  clone_auth::FlowDriverOptions driver;
  driver.transport = transport->get();
  return clone_auth::Discover(std::move(options), driver);
}

Status EndAtApi(Workspace& workspace, const StoredSession& session) {
  if (session.tokens.refresh.empty()) return Status();
  const auto client = workspace.Client(session.base_url, nullptr);
  if (!client.ok()) return client.status();
  const Status ended = (*client)->Logout(session.tokens.refresh);
  // A session that the server does not know any more has ended.
  return ended.code() == clone_auth::StatusCode::kUnauthenticated ? Status()
                                                                  : ended;
}

// With the refresh token goes all that was granted with it (RFC 7009 section
// 2.1).
Status EndAtIssuer(Workspace& workspace, const StoredSession& session) {
  auto found = DiscoverIssuer(workspace, session.issuer);
  if (!found.ok()) return found.status();
  OAuthClientOptions options;
  options.server = std::move(found->server);
  options.client_id = session.client_id;
  const auto client = OAuthClient::Create(std::move(options));
  if (!client.ok()) return client.status();
  const SessionTokens& tokens = session.tokens;
  auto request =
      tokens.refresh.empty()
          ? client->RevocationRequest(tokens.access, "access_token")
          : client->RevocationRequest(tokens.refresh, "refresh_token");
  if (!request.ok()) return request.status();
  return OAuthClient::ReadRevocationAnswer(
      Ask(workspace, std::move(request).value()));
}

}  // namespace

Result<Discovered> DiscoverIssuer(Workspace& workspace,
                                  const std::string& issuer) {
  return DiscoverAt(workspace, &DiscoveryOptions::issuer, issuer);
}

Result<Discovered> DiscoverCloud(Workspace& workspace,
                                 const std::string& cloud_url) {
  auto found = DiscoverAt(workspace, &DiscoveryOptions::cloud_url, cloud_url);
  if (found.ok() || found.status().reason() != Reason::kNotFound) return found;
  return Status(Reason::kNotFound,
                std::string(found.status().message()) +
                    ", so it does not say where to sign in; is it an auth "
                    "service itself, use --password --email YOU, is there "
                    "another one, name it with --auth-url");
}

Result<HttpResponse> Ask(Workspace& workspace, HttpRequest request) {
  const auto transport = workspace.Transport();
  if (!transport.ok()) return transport.status();
  auto answer = (*transport)->Send(request, HttpLimits());
  clone_auth::WipeBytes(request.body.data(), request.body.size());
  request.headers.Wipe("Authorization");
  return answer;
}

Status EndAtServer(Workspace& workspace, const StoredSession& session) {
  return session.issuer.empty() ? EndAtApi(workspace, session)
                                : EndAtIssuer(workspace, session);
}

}  // namespace clonit

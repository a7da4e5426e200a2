#pragma once

// Has an authorization server make a client of a program that nobody has
// registered there by hand (RFC 7591): the request, and what came of it. Pure.
// Each request makes another client, so whoever sends one keeps the answer.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clone/auth_server_metadata.h"
#include "clone/clock.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/token_request.h"

namespace clone_auth {

/// What a program says of itself (RFC 7591 section 2).
struct ClientRegistration {
  /// What a person is shown who is asked to let it in.
  std::string client_name;
  /// Where browsers come back to; with "authorization_code" at least one.
  std::vector<std::string> redirect_uris;
  std::vector<std::string> grant_types{"authorization_code", "refresh_token"};
  /// What it will ask for at most. Empty: the server's choice.
  std::string scope;
  /// Empty: what the server takes, none before basic before post; basic where
  /// it does not say.
  std::optional<ClientAuthentication> authentication;
};

/// The members that OAuthClientOptions (oauth_client.h) has as well go there as
/// they are.
struct RegisteredClient {
  std::string client_id;
  std::shared_ptr<const Secret> client_secret;  ///< null for a public client
  std::optional<ClientAuthentication> authentication;
  std::optional<WallTime> secret_expires_at;  ///< empty: never
};

/// Errors: grant_unsupported (the server registers nobody, or takes none of the
/// ways to authenticate), invalid_argument (no redirect URI).
Result<HttpRequest> RegistrationRequest(const AuthServerMetadata& server,
                                        const ClientRegistration& client);

/// Errors: as OAuthClient::ReadTokenAnswer; request_refused for the words of
/// RFC 7591 section 3.2.2.
Result<RegisteredClient> ReadRegistrationAnswer(
    const Result<HttpResponse>& outcome);

}  // namespace clone_auth

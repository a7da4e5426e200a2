#pragma once

// A client of an authorization server (RFC 6749): makes its requests and reads
// their answers, and sends nothing itself. DeviceGrant (device_grant.h) signs
// a person in with it; whoever wants one exchange sends the request, wipes its
// body and hands the answer in. Immutable; may be shared between threads, and
// copies share the secret.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/api_key_scheme.h"
#include "clone/auth_server_metadata.h"
#include "clone/clock.h"
#include "clone/http.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/token_answer.h"
#include "clone/token_request.h"
#include "clone/token_session.h"

namespace clone_auth {

struct OAuthClientOptions {
  AuthServerMetadata server;
  std::string client_id;
  /// Null for a public client.
  std::shared_ptr<const Secret> client_secret;
  /// Empty: none without a secret, else what the server takes, basic before
  /// post.
  std::optional<ClientAuthentication> authentication;
  /// What the tokens are for (RFC 8707): goes with every request for them.
  /// Empty: the server's choice.
  std::string resource;
  /// Access tokens do not look like its keys.
  ApiKeyScheme scheme;
};

class OAuthClient {
 public:
  /// Errors: invalid_argument (no client_id, or a way to authenticate that
  /// does not go with the secret), scheme_invalid, and those of
  /// AuthServerMetadata::Validate().
  static Result<OAuthClient> Create(OAuthClientOptions options);

  const AuthServerMetadata& server() const { return options_.server; }
  const std::string& client_id() const { return options_.client_id; }
  const std::string& resource() const { return options_.resource; }

  /// Asks the token endpoint for tokens by a grant, of which `grant` has the
  /// parameters, `grant_type` included; those without a value are left out.
  HttpRequest TokenRequest(const std::vector<FormField>& grant) const;

  /// Asks for tokens for the client itself (RFC 6749 section 4.4). An empty
  /// `scope` leaves it to the server.
  HttpRequest ClientCredentialsRequest(std::string_view scope) const;

  /// Reads what came of a request for tokens that was sent at `asked_at`. A
  /// missing `token_type` counts as Bearer; a lifetime that is no whole number
  /// from 1 on counts as none.
  ///
  /// Errors of RFC 6749 section 5.2, RFC 8628 section 3.5 and RFC 8707 section
  /// 2, whatever the status that they come with: request_refused
  /// (invalid_request, and any word that is not known), client_refused
  /// (invalid_client, unauthorized_client), grant_invalid,
  /// grant_unsupported (unsupported_grant_type), scope_refused (invalid_scope,
  /// invalid_target), sign_in_denied (access_denied), sign_in_expired
  /// (expired_token), sign_in_pending (authorization_pending), rate_limited
  /// (slow_down). Others: server_error, overloaded, timeout, rate_limited,
  /// redirect_refused, by the status; answer_malformed; why there was no
  /// answer.
  Result<TokenAnswer> ReadTokenAnswer(const Result<HttpResponse>& outcome,
                                      WallTime asked_at) const;

  /// Asks for the codes of a device grant (RFC 8628 section 3.1). Error:
  /// grant_unsupported.
  Result<HttpRequest> DeviceAuthorizationRequest(std::string_view scope) const;

  /// Gives a token back (RFC 7009 section 2.1). `token_type_hint`:
  /// "access_token" or "refresh_token". Error: grant_unsupported.
  Result<HttpRequest> RevocationRequest(const Secret& token,
                                        std::string_view token_type_hint) const;

  /// Ok where the token is good for nothing any more, also because it never
  /// was. Errors: as ReadTokenAnswer.
  static Status ReadRevocationAnswer(const Result<HttpResponse>& outcome);

  /// How a session goes on with what this client was granted. Its access token
  /// goes to `base_url`.
  TokenSessionOptions SessionOptions(std::string base_url) const;

 private:
  explicit OAuthClient(OAuthClientOptions options);

  OAuthClientOptions options_;
};

/// The failure that an OAuth error word stands for, as in ReadTokenAnswer and
/// of RFC 6749 section 4.1.2.1: what a redirect to the client carries. Where a
/// person would have had to be asked (login_required and its kin of OpenID
/// Connect Core 1.0 section 3.1.2.6): sign_in_denied.
Status StatusOfOAuthError(std::string_view error);

}  // namespace clone_auth

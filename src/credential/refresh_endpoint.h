#pragma once

// Where and how a session's refresh token is presented: as JSON to our own
// API, as a form to the token endpoint of RFC 6749 section 6. Pure.

#include <optional>
#include <string>

#include "clone/http.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/token_session.h"
#include "credential/token_form.h"

namespace clone_auth {

struct RefreshEndpoint {
  std::string url;
  /// Who asks a token endpoint; empty where it is our own API.
  std::optional<TokenClient> client;

  /// Errors: url_malformed, insecure_url, invalid_argument (a way to
  /// authenticate without the secret that it takes).
  static Result<RefreshEndpoint> Create(const TokenSessionOptions& options);

  HttpRequest RequestFor(const Secret& refresh,
                         const std::string& idempotency_key) const;
};

}  // namespace clone_auth

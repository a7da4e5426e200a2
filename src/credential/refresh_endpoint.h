#pragma once

// Where and how a session's refresh token is presented: as JSON to our own
// API, as a form to the token endpoint of RFC 6749 section 6. Pure.

#include <string>
#include <string_view>

#include "clone/http.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/token_session.h"

namespace clone_auth {

struct RefreshEndpoint {
  std::string url;
  bool is_token_endpoint = false;
  std::string client_id;
  std::string resource;

  /// Errors: url_malformed, insecure_url.
  static Result<RefreshEndpoint> Create(const TokenSessionOptions& options);

  HttpRequest RequestFor(const Secret& refresh,
                         const std::string& idempotency_key) const;
};

}  // namespace clone_auth

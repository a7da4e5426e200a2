#pragma once

// A request to a token endpoint or one beside it (RFC 6749 section 3.2): a
// form, and who sends it. Pure.

#include <memory>
#include <string>
#include <vector>

#include "clone/http.h"
#include "clone/secret.h"
#include "clone/status.h"
#include "clone/token_request.h"

namespace clone_auth {

/// Who asks for tokens, and what for.
struct TokenClient {
  std::string client_id;
  ClientAuthentication authentication = ClientAuthentication::kNone;
  std::shared_ptr<const Secret> client_secret;
  std::string resource;  ///< RFC 8707; empty: not said

  /// Ok if there is a secret where it is sent, and none where it is not. Error:
  /// invalid_argument.
  Status Validate() const;
};

/// Fields without a value are left out.
HttpRequest TokenFormRequest(const std::string& url, const TokenClient& client,
                             std::vector<FormField> fields);

}  // namespace clone_auth

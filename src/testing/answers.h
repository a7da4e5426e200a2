#pragma once

// The answers of the server, in the words of both protocols.

#include <chrono>
#include <string>
#include <string_view>

#include "clone/http.h"
#include "clone/status.h"

namespace clone_auth::testing {

/// Whose words a request for tokens is in.
enum class Dialect {
  kRest,   ///< /api/auth/...
  kOAuth,  ///< RFC 6749
};

struct TokenAnswer {
  std::string access;
  std::string refresh;  ///< empty: none is given
  std::chrono::seconds lifetime{0};
};

HttpResponse JsonAnswer(int status, std::string body);
HttpResponse Tokens(Dialect dialect, const TokenAnswer& tokens);

/// {"detail", "code"} with the status of the reason's code.
HttpResponse RestRefusal(int status, Reason reason);
/// {"error"} (RFC 6749 section 5.2).
HttpResponse OAuthRefusal(std::string_view error);

/// A refresh token was refused.
HttpResponse RefreshRefusal(Dialect dialect, Reason reason);

}  // namespace clone_auth::testing

#pragma once

// What a 401 or 403 says about what to sign in for (RFC 9110 section 11.6.1,
// RFC 6750 section 3, RFC 9728 section 5.1): for a client that is about to sign
// in, or to sign in for more. Pure.

#include <string>

#include "clone/http.h"

namespace clone_auth {

/// Each is empty where the challenge has none.
struct BearerChallenge {
  std::string resource_metadata;  ///< a URL, for Discovery (discovery.h)
  std::string scope;              ///< words with blanks between
  /// Such as "invalid_token"; "insufficient_scope" where the token is good and
  /// only grants too little.
  std::string error;
};

/// Of all WWW-Authenticate fields, the challenges for Bearer and DPoP; the
/// first of each parameter counts. What is malformed is passed over.
BearerChallenge ReadBearerChallenge(const HttpHeaders& headers);

}  // namespace clone_auth

#pragma once

// What a 401 says about where to sign in (RFC 9110 section 11.6.1, RFC 9728
// section 5.1, RFC 6750 section 3). Pure.

#include <string>

#include "clone/http.h"

namespace clone_auth {

struct BearerChallenge {
  std::string resource_metadata;  ///< a URL; empty where there is none
  std::string scope;              ///< likewise
};

/// Of all WWW-Authenticate fields, the challenges for Bearer and DPoP; the
/// first of each parameter counts. What is malformed is passed over.
BearerChallenge ReadBearerChallenge(const HttpHeaders& headers);

}  // namespace clone_auth

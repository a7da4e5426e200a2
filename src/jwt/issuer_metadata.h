#pragma once

// Where an issuer says what it is: OpenID Connect Discovery 1.0 section 4 and
// RFC 8414 section 3. Pure functions.

#include <string>
#include <string_view>
#include <vector>

#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

/// Ok for https and for plain http to loopback. Errors: url_malformed (a query
/// or fragment too, which no issuer has), insecure_url.
Status CheckIssuer(std::string_view issuer);

/// The URLs at which the metadata of `issuer` may be, in the order in which
/// they are to be tried.
std::vector<std::string> MetadataUrls(std::string_view issuer);

/// The `jwks_uri` of metadata that was fetched for `issuer`. Errors:
/// json_malformed, json_duplicate_name, json_limit, answer_malformed (it is
/// another issuer's, or names no URL), url_malformed, insecure_url (also a
/// loopback address, where the issuer has none).
Result<std::string> ReadJwksUri(std::string_view metadata,
                                std::string_view issuer);

}  // namespace clone_auth

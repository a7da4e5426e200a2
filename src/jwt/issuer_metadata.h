#pragma once

// Where an issuer says what it is: OpenID Connect Discovery 1.0 section 4 and
// RFC 8414 section 3. Pure functions.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

/// Ok for https and for plain http to loopback. Errors: url_malformed (a query
/// or fragment too, which no issuer has), insecure_url.
Status CheckIssuer(std::string_view issuer);

/// Ok for a URL that the metadata of `issuer` may name: https or plain http to
/// loopback, the latter only where the issuer is loopback too. Errors:
/// url_malformed, insecure_url.
Status CheckNamedUrl(std::string_view url, std::string_view issuer);

/// Bytes of the longest metadata that are read.
inline constexpr std::size_t kMaxIssuerMetadata = 256 * 1024;

/// The URLs at which the metadata of `issuer` may be, in the order in which
/// they are to be tried.
std::vector<std::string> MetadataUrls(std::string_view issuer);

/// The `jwks_uri` of metadata that was fetched for `issuer`. Errors:
/// json_malformed, json_duplicate_name, json_limit, answer_malformed (it is
/// another issuer's, or names no URL), and those of CheckNamedUrl().
Result<std::string> ReadJwksUri(std::string_view metadata,
                                std::string_view issuer);

}  // namespace clone_auth

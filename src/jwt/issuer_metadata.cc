#include "jwt/issuer_metadata.h"

#include <algorithm>

#include "base/macros.h"
#include "base/url.h"
#include "clone/json.h"

namespace clone_auth {

Status CheckIssuer(std::string_view issuer) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url url, ParseUrl(issuer));
  if (issuer.find_first_of("?#") != issuer.npos) {
    return Status(Reason::kUrlMalformed, "an issuer has no query");
  }
  return RequireSecure(url);
}

Status CheckNamedUrl(std::string_view url, std::string_view issuer) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url named, ParseUrl(url));
  CLONE_AUTH_RETURN_IF_ERROR(RequireSecure(named));
  // Nobody outside sends us to what listens on this machine alone.
  CLONE_AUTH_ASSIGN_OR_RETURN(const Url from, ParseUrl(issuer));
  if (named.IsLoopback() && !from.IsLoopback()) {
    return Status(Reason::kInsecureUrl, "the issuer names a loopback address");
  }
  return Status();
}

std::vector<std::string> MetadataUrls(std::string_view issuer) {
  if (issuer.back() == '/') issuer.remove_suffix(1);
  const std::size_t host = issuer.find("://") + 3;
  const std::size_t path = std::min(issuer.find('/', host), issuer.size());
  return {std::string(issuer) + "/.well-known/openid-configuration",
          std::string(issuer.substr(0, path)) +
              "/.well-known/oauth-authorization-server" +
              std::string(issuer.substr(path))};
}

Result<std::string> ReadJwksUri(std::string_view metadata,
                                std::string_view issuer) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const JsonValue value,
      JsonValue::Parse(metadata, {kMaxIssuerMetadata, 32}));
  const std::string* const named = value.FindString("issuer");
  if (named == nullptr || *named != issuer) {
    return Status(Reason::kAnswerMalformed,
                  "the metadata is not that of the issuer");
  }
  const std::string* const uri = value.FindString("jwks_uri");
  if (uri == nullptr) {
    return Status(Reason::kAnswerMalformed, "the metadata has no 'jwks_uri'");
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckNamedUrl(*uri, issuer));
  return *uri;
}

}  // namespace clone_auth

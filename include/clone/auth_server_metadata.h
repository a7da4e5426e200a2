#pragma once

// What an authorization server says of itself (RFC 8414 section 2, OpenID
// Connect Discovery 1.0 section 3), as far as signing in needs it. A plain
// value: Discovery (discovery.h) fetches one, a program that has no use for
// that may also write one down.

#include <string>
#include <string_view>
#include <vector>

#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

struct AuthServerMetadata {
  std::string issuer;
  /// Where it takes what. Empty where it does not take it.
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string device_authorization_endpoint;
  std::string revocation_endpoint;
  std::string introspection_endpoint;
  std::string userinfo_endpoint;
  std::string registration_endpoint;  ///< RFC 7591
  std::string jwks_uri;
  /// Empty where it does not say.
  std::vector<std::string> scopes_supported;
  std::vector<std::string> code_challenge_methods_supported;
  std::vector<std::string> token_endpoint_auth_methods_supported;
  /// Whether answers of the authorization endpoint carry `iss` (RFC 9207).
  bool authorization_response_iss_parameter_supported = false;
  /// Whether a client_id may be the URL of what the client says of itself
  /// (draft-ietf-oauth-client-id-metadata-document).
  bool client_id_metadata_document_supported = false;

  /// Ok if there are an issuer without query and a token endpoint, and every
  /// URL is one that credentials may go to: https, or plain http to loopback,
  /// the latter only where the issuer is loopback itself. Errors:
  /// url_malformed, insecure_url.
  Status Validate() const;
};

/// Reads the metadata that was fetched for `issuer`, which must name itself in
/// these very bytes (RFC 8414 section 3.3). Errors: answer_malformed (no JSON
/// object of at most 256 KiB, repeated names, a member of another type),
/// issuer_mismatch, and those of Validate().
Result<AuthServerMetadata> ParseAuthServerMetadata(std::string_view body,
                                                   std::string_view issuer);

}  // namespace clone_auth

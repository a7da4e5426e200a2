#pragma once

// The documents on the way to an authorization server: where each of them may
// be and what it says. Pure.

#include <string>
#include <string_view>
#include <vector>

#include "clone/result.h"

namespace clone_auth {

/// What a cloud says of signing in.
struct CloudSignIn {
  std::string issuer;
  std::string client_id;
  std::string scope;
};

/// What a resource says of itself (RFC 9728 section 2).
struct ResourceMetadata {
  std::string resource;
  std::string issuer;  ///< the first of those that it names
  std::string scope;   ///< all that it names
};

std::string CloudSignInUrl(std::string_view cloud_url);

/// In the order in which they are to be tried; `named` comes first where it is
/// not empty.
std::vector<std::string> ResourceMetadataUrls(std::string_view resource_url,
                                              const std::string& named);
std::vector<std::string> ServerMetadataUrls(std::string_view issuer);

/// Errors: answer_malformed, url_malformed, insecure_url.
Result<CloudSignIn> ReadCloudSignIn(std::string_view body,
                                    std::string_view cloud_url);

/// Further error: foreign_origin (it is not about what `resource_url` is or
/// lies under).
Result<ResourceMetadata> ReadResourceMetadata(std::string_view body,
                                              std::string_view resource_url);

}  // namespace clone_auth

#pragma once

// What may stand in a credential's header at all.

#include <cstddef>
#include <string_view>

#include "clone/credential.h"
#include "clone/status.h"

namespace clone_auth {

inline constexpr std::size_t kMaxApiKeyBytes = 256;
inline constexpr std::size_t kMaxTokenBytes = 16 * 1024;

/// The shape of `text`, decided by the scheme's prefix alone.
CredentialShape ShapeOf(std::string_view text, const ApiKeyScheme& scheme);

/// Ok for printable ASCII without blanks, at most as long as its shape may
/// be. Errors: credential_missing, credential_malformed.
Status CheckCredentialText(std::string_view text, CredentialShape shape);

}  // namespace clone_auth

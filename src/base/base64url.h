#pragma once

// base64url without padding (RFC 7515 appendix C), strictly: no padding, no
// blanks, no spare bits. For the public parts of tokens; not constant time.

#include <string>
#include <string_view>

#include "clone/result.h"

namespace clone_auth {

std::string Base64UrlEncode(std::string_view bytes);

/// Error: base64_malformed.
Result<std::string> Base64UrlDecode(std::string_view text);

}  // namespace clone_auth

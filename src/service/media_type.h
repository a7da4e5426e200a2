#pragma once

#include <string_view>

#include "clone/http.h"

namespace clone_auth::service {

/// True where the body is said to be of `type`, in any case and with any
/// parameters (RFC 9110 section 8.3.1).
bool HasMediaType(const HttpRequest& request, std::string_view type);

}  // namespace clone_auth::service

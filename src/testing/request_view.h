#pragma once

// What the server reads of a request: its path, and the fields of its body.

#include <optional>
#include <string>
#include <string_view>

#include "clone/http.h"

namespace clone_auth::testing {

/// The path of a URL or of a target: "/token" of "https://a/token?b=c".
std::string PathOf(std::string_view target);

/// True if `path` is `known`, or that without its trailing slash, which is
/// served as if it were there.
bool IsPath(std::string_view path, std::string_view known);

/// The value of the field `name` in a body of the form
/// application/x-www-form-urlencoded (RFC 6749 appendix B). Empty where there
/// is none, or where it stands there twice (RFC 6749 section 3.2).
std::string FormField(const HttpRequest& request, std::string_view name);

/// The text of the member `name` of a JSON body; empty where there is none.
std::string JsonField(const HttpRequest& request, std::string_view name);

/// The token of "Authorization: Bearer TOKEN"; empty where there is none.
std::string BearerOf(const HttpRequest& request);

}  // namespace clone_auth::testing

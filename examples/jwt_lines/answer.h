#pragma once

// Lines of output, without their end.

#include <string>
#include <string_view>

namespace jwt_lines {

/// `claims` is the payload's own text.
std::string Accepted(std::string_view claims);
std::string Signed(std::string_view token, std::string_view jwk);
std::string Refused(std::string_view reason, std::string_view message);

}  // namespace jwt_lines

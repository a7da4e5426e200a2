#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace clone_auth::service {

/// Characters of the longest address (RFC 5321 section 4.5.3.1.3).
inline constexpr std::size_t kMaxEmailSize = 254;

/// Lower case, the form in which addresses are kept and compared.
std::string NormalizedEmail(std::string_view email);

/// True for local-part@domain with a dot-atom on the left (RFC 5322 section
/// 3.4.1, ASCII) and at least two host labels on the right.
bool IsEmail(std::string_view email);

}  // namespace clone_auth::service

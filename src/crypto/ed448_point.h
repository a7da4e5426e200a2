#pragma once

#include <string_view>

namespace clone_auth {

inline constexpr std::size_t kEd448Size = 57;

/// True if the kEd448Size bytes are the one encoding of a point of the curve
/// (RFC 8032 section 5.2.3) whose order is not small.
bool IsEd448Point(std::string_view encoded);

}  // namespace clone_auth

#pragma once

#include <string_view>

namespace clone_auth::service {

/// True for a password that guessers try early, whatever its case: one of a
/// list, a short piece repeated, or a run of neighbours such as "abcdefghijkl".
bool IsCommonPassword(std::string_view password);

}  // namespace clone_auth::service

#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace clone_auth::testing {

/// The text of `name` in this tree's tests/vectors.
std::string OwnVectors(std::string_view name);

/// The text of `name` in the folder of other people's test vectors: the one
/// that CLONE_AUTH_VECTORS names, in the environment or when the build was
/// configured. Empty where it is not there; the test then skips, with
/// kNoVectors as the reason.
std::optional<std::string> SharedVectors(std::string_view name);

inline constexpr char kNoVectors[] =
    "NOT RUN: the vectors are missing; set CLONE_AUTH_VECTORS to their folder";

}  // namespace clone_auth::testing

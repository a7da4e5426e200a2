#pragma once

// Ends a process of its own at one of the steps that change names of files or
// make what was written safe.

#include <functional>

namespace clone_auth::testing {

inline constexpr int kCrashed = 77;

/// Runs `work` in a child that ends before step number `steps`, from 0. Returns
/// how it ended: kCrashed, or 0 where it came to its end and `work` was true.
int RunForSteps(int steps, const std::function<bool()>& work);

}  // namespace clone_auth::testing

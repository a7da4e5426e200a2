#pragma once

// How the program ends: one table, which --help prints and docs/clonit.md
// repeats.

#include <string>
#include <string_view>

#include "clone/status.h"

namespace clonit {

enum class ExitCode : int {
  kOk = 0,
  kFailed = 1,
  kUsage = 2,
  kRefused = 3,
  kUnreachable = 4,
  kInterrupted = 130,
};

/// The code for a command that came to `status`.
ExitCode ExitCodeOf(const clone_auth::Status& status);

/// What to do about `status`, in terms of this program where it has any.
std::string_view RemedyOf(const clone_auth::Status& status);

/// The table, for --help.
std::string ExitCodeHelp();

}  // namespace clonit

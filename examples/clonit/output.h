#pragma once

// What the program says, and how it ends for it.

#include <string_view>

#include "clone/json.h"
#include "clone/status.h"
#include "exit_code.h"
#include "options.h"
#include "support/output.h"

namespace clonit {

using console::Fields;
using console::Style;
using console::Table;

class Output : public console::Output {
 public:
  explicit Output(const Options& options)
      : console::Output(
            {"clonit", options.json, options.quiet, options.width}) {}

  /// Says why it failed and what to do next.
  ExitCode Fail(const clone_auth::Status& status) {
    Complain(status, RemedyOf(status));
    return ExitCodeOf(status);
  }

  /// Writes out what is left; `code`, unless that failed.
  ExitCode Finish(ExitCode code) {
    return console::Output::Finish() ? code : ExitCode::kFailed;
  }
};

/// A member that is null where there is no text.
inline void WriteText(std::string_view name, std::string_view text,
                      clone_auth::JsonWriter& json) {
  json.Name(name);
  if (text.empty()) {
    json.Null();
  } else {
    json.String(text);
  }
}

}  // namespace clonit

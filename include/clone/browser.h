#pragma once

// Shows a person a page in the browser of this machine. Stateless.

#include <functional>
#include <optional>
#include <string>

#include "clone/status.h"

namespace clone_auth {

/// How the environment is read; null: getenv.
using BrowserEnvironment =
    std::function<std::optional<std::string>(const std::string& name)>;

/// Starts a browser with `url` as its only argument, without a shell, and does
/// not wait for it: $BROWSER, which is the name or path of one program, else
/// xdg-open where DISPLAY or WAYLAND_DISPLAY is set (on macOS: open, unless
/// over SSH). Its output goes nowhere, and it is nobody's child. Ok says that a
/// program was started, not that a page is seen. Errors: url_malformed (no
/// absolute http or https URL, or one with characters other than letters,
/// digits and -._~:/?#[]@&+,=%), not_found (no display, or no such program),
/// internal (no process can be started).
Status OpenBrowser(const std::string& url,
                   const BrowserEnvironment& environment = nullptr);

}  // namespace clone_auth

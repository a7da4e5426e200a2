#pragma once

// Spans of time on a command line.

#include <chrono>
#include <optional>
#include <string_view>

namespace console {

/// A whole number up to 100,000 with s, m, h or d; empty for anything else.
std::optional<std::chrono::seconds> ParseDuration(std::string_view text);

}  // namespace console

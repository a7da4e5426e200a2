#pragma once

// Text of others, made fit for a terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace console {

/// `text` with everything that could steer a terminal (control characters,
/// direction marks) and what is no UTF-8 shown as U+FFFD.
std::string Harmless(std::string_view text);

/// Columns that `text` takes on a terminal.
std::size_t WidthOf(std::string_view text);

/// `text`, cut to `width` columns with an ellipsis as the last one.
std::string CutTo(std::string_view text, std::size_t width);

}  // namespace console

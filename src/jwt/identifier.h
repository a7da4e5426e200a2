#pragma once

#include <string_view>

#include "json/utf8.h"

namespace clone_auth {

/// True if every reader takes `text` for the same name: valid UTF-8 without
/// NUL, at which C strings end.
inline bool IsIdentifier(std::string_view text) {
  // Nearly all are ASCII, and a loop without branches settles those.
  bool ascii = true;
  for (const char c : text) ascii &= static_cast<signed char>(c) > 0;
  if (ascii) return true;
  return text.find('\0') == std::string_view::npos && IsUtf8(text);
}

}  // namespace clone_auth

#pragma once

#include <cstddef>
#include <string_view>

namespace clone_auth {

/// Bytes of the valid UTF-8 sequence at the start of `text`, which is not
/// empty; 0 where there is none (RFC 3629 section 4).
std::size_t Utf8SequenceSize(std::string_view text);

/// True if all of `text` is valid UTF-8.
bool IsUtf8(std::string_view text);

}  // namespace clone_auth

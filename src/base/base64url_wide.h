#pragma once

// Base64url many characters at a time, where the processor can.

#include <cstddef>
#include <string_view>

namespace clone_auth {

inline constexpr std::size_t kNotDecoded = static_cast<std::size_t>(-1);

/// Encodes a multiple of 24 bytes from the start of `bytes` into `out`, which
/// has room for the text of all of them, and tells how many; 0 where the
/// processor is not up to it.
std::size_t EncodeWide(std::string_view bytes, char* out);

/// Decodes `text`, a multiple of 4 characters, into `out`, which has room for
/// all that it stands for and 8 bytes more. Tells how many characters it
/// decoded: all, or none where they are fewer than 32 or the processor is not
/// up to it. kNotDecoded where one of them is not in the alphabet.
std::size_t DecodeWide(std::string_view text, char* out);

}  // namespace clone_auth

#pragma once

// base64url without padding (RFC 7515 appendix C), strictly: no padding, no
// blanks, no spare bits. The first pair is for the public parts of tokens and
// fast; the second is for secrets: its time does not depend on them, and it
// leaves no copy behind.

#include <cstddef>
#include <string>
#include <string_view>

#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// Characters that stand for `size` bytes.
constexpr std::size_t Base64UrlEncodedSize(std::size_t size) {
  return (size * 4 + 2) / 3;
}

std::string Base64UrlEncode(std::string_view bytes);

/// Appends what Base64UrlEncode() would return to `text`.
void Base64UrlAppend(std::string_view bytes, std::string& text);

/// Error: base64_malformed.
Result<std::string> Base64UrlDecode(std::string_view text);

/// How many bytes `size` characters stand for; a rest of one stands for none.
constexpr std::size_t Base64UrlDecodedSize(std::size_t size) {
  return size / 4 * 3 + (size % 4 == 0 ? 0 : size % 4 - 1);
}

/// Bytes behind what it stands for that decoding may overwrite.
inline constexpr std::size_t kBase64UrlSlack = 8;

/// Decodes into `out`, which has room for Base64UrlDecodedSize() and the slack;
/// false, with anything in `out`, where `text` is malformed.
bool Base64UrlDecodeTo(std::string_view text, char* out);

Secret Base64UrlEncodeSecret(const Secret& bytes);

/// Error: base64_malformed.
Result<Secret> Base64UrlDecodeSecret(std::string_view text);

}  // namespace clone_auth

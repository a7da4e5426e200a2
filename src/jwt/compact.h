#pragma once

// The compact form of a signed token (RFC 7515 section 7.1) and its header.

#include <optional>
#include <string>
#include <string_view>

#include "clone/result.h"
#include "jwt/algorithms.h"

namespace clone_auth {

/// How deep the JSON in a token may nest.
inline constexpr std::size_t kJwtMaxDepth = 32;

/// The parts of a token, as they stand in its text.
struct CompactToken {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signing_input;  ///< header, dot and payload
};

/// Errors: token_malformed, where the parts are not exactly three or one of the
/// first two is empty; token_encrypted, where they are five.
Result<CompactToken> SplitCompact(std::string_view token);

/// The same, but for the payload, in which there may be further dots: whoever
/// decodes it finds that out without a search. SplitCompact() tells why there
/// is nothing, and what is wrong with the payload.
std::optional<CompactToken> SplitCompactAtEnds(std::string_view token);

struct JwtHeader {
  const Algorithm* algorithm = nullptr;
  std::optional<std::string> key_id;
  std::optional<std::string> type;  ///< in its normal form
};

/// Reads a header. What it says of where to find a key (jwk, jku, x5u, x5c) is
/// not looked at. Errors: token_malformed; token_encrypted, token_nested,
/// token_unencoded and token_critical for what would change how the token is
/// read; token_algorithm; token_type, where `typ` is no string.
Result<JwtHeader> ReadJwtHeader(std::string_view encoded);

}  // namespace clone_auth

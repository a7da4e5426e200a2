#pragma once

// One line of input, read. What is missing or of the wrong type is refused
// here; what a token, a key or a policy must be is for the library to say.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "clone/result.h"

namespace jwt_lines {

/// Bytes of the longest line that is looked at.
inline constexpr std::size_t kMaxLine = std::size_t{16} * 1024 * 1024;

/// A check of the verifier. Neither off nor with a value: what the library
/// does by itself.
struct Check {
  bool off = false;  ///< null in the line
  std::optional<std::string> value;
};

struct VerifyRequest {
  std::string token;
  std::string keys;  ///< JSON
  std::vector<std::string> algorithms;
  Check issuer;
  Check audience;
  Check type;
  std::optional<std::int64_t> skew;  ///< seconds
  std::optional<std::int64_t> now;   ///< seconds since 1970
};

struct SignRequest {
  std::string algorithm;
  std::string key_id;  ///< empty: the key's thumbprint
  std::string claims;  ///< JSON
  Check type;
};

using Request = std::variant<VerifyRequest, SignRequest>;

/// Errors: invalid_argument, json_malformed, json_duplicate_name, json_limit.
clone_auth::Result<Request> ReadRequest(std::string_view line);

}  // namespace jwt_lines

#pragma once

// API keys as text: making one and taking one apart. A key is
//   prefix, kind (1), public id (12), secret (32), checksum (6)
// all of 0-9A-Za-z behind the prefix; the checksum is the CRC-32 (zlib) of all
// that stands before it, in base 62, most significant digit first. So a typo
// costs no look-up, a scanner recognises a leaked key, and a log can name one.

#include <cstddef>
#include <string>
#include <string_view>

#include "clone/api_key_scheme.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// Who a key acts for, and whether it is a test's.
enum class ApiKeyKind : char {
  kUser = 'u',
  kOrganization = 'o',
  kTestUser = 't',
  kTestOrganization = 'p',
};

/// Characters of a key behind the prefix.
inline constexpr std::size_t kApiKeyBodySize = 51;
/// Characters of the public id.
inline constexpr std::size_t kApiKeyIdSize = 12;
/// Nothing longer than this is looked at.
inline constexpr std::size_t kApiKeyMaxSize = 256;

/// A new key. The text is shown once and never stored.
struct GeneratedApiKey {
  Secret text;
  std::string public_id;       ///< 12 characters; names the key in logs
  std::string display_prefix;  ///< scheme prefix, kind and public id
};

/// Makes a key with 190 bits of secret. Errors: scheme_invalid,
/// random_unavailable.
Result<GeneratedApiKey> GenerateApiKey(const ApiKeyScheme& scheme,
                                       ApiKeyKind kind, RandomSource& random);

/// What the text of a key tells before any look-up. Views into the text.
struct ParsedApiKey {
  /// False for a key of another length, as older ones have; it has neither
  /// kind nor public id and only a store can tell whether it is one.
  bool has_checksum = false;
  ApiKeyKind kind = ApiKeyKind::kUser;
  std::string_view public_id;
  std::string_view display_prefix;  ///< never holds a character of the secret
};

/// Takes `text` apart without allocating. Error: key_malformed, where the
/// prefix or the alphabet is wrong (keys of another length may also hold the
/// '-', '.', '_' and '~' of URLs), the body has 51 characters and a wrong
/// checksum or kind, or fewer than 14 or more than 250 characters, or the text
/// is over 256 bytes.
Result<ParsedApiKey> ParseApiKey(const ApiKeyScheme& scheme,
                                 std::string_view text);

}  // namespace clone_auth

#pragma once

// One JWK (RFC 7517) as JSON, read and written.

#include <optional>
#include <string>

#include "clone/json.h"
#include "clone/secret.h"
#include "jwt/algorithms.h"

namespace clone_auth {

/// What a JWK says of itself beside its bytes.
struct JwkHead {
  std::optional<std::string> key_id;
  std::string key_type;
  std::string curve;                     ///< empty where it has none
  const Algorithm* algorithm = nullptr;  ///< null where it names none

  /// True if the key may serve `row`.
  bool Fits(const Algorithm& row) const {
    return row.key_type == key_type && row.curve == curve &&
           (algorithm == nullptr || algorithm == &row);
  }
};

/// `operation` is "verify" or "sign": what the key must be allowed to do.
/// Errors: key_set_malformed, algorithm_unsupported.
Result<JwkHead> ReadJwkHead(const JsonValue& jwk, std::string_view operation);

/// The first `count` members of `row`, decoded. Error: key_set_malformed.
Result<KeyParts> ReadJwkParts(const JsonValue& jwk, const Algorithm& row,
                              std::size_t count);

/// A copy of the parts that verify.
KeyParts VerificationParts(const Algorithm& row, const KeyParts& parts);

/// The JWK of the public parts; empty where the key is symmetric. `alg` is
/// written if `with_algorithm`.
std::string WritePublicJwk(const Algorithm& row,
                           const std::optional<std::string>& key_id,
                           const KeyParts& parts, bool with_algorithm);

/// The JWK of all parts.
Secret WritePrivateJwk(const Algorithm& row,
                       const std::optional<std::string>& key_id,
                       const KeyParts& parts);

/// RFC 7638, with SHA-256, as base64url.
std::string Thumbprint(const Algorithm& row, const KeyParts& parts);

}  // namespace clone_auth

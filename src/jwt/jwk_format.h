#pragma once

// One JWK (RFC 7517) as JSON, read and written.

#include <optional>
#include <string>

#include "clone/json.h"
#include "clone/secret.h"
#include "crypto/key_import.h"
#include "jwt/algorithms.h"

namespace clone_auth {

/// What a JWK says of itself beside its bytes.
struct JwkHead {
  std::optional<std::string> key_id;
  std::string key_type;
  std::string curve;                     ///< empty where it has none
  const Algorithm* algorithm = nullptr;  ///< null where it names none

  /// True if the key may serve `row`. EdDSA and the name of its curve mean the
  /// same (RFC 9864 section 2.2), so a key that is for one verifies both.
  bool Fits(const Algorithm& row) const {
    return IsOfType(*row.type) &&
           (algorithm == nullptr || algorithm->id == row.id ||
            (row.type->name == "OKP" &&
             (algorithm->id == JwtAlgorithm::kEdDsa ||
              IsOfType(*algorithm->type))));
  }

  /// True if `row` is what the key signs by: the algorithm that it names, or
  /// any that its type has.
  bool SignsBy(const Algorithm& row) const {
    return IsOfType(*row.type) &&
           (algorithm == nullptr || algorithm->id == row.id);
  }

  bool IsOfType(const KeyType& type) const {
    return type.name == key_type && type.curve == curve;
  }
};

/// `operation` is "verify" or "sign": what the key must be allowed to do.
/// Errors: key_set_malformed, algorithm_unsupported.
Result<JwkHead> ReadJwkHead(const JsonValue& jwk, std::string_view operation);

/// The first `count` members of `row`'s type, decoded. Error:
/// key_set_malformed.
Result<KeyParts> ReadJwkParts(const JsonValue& jwk, const Algorithm& row,
                              std::size_t count);

/// A copy of the parts that verify.
KeyParts VerificationParts(const KeyType& type, const KeyParts& parts);

/// What a key in another form than a JWK's says: the row of `algorithm` that
/// takes it. Errors: those of ImportPem(); pem_malformed where it is no private
/// key although it should be, or the reverse; key_set_malformed where the
/// algorithm takes no such key.
struct FileKey {
  const Algorithm* row;
  KeyParts parts;
};
Result<FileKey> ForAlgorithm(Result<ImportedKey> imported,
                             JwtAlgorithm algorithm, bool is_private);

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
std::string Thumbprint(const KeyType& type, const KeyParts& parts);

}  // namespace clone_auth

#pragma once

#include <memory>
#include <string>

#include "clone/jwk.h"
#include "jwt/algorithms.h"

namespace clone_auth {

struct JwtSigningKey::Impl {
  /// Errors: those of JwtSigningKey's makers.
  static Result<JwtSigningKey> Make(const Algorithm& algorithm,
                                    std::string key_id, KeyParts parts);

  /// The same; an empty `key_id` becomes the key's thumbprint.
  static Result<JwtSigningKey> MakeNamed(const Algorithm& algorithm,
                                         std::string key_id, KeyParts parts);

  const Algorithm* algorithm;
  std::string key_id;  // empty where it has none
  KeyParts parts;
  std::unique_ptr<const PrivateKey> key;
};

}  // namespace clone_auth

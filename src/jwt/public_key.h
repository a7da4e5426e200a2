#pragma once

#include <string>

#include "clone/public_key.h"
#include "jwt/jwk_format.h"

namespace clone_auth {

struct JwtPublicKey::Impl {
  /// Checks that the key can be used. Errors: those of JwtPublicKey's makers.
  static Result<JwtPublicKey> Make(JwkHead head, const Algorithm& row,
                                   KeyParts parts);

  JwkHead head;
  const Algorithm* row;  // one that the key may serve
  KeyParts parts;
};

}  // namespace clone_auth

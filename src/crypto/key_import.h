#pragma once

// Keys as other programs keep them: PKCS#8, PKCS#1 and SEC 1 (private), SPKI,
// PKCS#1 and X.509 certificates (public), in DER or PEM. Only what stands in
// the file is read here; whether it is a good key is for the key's own reader
// to say.

#include <string_view>

#include "clone/result.h"
#include "clone/secret.h"
#include "crypto/key.h"

namespace clone_auth {

struct ImportedKey {
  std::string_view type;   ///< as `kty`
  std::string_view curve;  ///< as `crv`; empty where the type has none
  bool is_private = false;
  KeyParts parts;  ///< in the order of the members of its JWK
};

/// Errors: pem_malformed, key_encrypted, algorithm_unsupported (a key of
/// another type or curve). A certificate's dates and issuer are not looked at.
Result<ImportedKey> ImportPem(std::string_view text);
Result<ImportedKey> ImportDer(std::string_view der);

/// As PKCS#8 or, with the public parts alone, as SPKI. Error: internal.
Result<Secret> ExportPem(const ImportedKey& key);

}  // namespace clone_auth

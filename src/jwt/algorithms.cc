#include "jwt/algorithms.h"

#include "crypto/ed25519.h"
#include "crypto/es256.h"
#include "crypto/hs256.h"

namespace clone_auth {

const std::array<Algorithm, 3>& Algorithms() {
  static constexpr std::array<Algorithm, 3> kTable = {{
      {JwtAlgorithm::kEs256,
       "ES256",
       "",
       "EC",
       "P-256",
       {"x", "y", "d"},
       2,
       2,
       3,
       ReadEs256Public,
       ReadEs256Private,
       GenerateEs256},
      {JwtAlgorithm::kEdDsa,
       "EdDSA",
       "Ed25519",
       "OKP",
       "Ed25519",
       {"x", "d"},
       1,
       1,
       2,
       ReadEd25519Public,
       ReadEd25519Private,
       GenerateEd25519},
      {JwtAlgorithm::kHs256,
       "HS256",
       "",
       "oct",
       "",
       {"k"},
       0,
       1,
       1,
       ReadHs256Verification,
       ReadHs256Private,
       GenerateHs256},
  }};
  return kTable;
}

const Algorithm& Describe(JwtAlgorithm algorithm) {
  return Algorithms()[static_cast<std::size_t>(algorithm)];
}

const Algorithm* FindAlgorithm(std::string_view name) {
  if (name.empty()) return nullptr;
  for (const Algorithm& row : Algorithms()) {
    if (row.name == name || row.other_name == name) return &row;
  }
  return nullptr;
}

std::string_view ToString(JwtAlgorithm algorithm) {
  return Describe(algorithm).name;
}

Result<JwtAlgorithm> ParseJwtAlgorithm(std::string_view name) {
  const Algorithm* row = FindAlgorithm(name);
  if (row == nullptr) return Status(Reason::kAlgorithmUnsupported);
  return row->id;
}

}  // namespace clone_auth

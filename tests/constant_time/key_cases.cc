// Private and symmetric keys: their members in a JWK, and what is made of them.

#include <fstream>
#include <string>

#include "base/base64url.h"
#include "clone/jwk.h"
#include "constant_time/cases.h"
#include "constant_time/poison.h"
#include "jwt/jwk_format.h"

namespace clone_auth::constant_time {
namespace {

bool Base64Url() {
  const Secret bytes = Poisoned(std::string(50, 's'));
  const Secret text = Base64UrlEncodeSecret(bytes);
  // Each character of a text is ASCII, whatever the bytes are.
  std::string known(text.Reveal());
  PoisonAscii(known);
  const auto decoded = Base64UrlDecodeSecret(known);
  return decoded.ok() && Public(ConstantTimeEquals(*decoded, bytes));
}

// The fixed key of this algorithm. A new one of RSA takes seconds here.
JsonValue Jwk(JwtAlgorithm algorithm) {
  std::ifstream file(CLONE_AUTH_TEST_KEYS);
  for (std::string line; std::getline(file, line);) {
    JsonValue jwk = JsonValue::Parse(line).value();
    if (*jwk.FindString("alg") == ToString(algorithm)) return jwk;
  }
  return JsonValue();
}

// Once the JSON was read: what is public of the key is known, the other members
// are poisoned.
JsonValue PoisonedJwk(const Algorithm& row) {
  JsonValue jwk = Jwk(row.id);
  for (std::size_t i = row.type->public_count; i < row.type->sign_count; ++i) {
    PoisonAscii(*jwk.FindString(row.type->members[i]));
  }
  return jwk;
}

// Reads the key, signs where `signs`, and writes the key.
template <JwtAlgorithm algorithm, bool signs>
bool PrivateKeyOf() {
  const Algorithm& row = Describe(algorithm);
  const JsonValue jwk = PoisonedJwk(row);
  const KeyParts parts = ReadJwkParts(jwk, row, row.type->sign_count).value();
  const auto key = row.read_private(parts);
  if (!key.ok() || WritePrivateJwk(row, "kid", parts).empty()) return false;
  return !signs || (*key)->Sign("header.payload").ok();
}

// Of a symmetric key the secret is what is hashed (RFC 7638 section 3.2).
bool ThumbprintOfASecret() {
  const Algorithm& row = Describe(JwtAlgorithm::kHs256);
  const KeyParts known = row.generate().value();
  KeyParts parts;
  parts.push_back(Poisoned(known[0].Reveal()));
  std::string thumbprint = Thumbprint(*row.type, parts);
  VALGRIND_MAKE_MEM_DEFINED(thumbprint.data(), thumbprint.size());
  return thumbprint == Thumbprint(*row.type, known);
}

}  // namespace

std::vector<Case> KeyCases() {
  using A = JwtAlgorithm;
  return {
      {"base64url of a secret is written and read", Base64Url},
      {"an HS256 key is read, signs and is written",
       PrivateKeyOf<A::kHs256, true>},
      {"an HS512 key is read, signs and is written",
       PrivateKeyOf<A::kHs512, true>},
      {"an Ed25519 key is read, signs and is written",
       PrivateKeyOf<A::kEd25519, true>, 1},
      {"an RS256 key is read and written", PrivateKeyOf<A::kRs256, false>, 2},
      {"an ES256 key is read and written", PrivateKeyOf<A::kEs256, false>},
      {"an ES384 key is read and written", PrivateKeyOf<A::kEs384, false>},
      {"an ES512 key is read and written", PrivateKeyOf<A::kEs512, false>},
      {"an Ed448 key is read and written", PrivateKeyOf<A::kEd448, false>, 1},
      {"an HS256 key is named by its thumbprint", ThumbprintOfASecret},
  };
}

}  // namespace clone_auth::constant_time

// Private and symmetric keys: their members in a JWK, and what is made of them.

#include <string>

#include "base/base64url.h"
#include "clone/jwk.h"
#include "clone/jwt.h"
#include "constant_time/cases.h"
#include "constant_time/poison.h"
#include "jwt/jwk_format.h"
#include "support/fake_clock.h"

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

// A new key as its JWK has it, once the JSON was read: what is public of it is
// known, the other members are poisoned.
JsonValue PoisonedJwk(const Algorithm& row) {
  const Secret jwk = JwtSigningKey::Generate(row.id).value().ToJwk();
  JsonValue value = JsonValue::Parse(jwk.Reveal()).value();
  for (std::size_t i = row.type->public_count; i < row.type->sign_count; ++i) {
    PoisonAscii(*value.FindString(row.type->members[i]));
  }
  return value;
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

// The key is one that the tokens of the issuer are verified with.
template <JwtAlgorithm algorithm>
bool Verifier() {
  const testing::FakeClock clock;
  const Algorithm& row = Describe(algorithm);
  const auto key = JwtSigningKey::Generate(algorithm).value();
  JwtClaims claims;
  claims.issuer = "i";
  claims.audience = {"a"};
  claims.issued_at = clock.Now();
  claims.expires_at = clock.Now() + std::chrono::hours(1);
  const std::string token = JwtSigner::Create(key)->Sign(claims).value();

  const JsonValue jwk = JsonValue::Parse(key.ToJwk().Reveal()).value();
  KeyParts parts = ReadJwkParts(jwk, row, 1).value();
  Poison(parts[0].Reveal().data(), parts[0].size());
  const auto half = row.read_verification(parts).value();
  const std::size_t end = token.rfind('.');
  const auto tag = Base64UrlDecode(token.substr(end + 1));
  return Public(half->Verify(token.substr(0, end), *tag));
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
      {"an ES256 key is read and written", PrivateKeyOf<A::kEs256, false>},
      {"an ES384 key is read and written", PrivateKeyOf<A::kEs384, false>},
      {"an ES512 key is read and written", PrivateKeyOf<A::kEs512, false>},
      {"an Ed448 key is read and written", PrivateKeyOf<A::kEd448, false>, 1},
      {"an HS256 key is named by its thumbprint", ThumbprintOfASecret},
      {"a token is verified with an HS256 key", Verifier<A::kHs256>},
  };
}

}  // namespace clone_auth::constant_time

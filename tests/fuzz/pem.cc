// A key as another program keeps it, in PEM or DER, private or public.

#include "crypto/pem.h"

#include <string>

#include "clone/jwk.h"
#include "clone/public_key.h"
#include "crypto/key_import.h"
#include "fuzz/target.h"

namespace clone_auth::fuzz {
namespace {

JwtAlgorithm AlgorithmOf(const ImportedKey& key) {
  if (key.type == "RSA") return JwtAlgorithm::kRs256;
  if (key.curve == "P-256") return JwtAlgorithm::kEs256;
  if (key.curve == "P-384") return JwtAlgorithm::kEs384;
  if (key.curve == "P-521") return JwtAlgorithm::kEs512;
  if (key.curve == "Ed25519") return JwtAlgorithm::kEd25519;
  Require(key.curve == "Ed448", "what is imported is a key of ours");
  return JwtAlgorithm::kEd448;
}

void CheckBlock(std::string_view input) {
  const auto block = ReadPem(input);
  if (!block.ok()) return;
  const Secret text = WritePem(block->label, block->der);
  const auto again = ReadPem(text.Reveal());
  Require(again.ok() && again->label == block->label &&
              ConstantTimeEquals(again->der, block->der),
          "a block that is written is read as the same");
}

void CheckPublic(const JwtPublicKey& key, JwtAlgorithm algorithm) {
  const auto pem = key.ToPem();
  Require(pem.ok(), "a public key that was read can be written");
  const auto again = JwtPublicKey::FromPem(*pem, algorithm, key.key_id());
  Require(again.ok() && again->ToJwk() == key.ToJwk(),
          "a public key that is written as PEM is read as the same");
  const auto from_jwk = JwtPublicKey::FromJwk(key.ToJwk());
  Require(from_jwk.ok() && from_jwk->Thumbprint() == key.Thumbprint(),
          "a public key is the same as a JWK");
}

void CheckPrivate(const JwtSigningKey& key, JwtAlgorithm algorithm) {
  const auto pem = key.ToPem();
  Require(pem.ok(), "a private key that was read can be written");
  const auto again = JwtSigningKey::FromPem(*pem, algorithm, key.key_id());
  Require(again.ok() && ConstantTimeEquals(again->ToJwk(), key.ToJwk()),
          "a private key that is written as PEM is read as the same");
  const auto half = JwtPublicKey::FromJwk(key.ToPublicJwk());
  Require(half.ok() && half->Thumbprint() == key.Thumbprint(),
          "a private key has a public half");
  Require(half->ToPem().value().find("PRIVATE") == std::string::npos,
          "a public half is no private key");
}

// What both readers say of a key that was imported: one of them may take it.
void CheckKey(const ImportedKey& imported, const Result<JwtPublicKey>& shown,
              const Result<JwtSigningKey>& whole) {
  if (shown.ok()) {
    Require(!imported.is_private, "a private key is not read as public");
    CheckPublic(*shown, AlgorithmOf(imported));
  }
  if (whole.ok()) {
    Require(imported.is_private, "a public key is not read as private");
    CheckPrivate(*whole, AlgorithmOf(imported));
  }
}

void CheckPem(std::string_view input) {
  const auto imported = ImportPem(input);
  if (!imported.ok()) return;
  const JwtAlgorithm algorithm = AlgorithmOf(*imported);
  CheckKey(*imported, JwtPublicKey::FromPem(input, algorithm),
           JwtSigningKey::FromPem(Secret::CopyOf(input), algorithm));
}

void CheckDer(std::string_view input) {
  const auto imported = ImportDer(input);
  if (!imported.ok()) return;
  const JwtAlgorithm algorithm = AlgorithmOf(*imported);
  CheckKey(*imported, JwtPublicKey::FromDer(input, algorithm),
           JwtSigningKey::FromDer(Secret::CopyOf(input), algorithm));
}

}  // namespace

void Run(std::string_view input) {
  CheckBlock(input);
  CheckPem(input);
  CheckDer(input);
}

}  // namespace clone_auth::fuzz

#include "jwt/algorithms.h"

#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/ed448.h"
#include "crypto/hmac_key.h"
#include "crypto/rsa.h"

namespace clone_auth {
namespace {

using Verification = Result<std::unique_ptr<const VerificationKey>>;
using Private = Result<std::unique_ptr<const PrivateKey>>;

constexpr KeyType kOct = {"oct", "", {"k"}, 0, 1, 1};
constexpr KeyType kRsa = {
    "RSA", "", {"n", "e", "d", "p", "q", "dp", "dq", "qi"}, 2, 2, 8};
constexpr KeyType kP256 = {"EC", "P-256", {"x", "y", "d"}, 2, 2, 3};
constexpr KeyType kP384 = {"EC", "P-384", {"x", "y", "d"}, 2, 2, 3};
constexpr KeyType kP521 = {"EC", "P-521", {"x", "y", "d"}, 2, 2, 3};
constexpr KeyType kOkp25519 = {"OKP", "Ed25519", {"x", "d"}, 1, 1, 2};
constexpr KeyType kOkp448 = {"OKP", "Ed448", {"x", "d"}, 1, 1, 2};

template <Hash hash>
struct HmacBy {
  static Verification Verifies(const KeyParts& parts) {
    return ReadHmacVerification(hash, parts);
  }
  static Private Signs(const KeyParts& parts) {
    return ReadHmacPrivate(hash, parts);
  }
  static Result<KeyParts> New() { return GenerateHmac(hash); }
};

template <RsaPadding padding, Hash hash>
struct RsaBy {
  static Verification Verifies(const KeyParts& parts) {
    return ReadRsaPublic(padding, hash, parts);
  }
  static Private Signs(const KeyParts& parts) {
    return ReadRsaPrivate(padding, hash, parts);
  }
  static Result<KeyParts> New() { return GenerateRsa(); }
};

template <EcCurve curve>
struct EcdsaBy {
  static Verification Verifies(const KeyParts& parts) {
    return ReadEcdsaPublic(curve, parts);
  }
  static Private Signs(const KeyParts& parts) {
    return ReadEcdsaPrivate(curve, parts);
  }
  static Result<KeyParts> New() { return GenerateEcdsa(curve); }
};

struct Ed25519 {
  static constexpr auto Verifies = ReadEd25519Public;
  static constexpr auto Signs = ReadEd25519Private;
  static constexpr auto New = GenerateEd25519;
};

struct Ed448 {
  static constexpr auto Verifies = ReadEd448Public;
  static constexpr auto Signs = ReadEd448Private;
  static constexpr auto New = GenerateEd448;
};

template <typename By>
constexpr Algorithm Row(JwtAlgorithm id, std::string_view name,
                        const KeyType& type, std::size_t signature_size) {
  return {id, name, &type, signature_size, By::Verifies, By::Signs, By::New};
}

template <RsaPadding padding, Hash hash>
constexpr Algorithm RsaRow(JwtAlgorithm id, std::string_view name) {
  return Row<RsaBy<padding, hash>>(id, name, kRsa, 0);
}

}  // namespace

const std::array<Algorithm, 16>& Algorithms() {
  using A = JwtAlgorithm;
  using P = RsaPadding;
  static constexpr std::array<Algorithm, 16> kTable = {{
      Row<HmacBy<Hash::kSha256>>(A::kHs256, "HS256", kOct, 32),
      Row<HmacBy<Hash::kSha384>>(A::kHs384, "HS384", kOct, 48),
      Row<HmacBy<Hash::kSha512>>(A::kHs512, "HS512", kOct, 64),
      RsaRow<P::kPkcs1, Hash::kSha256>(A::kRs256, "RS256"),
      RsaRow<P::kPkcs1, Hash::kSha384>(A::kRs384, "RS384"),
      RsaRow<P::kPkcs1, Hash::kSha512>(A::kRs512, "RS512"),
      RsaRow<P::kPss, Hash::kSha256>(A::kPs256, "PS256"),
      RsaRow<P::kPss, Hash::kSha384>(A::kPs384, "PS384"),
      RsaRow<P::kPss, Hash::kSha512>(A::kPs512, "PS512"),
      Row<EcdsaBy<EcCurve::kP256>>(A::kEs256, "ES256", kP256, 64),
      Row<EcdsaBy<EcCurve::kP384>>(A::kEs384, "ES384", kP384, 96),
      Row<EcdsaBy<EcCurve::kP521>>(A::kEs512, "ES512", kP521, 132),
      Row<Ed25519>(A::kEdDsa, "EdDSA", kOkp25519, 64),
      Row<Ed25519>(A::kEd25519, "Ed25519", kOkp25519, 64),
      Row<Ed448>(A::kEd448, "Ed448", kOkp448, 114),
      Row<Ed448>(A::kEdDsa, "EdDSA", kOkp448, 114),
  }};
  return kTable;
}

const Algorithm& Describe(JwtAlgorithm algorithm) {
  return Algorithms()[static_cast<std::size_t>(algorithm)];
}

const Algorithm* FindAlgorithm(std::string_view name) {
  for (const Algorithm& row : Algorithms()) {
    if (row.name == name) return &row;
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

#include "crypto/es256.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/macros.h"
#include "crypto/ecdsa_form.h"
#include "crypto/openssl.h"
#include "crypto/sha256.h"

namespace clone_auth {
namespace {

constexpr std::size_t kFieldSize = 32;
constexpr std::size_t kPointSize = 1 + 2 * kFieldSize;
constexpr unsigned char kUncompressed = 4;
constexpr char kGroup[] = "P-256";

unsigned char* Bytes(Secret& secret) {
  return reinterpret_cast<unsigned char*>(secret.MutableBytes());
}

// A context in which `Init` was done once; each call takes a copy, so that
// threads share nothing that is written.
EvpPkeyContext Prepare(EVP_PKEY* key, int (*init)(EVP_PKEY_CTX*)) {
  EvpPkeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  if (context == nullptr || init(context.get()) != 1) return nullptr;
  return context;
}

class Es256Public final : public VerificationKey {
 public:
  explicit Es256Public(EvpPkeyContext prepared)
      : prepared_(std::move(prepared)) {}

  bool Verify(std::string_view message,
              std::string_view signature) const override {
    if (signature.size() != kP256RawSize) return false;
    const P256DerSignature der = P256RawToDer(signature);
    const Sha256Digest digest = Sha256(message);
    const ErrorQueueGuard guard;
    const EvpPkeyContext context(EVP_PKEY_CTX_dup(prepared_.get()));
    return context != nullptr &&
           EVP_PKEY_verify(context.get(), der.bytes.data(), der.size,
                           digest.data(), digest.size()) == 1;
  }

 private:
  EvpPkeyContext prepared_;
};

class Es256Private final : public PrivateKey {
 public:
  explicit Es256Private(EvpPkeyContext prepared)
      : prepared_(std::move(prepared)) {}

  Result<std::string> Sign(std::string_view message) const override {
    const Sha256Digest digest = Sha256(message);
    const ErrorQueueGuard guard;
    const EvpPkeyContext context(EVP_PKEY_CTX_dup(prepared_.get()));
    std::array<unsigned char, sizeof(P256DerSignature::bytes)> der;
    std::size_t size = der.size();
    if (context == nullptr ||
        EVP_PKEY_sign(context.get(), der.data(), &size, digest.data(),
                      digest.size()) != 1) {
      return Status(Reason::kInternal, "ES256 could not sign");
    }
    std::optional<std::string> raw =
        P256DerToRaw({reinterpret_cast<const char*>(der.data()), size});
    if (!raw.has_value()) {
      return Status(Reason::kInternal, "ES256 made no signature");
    }
    return std::move(*raw);
  }

 private:
  EvpPkeyContext prepared_;
};

// The key of x and y, and of d if there is one; null if OpenSSL refuses it.
EvpPkey MakeKey(const KeyParts& parts) {
  std::array<unsigned char, kPointSize> point{kUncompressed};
  std::memcpy(&point[1], parts[0].Reveal().data(), kFieldSize);
  std::memcpy(&point[1 + kFieldSize], parts[1].Reveal().data(), kFieldSize);
  std::array<unsigned char, kFieldSize> scalar{};
  std::array<OSSL_PARAM, 4> params;
  params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                               const_cast<char*>(kGroup), 0);
  params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                point.data(), point.size());
  params[2] = OSSL_PARAM_construct_end();
  params[3] = OSSL_PARAM_construct_end();
  int selection = EVP_PKEY_PUBLIC_KEY;
  if (parts.size() > 2) {
    const std::string_view d = parts[2].Reveal();
    const SecretBignum number(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(d.data()),
                  static_cast<int>(d.size()), nullptr));
    if (number == nullptr) return nullptr;
    BN_bn2nativepad(number.get(), scalar.data(), kFieldSize);
    params[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, scalar.data(),
                                        scalar.size());
    selection = EVP_PKEY_KEYPAIR;
  }
  const EvpPkeyContext context(
      EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(context.get(), &key, selection, params.data());
  }
  WipeBytes(scalar.data(), scalar.size());
  return EvpPkey(key);
}

// A context of the checked key, prepared by `init`.
Result<EvpPkeyContext> Read(const KeyParts& parts, int (*check)(EVP_PKEY_CTX*),
                            int (*init)(EVP_PKEY_CTX*)) {
  const Status malformed(Reason::kKeySetMalformed, "not a key of P-256");
  for (const Secret& part : parts) {
    if (part.size() != kFieldSize) return malformed;
  }
  const ErrorQueueGuard guard;
  const EvpPkey key = MakeKey(parts);
  if (key == nullptr || Prepare(key.get(), check) == nullptr) {
    return malformed;
  }
  EvpPkeyContext prepared = Prepare(key.get(), init);
  if (prepared == nullptr) return Status(Reason::kInternal);
  return prepared;
}

}  // namespace

Result<std::unique_ptr<const VerificationKey>> ReadEs256Public(
    const KeyParts& parts) {
  CLONE_AUTH_ASSIGN_OR_RETURN(
      EvpPkeyContext prepared,
      Read(parts, EVP_PKEY_public_check, EVP_PKEY_verify_init));
  return std::unique_ptr<const VerificationKey>(
      std::make_unique<Es256Public>(std::move(prepared)));
}

Result<std::unique_ptr<const PrivateKey>> ReadEs256Private(
    const KeyParts& parts) {
  CLONE_AUTH_ASSIGN_OR_RETURN(EvpPkeyContext prepared,
                              Read(parts, EVP_PKEY_check, EVP_PKEY_sign_init));
  return std::unique_ptr<const PrivateKey>(
      std::make_unique<Es256Private>(std::move(prepared)));
}

Result<KeyParts> GenerateEs256() {
  const ErrorQueueGuard guard;
  const EvpPkey key(EVP_EC_gen(kGroup));
  std::array<unsigned char, kPointSize> point;
  std::size_t size = 0;
  BIGNUM* number = nullptr;
  if (key == nullptr ||
      EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                      point.data(), point.size(), &size) != 1 ||
      size != point.size() || point[0] != kUncompressed ||
      EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) !=
          1) {
    return Status(Reason::kInternal, "P-256 gave no new key");
  }
  const SecretBignum d(number);
  KeyParts parts(3);
  for (Secret& part : parts) part = Secret::OfSize(kFieldSize);
  std::copy_n(&point[1], kFieldSize, Bytes(parts[0]));
  std::copy_n(&point[1 + kFieldSize], kFieldSize, Bytes(parts[1]));
  BN_bn2binpad(d.get(), Bytes(parts[2]), kFieldSize);
  return parts;
}

}  // namespace clone_auth

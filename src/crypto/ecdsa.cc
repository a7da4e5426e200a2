#include "crypto/ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>

#include <algorithm>
#include <array>

#include "base/macros.h"
#include "crypto/context_pool.h"
#include "crypto/ecdsa_form.h"
#include "crypto/hash.h"
#include "crypto/openssl.h"
#include "crypto/pkey.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxPoint = 1 + 2 * kEcdsaMaxNumber;
constexpr unsigned char kUncompressed = 4;

// FIPS 186-4 appendix D.1.2. The order of each of these curves is as long as
// its field.
constexpr char kOrder256[] =
    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51";
constexpr char kOrder384[] =
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xc7\x63\x4d\x81\xf4\x37\x2d\xdf"
    "\x58\x1a\x0d\xb2\x48\xb0\xa7\x7a\xec\xec\x19\x6a\xcc\xc5\x29\x73";
constexpr char kOrder521[] =
    "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xfa\x51\x86\x87\x83\xbf\x2f\x96\x6b\x7f\xcc\x01\x48\xf7\x09"
    "\xa5\xd0\x3b\xb5\xc9\xb8\x89\x9c\x47\xae\xbb\x6f\xb7\x1e\x91\x38"
    "\x64\x09";

struct Curve {
  const char* name;
  Hash hash;
  std::string_view order;

  std::size_t field_size() const { return order.size(); }
};

const Curve& Describe(EcCurve curve) {
  static constexpr std::array<Curve, 3> kCurves = {{
      {"P-256", Hash::kSha256, {kOrder256, sizeof kOrder256 - 1}},
      {"P-384", Hash::kSha384, {kOrder384, sizeof kOrder384 - 1}},
      {"P-521", Hash::kSha512, {kOrder521, sizeof kOrder521 - 1}},
  }};
  return kCurves[static_cast<std::size_t>(curve)];
}

unsigned char* Bytes(Secret& secret) {
  return reinterpret_cast<unsigned char*>(secret.MutableBytes());
}

// True if `number` may be r or s: neither 0 nor the order or more.
bool InRange(std::string_view number, std::string_view order) {
  return number < order &&
         number.find_first_not_of('\0') != std::string_view::npos;
}

class EcdsaPublic final : public VerificationKey {
 public:
  EcdsaPublic(const Curve& curve, EvpPkey key)
      : curve_(curve), contexts_(std::move(key), {EVP_PKEY_verify_init}) {}

  bool usable() const { return contexts_.usable(); }

  bool Verify(std::string_view message,
              std::string_view signature) const noexcept override {
    const std::size_t half = curve_.field_size();
    if (signature.size() != 2 * half ||
        !InRange(signature.substr(0, half), curve_.order) ||
        !InRange(signature.substr(half), curve_.order)) {
      return false;
    }
    const EcdsaDer der = EcdsaRawToDer(signature);
    const HashValue digest = ComputeHash(curve_.hash, message);
    const ErrorQueueGuard guard;
    const ContextPool::Lease context(contexts_);
    return context.get() != nullptr &&
           EVP_PKEY_verify(context.get(), der.bytes.data(), der.size,
                           digest.bytes.data(), digest.size) == 1;
  }

 private:
  const Curve& curve_;
  ContextPool contexts_;
};

class EcdsaPrivate final : public PrivateKey {
 public:
  EcdsaPrivate(const Curve& curve, EvpPkey key)
      : curve_(curve), contexts_(std::move(key), {EVP_PKEY_sign_init}) {}

  bool usable() const { return contexts_.usable(); }

  Result<std::string> Sign(std::string_view message) const override {
    const HashValue digest = ComputeHash(curve_.hash, message);
    const ErrorQueueGuard guard;
    const ContextPool::Lease context(contexts_);
    std::array<unsigned char, sizeof(EcdsaDer::bytes)> der;
    std::size_t size = der.size();
    if (context.get() == nullptr ||
        EVP_PKEY_sign(context.get(), der.data(), &size, digest.bytes.data(),
                      digest.size) != 1) {
      return Status(Reason::kInternal, "the key could not sign");
    }
    std::optional<std::string> raw = EcdsaDerToRaw(
        {reinterpret_cast<const char*>(der.data()), size}, curve_.field_size());
    if (!raw.has_value()) {
      return Status(Reason::kInternal, "the key made no signature");
    }
    return std::move(*raw);
  }

 private:
  const Curve& curve_;
  ContextPool contexts_;
};

// The key as a `Key`, after `check` held.
template <typename Base, typename Key>
Result<std::unique_ptr<const Base>> Read(EcCurve id, const KeyParts& parts,
                                         int (*check)(EVP_PKEY_CTX*)) {
  const Curve& curve = Describe(id);
  const Status malformed(Reason::kKeySetMalformed,
                         std::string("not a key of ") + curve.name);
  for (const Secret& part : parts) {
    if (part.size() != curve.field_size()) return malformed;
  }
  const ErrorQueueGuard guard;
  EvpPkey pkey = MakeEcKey(curve.name, parts);
  if (pkey == nullptr) return malformed;
  const EvpPkeyContext context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
  if (context == nullptr || check(context.get()) != 1) return malformed;
  auto key = std::make_unique<Key>(curve, std::move(pkey));
  if (!key->usable()) return Status(Reason::kInternal);
  return std::unique_ptr<const Base>(std::move(key));
}

}  // namespace

Result<std::unique_ptr<const VerificationKey>> ReadEcdsaPublic(
    EcCurve curve, const KeyParts& parts) {
  return Read<VerificationKey, EcdsaPublic>(curve, parts,
                                            EVP_PKEY_public_check);
}

Result<std::unique_ptr<const PrivateKey>> ReadEcdsaPrivate(
    EcCurve curve, const KeyParts& parts) {
  return Read<PrivateKey, EcdsaPrivate>(curve, parts, EVP_PKEY_check);
}

Result<KeyParts> GenerateEcdsa(EcCurve id) {
  const Curve& curve = Describe(id);
  const std::size_t half = curve.field_size();
  const ErrorQueueGuard guard;
  const EvpPkey key(EVP_EC_gen(curve.name));
  std::array<unsigned char, kMaxPoint> point;
  std::size_t size = 0;
  BIGNUM* number = nullptr;
  if (key == nullptr ||
      EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY,
                                      point.data(), point.size(), &size) != 1 ||
      size != 1 + 2 * half || point[0] != kUncompressed ||
      EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) !=
          1) {
    return Status(Reason::kInternal, "the curve gave no new key");
  }
  const SecretBignum d(number);
  KeyParts parts(3);
  for (Secret& part : parts) part = Secret::OfSize(half);
  std::copy_n(&point[1], half, Bytes(parts[0]));
  std::copy_n(&point[1 + half], half, Bytes(parts[1]));
  BN_bn2binpad(d.get(), Bytes(parts[2]), static_cast<int>(half));
  return parts;
}

}  // namespace clone_auth

#include "crypto/rsa.h"

#include <openssl/rsa.h>

#include <string>
#include <utility>

#include "base/macros.h"
#include "crypto/context_pool.h"
#include "crypto/openssl.h"
#include "crypto/pkey.h"
#include "crypto/rsa_numbers.h"

namespace clone_auth {
namespace {

constexpr unsigned int kNewBits = 2048;

unsigned char* Bytes(Secret& secret) {
  return reinterpret_cast<unsigned char*>(secret.MutableBytes());
}
const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

ContextSetup SetupOf(int (*init)(EVP_PKEY_CTX*), RsaPadding padding,
                     Hash hash) {
  ContextSetup setup{init};
  setup.rsa_padding =
      padding == RsaPadding::kPss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING;
  switch (hash) {
    case Hash::kSha256:
      setup.digest = EVP_sha256();
      break;
    case Hash::kSha384:
      setup.digest = EVP_sha384();
      break;
    case Hash::kSha512:
      setup.digest = EVP_sha512();
      break;
  }
  return setup;
}

class RsaPublic final : public VerificationKey {
 public:
  RsaPublic(EvpPkey key, RsaPadding padding, Hash hash, std::string_view n)
      : hash_(hash),
        n_(n),
        contexts_(std::move(key),
                  SetupOf(EVP_PKEY_verify_init, padding, hash)) {}

  bool usable() const { return contexts_.usable(); }

  bool Verify(std::string_view message,
              std::string_view signature) const noexcept override {
    if (signature.size() != n_.size() || signature >= n_) return false;
    const HashValue digest = ComputeHash(hash_, message);
    const ErrorQueueGuard guard;
    const ContextPool::Lease context(contexts_);
    return context.get() != nullptr &&
           EVP_PKEY_verify(context.get(), Bytes(signature), signature.size(),
                           digest.bytes.data(), digest.size) == 1;
  }

 private:
  Hash hash_;
  std::string n_;
  ContextPool contexts_;
};

class RsaPrivate final : public PrivateKey {
 public:
  RsaPrivate(EvpPkey key, RsaPadding padding, Hash hash, std::string_view n)
      : hash_(hash),
        size_(n.size()),
        contexts_(std::move(key), SetupOf(EVP_PKEY_sign_init, padding, hash)) {}

  bool usable() const { return contexts_.usable(); }

  Result<std::string> Sign(std::string_view message) const override {
    const HashValue digest = ComputeHash(hash_, message);
    const ErrorQueueGuard guard;
    const ContextPool::Lease context(contexts_);
    std::string signature(size_, '\0');
    std::size_t size = signature.size();
    if (context.get() == nullptr ||
        EVP_PKEY_sign(context.get(),
                      reinterpret_cast<unsigned char*>(signature.data()), &size,
                      digest.bytes.data(), digest.size) != 1 ||
        size != size_) {
      return Status(Reason::kInternal, "the key could not sign");
    }
    return signature;
  }

 private:
  Hash hash_;
  std::size_t size_;
  ContextPool contexts_;
};

template <typename Base, typename Key>
Result<std::unique_ptr<const Base>> Make(RsaPadding padding, Hash hash,
                                         const KeyParts& parts) {
  const ErrorQueueGuard guard;
  auto key = std::make_unique<Key>(MakeRsaKey(parts), padding, hash,
                                   parts[kRsaN].Reveal());
  if (!key->usable()) {
    return Status(Reason::kKeySetMalformed, "not a key of RSA");
  }
  return std::unique_ptr<const Base>(std::move(key));
}

}  // namespace

Result<std::unique_ptr<const VerificationKey>> ReadRsaPublic(
    RsaPadding padding, Hash hash, const KeyParts& parts) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckRsaPublic(parts));
  return Make<VerificationKey, RsaPublic>(padding, hash, parts);
}

Result<std::unique_ptr<const PrivateKey>> ReadRsaPrivate(
    RsaPadding padding, Hash hash, const KeyParts& parts) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckRsaPublic(parts));
  CLONE_AUTH_RETURN_IF_ERROR(CheckRsaPrivate(parts));
  return Make<PrivateKey, RsaPrivate>(padding, hash, parts);
}

Result<KeyParts> GenerateRsa() {
  const ErrorQueueGuard guard;
  const EvpPkey key(EVP_RSA_gen(kNewBits));
  KeyParts parts(kRsaParts);
  for (std::size_t i = 0; i < kRsaParts; ++i) {
    BIGNUM* number = nullptr;
    if (key == nullptr ||
        EVP_PKEY_get_bn_param(key.get(), kRsaNames[i], &number) != 1) {
      return Status(Reason::kInternal, "RSA gave no new key");
    }
    const SecretBignum owner(number);
    parts[i] = Secret::OfSize(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, Bytes(parts[i]));
  }
  return parts;
}

}  // namespace clone_auth

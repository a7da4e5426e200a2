#include "crypto/ed448.h"

#include <string>
#include <utility>

#include "base/macros.h"
#include "crypto/ed448_point.h"
#include "crypto/openssl.h"
#include "crypto/pkey.h"

namespace clone_auth {
namespace {

constexpr std::size_t kSignatureSize = 114;

using EvpMdContext =
    std::unique_ptr<EVP_MD_CTX, OpensslDeleter<EVP_MD_CTX_free>>;

unsigned char* Bytes(Secret& secret) {
  return reinterpret_cast<unsigned char*>(secret.MutableBytes());
}
const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// A context in which `init` was done once; each call takes a copy, as a
// context that hashed is spent.
EvpMdContext Copy(const EvpMdContext& prepared) {
  EvpMdContext copy(EVP_MD_CTX_new());
  if (copy == nullptr || EVP_MD_CTX_copy_ex(copy.get(), prepared.get()) != 1) {
    return nullptr;
  }
  return copy;
}

class Ed448Public final : public VerificationKey {
 public:
  explicit Ed448Public(EvpMdContext prepared)
      : prepared_(std::move(prepared)) {}

  bool Verify(std::string_view message,
              std::string_view signature) const noexcept override {
    if (signature.size() != kSignatureSize) return false;
    const ErrorQueueGuard guard;
    const EvpMdContext context = Copy(prepared_);
    return context != nullptr &&
           EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                            Bytes(message), message.size()) == 1;
  }

 private:
  EvpMdContext prepared_;
};

class Ed448Private final : public PrivateKey {
 public:
  explicit Ed448Private(EvpMdContext prepared)
      : prepared_(std::move(prepared)) {}

  Result<std::string> Sign(std::string_view message) const override {
    const ErrorQueueGuard guard;
    const EvpMdContext context = Copy(prepared_);
    std::string signature(kSignatureSize, '\0');
    std::size_t size = signature.size();
    if (context == nullptr ||
        EVP_DigestSign(context.get(),
                       reinterpret_cast<unsigned char*>(signature.data()),
                       &size, Bytes(message), message.size()) != 1 ||
        size != kSignatureSize) {
      return Status(Reason::kInternal, "the key could not sign");
    }
    return signature;
  }

 private:
  EvpMdContext prepared_;
};

// Empty where there is none.
Secret PointOf(const EvpPkey& key) {
  Secret point = Secret::OfSize(kEd448Size);
  std::size_t size = point.size();
  if (key == nullptr ||
      EVP_PKEY_get_raw_public_key(key.get(), Bytes(point), &size) != 1 ||
      size != kEd448Size) {
    return Secret();
  }
  return point;
}

}  // namespace

Result<std::unique_ptr<const VerificationKey>> ReadEd448Public(
    const KeyParts& parts) {
  const std::string_view point = parts[0].Reveal();
  if (!IsEd448Point(point)) {
    return Status(Reason::kKeySetMalformed, "not a point of Ed448");
  }
  const ErrorQueueGuard guard;
  const EvpPkey key(EVP_PKEY_new_raw_public_key_ex(nullptr, "ED448", nullptr,
                                                   Bytes(point), point.size()));
  EvpMdContext prepared(EVP_MD_CTX_new());
  if (key == nullptr || prepared == nullptr ||
      EVP_DigestVerifyInit_ex(prepared.get(), nullptr, nullptr, nullptr,
                              nullptr, key.get(), nullptr) != 1) {
    return Status(Reason::kInternal);
  }
  return std::unique_ptr<const VerificationKey>(
      std::make_unique<Ed448Public>(std::move(prepared)));
}

Result<std::unique_ptr<const PrivateKey>> ReadEd448Private(
    const KeyParts& parts) {
  if (parts[1].size() != kEd448Size) {
    return Status(Reason::kKeySetMalformed, "Ed448 takes 57 bytes of 'd'");
  }
  const ErrorQueueGuard guard;
  const EvpPkey key = MakeEdwardsKey("ED448", parts);
  if (!ConstantTimeEquals(PointOf(key), parts[0])) {
    return Status(Reason::kKeySetMalformed, "'x' does not belong to 'd'");
  }
  EvpMdContext prepared(EVP_MD_CTX_new());
  if (prepared == nullptr ||
      EVP_DigestSignInit_ex(prepared.get(), nullptr, nullptr, nullptr, nullptr,
                            key.get(), nullptr) != 1) {
    return Status(Reason::kInternal);
  }
  return std::unique_ptr<const PrivateKey>(
      std::make_unique<Ed448Private>(std::move(prepared)));
}

Result<KeyParts> GenerateEd448() {
  const ErrorQueueGuard guard;
  const EvpPkey key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  KeyParts parts(2);
  parts[0] = PointOf(key);
  parts[1] = Secret::OfSize(kEd448Size);
  std::size_t size = parts[1].size();
  if (parts[0].empty() ||
      EVP_PKEY_get_raw_private_key(key.get(), Bytes(parts[1]), &size) != 1 ||
      size != kEd448Size) {
    return Status(Reason::kInternal, "Ed448 gave no new key");
  }
  return parts;
}

}  // namespace clone_auth

#include "crypto/ed25519.h"

#include <sodium/crypto_core_ed25519.h>
#include <sodium/crypto_sign_ed25519.h>

#include <array>
#include <cstring>

#include "base/macros.h"
#include "clone/random.h"

namespace clone_auth {
namespace {

constexpr std::size_t kPointSize = crypto_sign_ed25519_PUBLICKEYBYTES;
constexpr std::size_t kSeedSize = crypto_sign_ed25519_SEEDBYTES;
constexpr std::size_t kPairSize = crypto_sign_ed25519_SECRETKEYBYTES;
constexpr std::size_t kSignatureSize = crypto_sign_ed25519_BYTES;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(Secret& secret) {
  return reinterpret_cast<unsigned char*>(secret.MutableBytes());
}

class Ed25519Public final : public VerificationKey {
 public:
  explicit Ed25519Public(std::string_view point) {
    std::memcpy(point_.data(), point.data(), point_.size());
  }

  // libsodium refuses S beyond the order and points of small order.
  bool Verify(std::string_view message,
              std::string_view signature) const noexcept override {
    return signature.size() == kSignatureSize &&
           crypto_sign_ed25519_verify_detached(Bytes(signature), Bytes(message),
                                               message.size(),
                                               point_.data()) == 0;
  }

 private:
  std::array<unsigned char, kPointSize> point_;
};

class Ed25519Private final : public PrivateKey {
 public:
  explicit Ed25519Private(Secret pair) : pair_(std::move(pair)) {}

  Result<std::string> Sign(std::string_view message) const override {
    std::string signature(kSignatureSize, '\0');
    crypto_sign_ed25519_detached(
        reinterpret_cast<unsigned char*>(signature.data()), nullptr,
        Bytes(message), message.size(), Bytes(pair_.Reveal()));
    return signature;
  }

 private:
  Secret pair_;  // seed and public point, as libsodium keeps them
};

Secret PairOf(const Secret& seed, Secret& point) {
  point = Secret::OfSize(kPointSize);
  Secret pair = Secret::OfSize(kPairSize);
  crypto_sign_ed25519_seed_keypair(Bytes(point), Bytes(pair),
                                   Bytes(seed.Reveal()));
  return pair;
}

}  // namespace

Result<std::unique_ptr<const VerificationKey>> ReadEd25519Public(
    const KeyParts& parts) {
  const std::string_view point = parts[0].Reveal();
  // Refuses points of small order too. What a private key makes lies in the
  // main subgroup, so no honest key is lost.
  if (point.size() != kPointSize ||
      crypto_core_ed25519_is_valid_point(Bytes(point)) != 1) {
    return Status(Reason::kKeySetMalformed, "not a point of Ed25519");
  }
  return std::unique_ptr<const VerificationKey>(
      std::make_unique<Ed25519Public>(point));
}

Result<std::unique_ptr<const PrivateKey>> ReadEd25519Private(
    const KeyParts& parts) {
  if (parts[1].size() != kSeedSize) {
    return Status(Reason::kKeySetMalformed, "Ed25519 takes 32 bytes of 'd'");
  }
  Secret point;
  Secret pair = PairOf(parts[1], point);
  if (!ConstantTimeEquals(point, parts[0])) {
    return Status(Reason::kKeySetMalformed, "'x' does not belong to 'd'");
  }
  return std::unique_ptr<const PrivateKey>(
      std::make_unique<Ed25519Private>(std::move(pair)));
}

Result<KeyParts> GenerateEd25519() {
  KeyParts parts(2);
  parts[1] = Secret::OfSize(kSeedSize);
  CLONE_AUTH_RETURN_IF_ERROR(
      SystemRandom().Fill(parts[1].MutableBytes(), parts[1].size()));
  PairOf(parts[1], parts[0]);
  return parts;
}

}  // namespace clone_auth

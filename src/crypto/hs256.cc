#include "crypto/hs256.h"

#include <cstring>

#include "base/macros.h"
#include "clone/random.h"
#include "crypto/constant_time.h"
#include "crypto/hmac_sha256.h"

namespace clone_auth {
namespace {

class Hs256Verification final : public VerificationKey {
 public:
  explicit Hs256Verification(std::string_view secret) : mac_(secret) {}

  bool Verify(std::string_view message,
              std::string_view signature) const override {
    Sha256Digest claimed;
    if (signature.size() != claimed.size()) return false;
    std::memcpy(claimed.data(), signature.data(), claimed.size());
    return ConstantTimeEquals(mac_.Digest(message), claimed);
  }

 private:
  HmacSha256 mac_;
};

class Hs256Private final : public PrivateKey {
 public:
  explicit Hs256Private(std::string_view secret) : mac_(secret) {}

  Result<std::string> Sign(std::string_view message) const override {
    const Sha256Digest mac = mac_.Digest(message);
    return std::string(mac.begin(), mac.end());
  }

 private:
  HmacSha256 mac_;
};

Status CheckStrength(const Secret& secret) {
  if (secret.size() >= sizeof(Sha256Digest)) return Status();
  return Status(Reason::kKeyWeak, "HS256 takes a secret of 32 bytes or more");
}

}  // namespace

Result<std::unique_ptr<const VerificationKey>> ReadHs256Verification(
    const KeyParts& parts) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckStrength(parts[0]));
  return std::unique_ptr<const VerificationKey>(
      std::make_unique<Hs256Verification>(parts[0].Reveal()));
}

Result<std::unique_ptr<const PrivateKey>> ReadHs256Private(
    const KeyParts& parts) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckStrength(parts[0]));
  return std::unique_ptr<const PrivateKey>(
      std::make_unique<Hs256Private>(parts[0].Reveal()));
}

Result<KeyParts> GenerateHs256() {
  KeyParts parts(1);
  parts[0] = Secret::OfSize(sizeof(Sha256Digest));
  CLONE_AUTH_RETURN_IF_ERROR(
      SystemRandom().Fill(parts[0].MutableBytes(), parts[0].size()));
  return parts;
}

}  // namespace clone_auth

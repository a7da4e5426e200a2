#include "crypto/hmac_key.h"

#include <cstring>
#include <string>

#include "base/macros.h"
#include "clone/random.h"
#include "crypto/constant_time.h"
#include "crypto/hmac.h"

namespace clone_auth {
namespace {

template <typename Function>
class HmacVerification final : public VerificationKey {
 public:
  explicit HmacVerification(std::string_view secret) : mac_(secret) {}

  bool Verify(std::string_view message,
              std::string_view signature) const noexcept override {
    typename Function::Digest claimed;
    if (signature.size() != claimed.size()) return false;
    std::memcpy(claimed.data(), signature.data(), claimed.size());
    return ConstantTimeEquals(mac_.Digest(message), claimed);
  }

 private:
  Hmac<Function> mac_;
};

template <typename Function>
class HmacPrivate final : public PrivateKey {
 public:
  explicit HmacPrivate(std::string_view secret) : mac_(secret) {}

  Result<std::string> Sign(std::string_view message) const override {
    const typename Function::Digest mac = mac_.Digest(message);
    return std::string(mac.begin(), mac.end());
  }

 private:
  Hmac<Function> mac_;
};

std::size_t DigestSize(Hash hash) {
  switch (hash) {
    case Hash::kSha256:
      return sizeof(Sha256Digest);
    case Hash::kSha384:
      return sizeof(Sha384Digest);
    case Hash::kSha512:
      break;
  }
  return sizeof(Sha512Digest);
}

// The secret as the class `Key` of that hash, which signs or verifies.
template <typename Base, template <typename> class Key>
Result<std::unique_ptr<const Base>> Read(Hash hash, const Secret& secret) {
  if (secret.size() < DigestSize(hash)) {
    return Status(Reason::kKeyWeak, "the secret has at least " +
                                        std::to_string(DigestSize(hash)) +
                                        " bytes");
  }
  const std::string_view bytes = secret.Reveal();
  std::unique_ptr<const Base> key;
  switch (hash) {
    case Hash::kSha256:
      key = std::make_unique<Key<Sha256Function>>(bytes);
      break;
    case Hash::kSha384:
      key = std::make_unique<Key<Sha384Function>>(bytes);
      break;
    case Hash::kSha512:
      key = std::make_unique<Key<Sha512Function>>(bytes);
      break;
  }
  return key;
}

}  // namespace

Result<std::unique_ptr<const VerificationKey>> ReadHmacVerification(
    Hash hash, const KeyParts& parts) {
  return Read<VerificationKey, HmacVerification>(hash, parts[0]);
}

Result<std::unique_ptr<const PrivateKey>> ReadHmacPrivate(
    Hash hash, const KeyParts& parts) {
  return Read<PrivateKey, HmacPrivate>(hash, parts[0]);
}

Result<KeyParts> GenerateHmac(Hash hash) {
  KeyParts parts(1);
  parts[0] = Secret::OfSize(DigestSize(hash));
  CLONE_AUTH_RETURN_IF_ERROR(
      SystemRandom().Fill(parts[0].MutableBytes(), parts[0].size()));
  return parts;
}

}  // namespace clone_auth

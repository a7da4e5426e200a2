#include "crypto/pkey.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <cstring>
#include <vector>

#include "crypto/ecdsa_form.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxPoint = 1 + 2 * kEcdsaMaxNumber;
constexpr unsigned char kUncompressed = 4;

unsigned char* Bytes(Secret& secret) {
  return reinterpret_cast<unsigned char*>(secret.MutableBytes());
}
const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// `part` in the byte order of this machine, as OSSL_PARAM takes it.
Secret ToNative(const Secret& part) {
  Secret native = Secret::OfSize(part.size());
  const SecretBignum number(
      BN_bin2bn(Bytes(part.Reveal()), static_cast<int>(part.size()), nullptr));
  if (number != nullptr) {
    BN_bn2nativepad(number.get(), Bytes(native),
                    static_cast<int>(native.size()));
  }
  return native;
}

EvpPkey FromData(const char* type, std::size_t parts, std::size_t public_parts,
                 OSSL_PARAM* params) {
  const EvpPkeyContext context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1) {
    EVP_PKEY_fromdata(
        context.get(), &key,
        parts > public_parts ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, params);
  }
  return EvpPkey(key);
}

}  // namespace

const std::array<const char*, kRsaParts> kRsaNames = {
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1};

EvpPkey MakeRsaKey(const KeyParts& parts) {
  std::vector<Secret> numbers;
  std::vector<OSSL_PARAM> params;
  numbers.reserve(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    numbers.push_back(ToNative(parts[i]));
    params.push_back(OSSL_PARAM_construct_BN(
        kRsaNames[i], Bytes(numbers.back()), numbers.back().size()));
  }
  params.push_back(OSSL_PARAM_construct_end());
  return FromData("RSA", parts.size(), kRsaPublicParts, params.data());
}

EvpPkey MakeEcKey(const char* group, const KeyParts& parts) {
  const std::size_t size = parts[0].size();
  std::array<unsigned char, kMaxPoint> point{kUncompressed};
  std::memcpy(&point[1], parts[0].Reveal().data(), size);
  std::memcpy(&point[1 + size], parts[1].Reveal().data(), size);
  std::array<OSSL_PARAM, 4> params;
  params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
                                               const_cast<char*>(group), 0);
  params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
                                                point.data(), 1 + 2 * size);
  params[2] = OSSL_PARAM_construct_end();
  params[3] = OSSL_PARAM_construct_end();
  Secret scalar;
  if (parts.size() > 2) {
    scalar = ToNative(parts[2]);
    params[2] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, Bytes(scalar),
                                        scalar.size());
  }
  return FromData("EC", parts.size(), 2, params.data());
}

EvpPkey MakeEdwardsKey(const char* type, const KeyParts& parts) {
  const std::string_view bytes = parts.back().Reveal();
  return EvpPkey(parts.size() > 1
                     ? EVP_PKEY_new_raw_private_key_ex(
                           nullptr, type, nullptr, Bytes(bytes), bytes.size())
                     : EVP_PKEY_new_raw_public_key_ex(
                           nullptr, type, nullptr, Bytes(bytes), bytes.size()));
}

}  // namespace clone_auth

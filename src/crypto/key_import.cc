#include "crypto/key_import.h"

#include <openssl/core_names.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/macros.h"
#include "crypto/openssl.h"
#include "crypto/pem.h"
#include "crypto/pkey.h"

namespace clone_auth {
namespace {

using Pkcs8 = std::unique_ptr<PKCS8_PRIV_KEY_INFO,
                              OpensslDeleter<PKCS8_PRIV_KEY_INFO_free>>;
using EncryptedKey = std::unique_ptr<X509_SIG, OpensslDeleter<X509_SIG_free>>;
using Certificate = std::unique_ptr<X509, OpensslDeleter<X509_free>>;

Status Malformed(std::string message) {
  return Status(Reason::kPemMalformed, std::move(message));
}

// Reads all of `der` by `read`; null where that leaves something over.
template <typename Read>
auto Whole(std::string_view der, Read read) {
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  auto object = read(&at, static_cast<long>(der.size()));
  if (at != end) object.reset();
  return object;
}

EvpPkey ReadPkcs8(std::string_view der) {
  const Pkcs8 info = Whole(der, [](const unsigned char** at, long size) {
    return Pkcs8(d2i_PKCS8_PRIV_KEY_INFO(nullptr, at, size));
  });
  return EvpPkey(info == nullptr ? nullptr : EVP_PKCS82PKEY(info.get()));
}

template <int type>
EvpPkey ReadTraditional(std::string_view der) {
  return Whole(der, [](const unsigned char** at, long size) {
    return EvpPkey(d2i_PrivateKey(type, nullptr, at, size));
  });
}

EvpPkey ReadSpki(std::string_view der) {
  return Whole(der, [](const unsigned char** at, long size) {
    return EvpPkey(d2i_PUBKEY(nullptr, at, size));
  });
}

EvpPkey ReadRsaPublic(std::string_view der) {
  return Whole(der, [](const unsigned char** at, long size) {
    return EvpPkey(d2i_PublicKey(EVP_PKEY_RSA, nullptr, at, size));
  });
}

EvpPkey ReadCertificate(std::string_view der) {
  const Certificate certificate =
      Whole(der, [](const unsigned char** at, long size) {
        return Certificate(d2i_X509(nullptr, at, size));
      });
  return EvpPkey(certificate == nullptr ? nullptr
                                        : X509_get_pubkey(certificate.get()));
}

struct Form {
  std::string_view label;
  EvpPkey (*read)(std::string_view der);
  bool is_private;
};

constexpr std::array<Form, 6> kForms = {{
    {"PRIVATE KEY", ReadPkcs8, true},
    {"PUBLIC KEY", ReadSpki, false},
    {"CERTIFICATE", ReadCertificate, false},
    {"RSA PRIVATE KEY", ReadTraditional<EVP_PKEY_RSA>, true},
    {"EC PRIVATE KEY", ReadTraditional<EVP_PKEY_EC>, true},
    {"RSA PUBLIC KEY", ReadRsaPublic, false},
}};

unsigned char* Bytes(Secret& secret) {
  return reinterpret_cast<unsigned char*>(secret.MutableBytes());
}

// Appends the number of that name, with `size` bytes or as few as it takes.
bool AppendNumber(const EvpPkey& key, const char* name, std::size_t size,
                  KeyParts& parts) {
  BIGNUM* number = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &number) != 1) return false;
  const SecretBignum owner(number);
  const auto least = static_cast<std::size_t>(BN_num_bytes(number));
  if (size != 0 && least > size) return false;
  parts.push_back(Secret::OfSize(size != 0 ? size : least));
  return BN_bn2binpad(number, Bytes(parts.back()),
                      static_cast<int>(parts.back().size())) >= 0;
}

bool AppendRsa(const EvpPkey& key, ImportedKey& imported) {
  BIGNUM* third = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_FACTOR3, &third) ==
      1) {
    BN_clear_free(third);
    return false;
  }
  const std::size_t count =
      imported.is_private ? std::size_t{kRsaParts} : kRsaPublicParts;
  for (std::size_t i = 0; i < count; ++i) {
    if (!AppendNumber(key, kRsaNames[i], 0, imported.parts)) return false;
  }
  return true;
}

struct ImportedCurve {
  const char* group;  // OpenSSL's name
  std::string_view curve;
  std::size_t field_size;
};

constexpr std::array<ImportedCurve, 3> kCurves = {{
    {"prime256v1", "P-256", 32},
    {"secp384r1", "P-384", 48},
    {"secp521r1", "P-521", 66},
}};

const ImportedCurve* FindCurve(const EvpPkey& key) {
  std::array<char, 64> name{};
  if (EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                     name.data(), name.size(), nullptr) != 1) {
    return nullptr;
  }
  const auto* const found = std::find_if(
      kCurves.begin(), kCurves.end(), [&name](const ImportedCurve& curve) {
        return std::string_view(curve.group) == name.data();
      });
  return found == kCurves.end() ? nullptr : found;
}

bool AppendEc(const EvpPkey& key, std::size_t size, ImportedKey& imported) {
  return AppendNumber(key, OSSL_PKEY_PARAM_EC_PUB_X, size, imported.parts) &&
         AppendNumber(key, OSSL_PKEY_PARAM_EC_PUB_Y, size, imported.parts) &&
         (!imported.is_private ||
          AppendNumber(key, OSSL_PKEY_PARAM_PRIV_KEY, size, imported.parts));
}

bool AppendRaw(const EvpPkey& key, ImportedKey& imported) {
  using Get = int (*)(const EVP_PKEY*, unsigned char*, std::size_t*);
  const auto append = [&key, &imported](Get get) {
    std::size_t size = 0;
    if (get(key.get(), nullptr, &size) != 1) return false;
    imported.parts.push_back(Secret::OfSize(size));
    return get(key.get(), Bytes(imported.parts.back()), &size) == 1;
  };
  return append(EVP_PKEY_get_raw_public_key) &&
         (!imported.is_private || append(EVP_PKEY_get_raw_private_key));
}

Result<ImportedKey> PartsOf(const EvpPkey& key, bool is_private) {
  ImportedKey imported;
  imported.is_private = is_private;
  bool read = false;
  if (EVP_PKEY_is_a(key.get(), "RSA") == 1) {
    imported.type = "RSA";
    read = AppendRsa(key, imported);
  } else if (EVP_PKEY_is_a(key.get(), "EC") == 1) {
    const ImportedCurve* curve = FindCurve(key);
    if (curve == nullptr) {
      return Status(Reason::kAlgorithmUnsupported,
                    "the key is of a curve that no algorithm has");
    }
    imported.type = "EC";
    imported.curve = curve->curve;
    read = AppendEc(key, curve->field_size, imported);
  } else if (EVP_PKEY_is_a(key.get(), "ED25519") == 1 ||
             EVP_PKEY_is_a(key.get(), "ED448") == 1) {
    imported.type = "OKP";
    imported.curve =
        EVP_PKEY_is_a(key.get(), "ED448") == 1 ? "Ed448" : "Ed25519";
    read = AppendRaw(key, imported);
  } else {
    return Status(Reason::kAlgorithmUnsupported,
                  "no algorithm takes a key of this type");
  }
  if (!read) return Malformed("the key lacks a part");
  return imported;
}

EvpPkey MakeKey(const ImportedKey& key) {
  if (key.type == "RSA") return MakeRsaKey(key.parts);
  if (key.type == "EC") {
    return MakeEcKey(std::string(key.curve).c_str(), key.parts);
  }
  return MakeEdwardsKey(key.curve == "Ed448" ? "ED448" : "ED25519", key.parts);
}

bool IsEncrypted(std::string_view der) {
  return Whole(der, [](const unsigned char** at, long size) {
           return EncryptedKey(d2i_X509_SIG(nullptr, at, size));
         }) != nullptr;
}

}  // namespace

Result<ImportedKey> ImportPem(std::string_view text) {
  CLONE_AUTH_ASSIGN_OR_RETURN(const PemBlock block, ReadPem(text));
  const ErrorQueueGuard guard;
  for (const Form& form : kForms) {
    if (form.label != block.label) continue;
    const EvpPkey key = form.read(block.der.Reveal());
    if (key == nullptr) {
      return Malformed("the block does not hold what its label says");
    }
    return PartsOf(key, form.is_private);
  }
  return Malformed("the block is a '" + block.label + "', which is no key");
}

Result<ImportedKey> ImportDer(std::string_view der) {
  if (der.size() > kKeyFileMaxSize) {
    return Malformed("the key has more than 64 KiB");
  }
  const ErrorQueueGuard guard;
  for (const Form& form : kForms) {
    const EvpPkey key = form.read(der);
    if (key != nullptr) return PartsOf(key, form.is_private);
  }
  if (IsEncrypted(der)) return Status(Reason::kKeyEncrypted);
  return Malformed("this is no key and no certificate in DER");
}

Result<Secret> ExportPem(const ImportedKey& key) {
  const ErrorQueueGuard guard;
  const EvpPkey pkey = MakeKey(key);
  unsigned char* bytes = nullptr;
  int size = -1;
  if (pkey != nullptr && key.is_private) {
    const Pkcs8 info(EVP_PKEY2PKCS8(pkey.get()));
    if (info != nullptr) size = i2d_PKCS8_PRIV_KEY_INFO(info.get(), &bytes);
  } else if (pkey != nullptr) {
    size = i2d_PUBKEY(pkey.get(), &bytes);
  }
  if (size <= 0) return Status(Reason::kInternal, "the key has no DER");
  const auto length = static_cast<std::size_t>(size);
  const Secret der =
      Secret::CopyOf({reinterpret_cast<const char*>(bytes), length});
  OPENSSL_clear_free(bytes, length);
  return WritePem(key.is_private ? "PRIVATE KEY" : "PUBLIC KEY", der);
}

}  // namespace clone_auth

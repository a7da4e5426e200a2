#include "support/test_certificate.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace clone_auth::testing {
namespace {

// A test without its certificate has nothing to say.
void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "test certificate: %s failed\n", what);
  std::abort();
}

template <auto kFree>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using KeyPtr = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using X509Ptr = std::unique_ptr<X509, Deleter<X509_free>>;
using BioPtr = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using ExtensionPtr =
    std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

std::string TextOf(BIO* bio) {
  char* text = nullptr;
  const long size = BIO_get_mem_data(bio, &text);
  return std::string(text, static_cast<std::size_t>(size));
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  const ExtensionPtr extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  Require(extension != nullptr, "extension");
  Require(X509_add_ext(certificate, extension.get(), -1) == 1, "extension");
}

bool IsIpv4(const std::string& host) {
  return host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace

TestCertificate MakeTestCertificate(const std::string& host,
                                    std::chrono::seconds lifetime) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  Require(key != nullptr, "key");
  const X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime.count());
  X509_NAME* const name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(
      name, "CN", MBSTRING_ASC,
      reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key.get());
  AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(certificate.get(), NID_subject_alt_name,
               (IsIpv4(host) ? "IP:" : "DNS:") + host);
  Require(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0, "sign");

  const BioPtr certificate_text(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1,
          "certificate");
  const BioPtr key_text(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr,
                                   0, nullptr, nullptr) == 1,
          "key");
  return {TextOf(certificate_text.get()), TextOf(key_text.get())};
}

TestFile::TestFile(const std::string& content) {
  const char* const folder = std::getenv("TMPDIR");
  path_ = std::string(folder != nullptr ? folder : "/tmp") +
          "/clone_auth_test_XXXXXX";
  const int file = mkstemp(path_.data());
  Require(file >= 0, "temporary file");
  Require(write(file, content.data(), content.size()) ==
              static_cast<ssize_t>(content.size()),
          "temporary file");
  close(file);
}

TestFile::~TestFile() { std::remove(path_.c_str()); }

}  // namespace clone_auth::testing

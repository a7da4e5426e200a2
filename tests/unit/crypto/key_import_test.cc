#include "crypto/key_import.h"

#include <openssl/err.h>

#include "crypto/ecdsa.h"
#include "crypto/ed25519.h"
#include "crypto/ed448.h"
#include "crypto/pem.h"
#include "crypto/rsa.h"
#include "crypto/rsa_numbers.h"
#include "gtest/gtest.h"

namespace clone_auth {
namespace {

struct Sample {
  ImportedKey key;
  std::size_t public_parts;
};

std::vector<Sample> Samples() {
  std::vector<Sample> samples;
  const auto add = [&samples](std::string_view type, std::string_view curve,
                              KeyParts parts, std::size_t public_parts) {
    samples.push_back({{type, curve, true, std::move(parts)}, public_parts});
  };
  add("RSA", "", GenerateRsa().value(), kRsaPublicParts);
  add("EC", "P-256", GenerateEcdsa(EcCurve::kP256).value(), 2);
  add("EC", "P-384", GenerateEcdsa(EcCurve::kP384).value(), 2);
  add("EC", "P-521", GenerateEcdsa(EcCurve::kP521).value(), 2);
  add("OKP", "Ed25519", GenerateEd25519().value(), 1);
  add("OKP", "Ed448", GenerateEd448().value(), 1);
  return samples;
}

ImportedKey PublicOf(const Sample& sample) {
  ImportedKey key{sample.key.type, sample.key.curve, false, {}};
  for (std::size_t i = 0; i < sample.public_parts; ++i) {
    key.parts.push_back(sample.key.parts[i].Clone());
  }
  return key;
}

void ExpectSame(const Result<ImportedKey>& read, const ImportedKey& key) {
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(read->type, key.type);
  EXPECT_EQ(read->curve, key.curve);
  EXPECT_EQ(read->is_private, key.is_private);
  ASSERT_EQ(read->parts.size(), key.parts.size());
  for (std::size_t i = 0; i < key.parts.size(); ++i) {
    EXPECT_EQ(read->parts[i].Reveal(), key.parts[i].Reveal()) << i;
  }
}

TEST(KeyImport, ReadsWhatWasExportedAsPemAndAsDer) {
  for (const Sample& sample : Samples()) {
    const ImportedKey half = PublicOf(sample);
    for (const ImportedKey* key : {&sample.key, &half}) {
      const Secret pem = ExportPem(*key).value();
      ExpectSame(ImportPem(pem.Reveal()), *key);
      ExpectSame(ImportDer(ReadPem(pem.Reveal())->der.Reveal()), *key);
    }
  }
}

TEST(KeyImport, RefusesDerThatIsCutOffOrLonger) {
  const ImportedKey key{"EC", "P-256", true,
                        GenerateEcdsa(EcCurve::kP256).value()};
  const Secret pem = ExportPem(key).value();
  const std::string der(ReadPem(pem.Reveal())->der.Reveal());
  for (const std::string& text :
       {std::string(), std::string("x"), der.substr(1), der + '\0', der + der,
        der.substr(0, der.size() - 1), std::string(kKeyFileMaxSize + 1, '0')}) {
    EXPECT_EQ(ImportDer(text).status().reason(), Reason::kPemMalformed);
    EXPECT_EQ(ERR_peek_error(), 0u);
  }
  EXPECT_TRUE(ImportDer(der).ok());
}

TEST(KeyImport, RefusesEveryLabelButTheOneThatFits) {
  const ImportedKey key{"EC", "P-256", true,
                        GenerateEcdsa(EcCurve::kP256).value()};
  const Secret der = std::move(ReadPem(ExportPem(key)->Reveal()).value().der);
  for (const char* label :
       {"PUBLIC KEY", "CERTIFICATE", "RSA PRIVATE KEY", "RSA PUBLIC KEY",
        "EC PARAMETERS", "OPENSSH PRIVATE KEY", "X509 CRL"}) {
    EXPECT_EQ(ImportPem(WritePem(label, der).Reveal()).status().reason(),
              Reason::kPemMalformed)
        << label;
  }
}

}  // namespace
}  // namespace clone_auth

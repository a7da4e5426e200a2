#include "clone/public_key.h"

#include <openssl/err.h>

#include "clone/json.h"
#include "clone/jwt.h"
#include "clone/testing/fake_clock.h"
#include "gtest/gtest.h"
#include "jwt/algorithms.h"

namespace clone_auth {
namespace {

using A = JwtAlgorithm;

// Made with OpenSSL for these tests.
constexpr char kEcSpki[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETL1DYzjNJnLMPu1PeDbZly0RXY5X\n"
    "5sNgOYoXcvqq1XGYRKzKxLPyFxxP2J2qQtxJX5LUo82+wi7sLbdjt8iy1A==\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kEcCertificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIBcjCCARmgAwIBAgIUA8TVgIkvsS5bXDjcGEWRL1Gf2DMwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEdGVzdDAeFw0yNjExMjQyMzMzMDNaFw0yNjExMjUyMzMzMDNa\n"
    "MA8xDTALBgNVBAMMBHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARMvUNj\n"
    "OM0mcsw+7U94NtmXLRFdjlfmw2A5ihdy+qrVcZhErMrEs/IXHE/YnapC3ElfktSj\n"
    "zb7CLuwtt2O3yLLUo1MwUTAdBgNVHQ4EFgQUlWRMEssTFTdbLqrhRokB5aFEFWUw\n"
    "HwYDVR0jBBgwFoAUlWRMEssTFTdbLqrhRokB5aFEFWUwDwYDVR0TAQH/BAUwAwEB\n"
    "/zAKBggqhkjOPQQDAgNHADBEAiBquLBkSvN1SVbyaVTznhtNn9V6Z4EDI5u1lwO8\n"
    "coeIKgIgaFfLltBZr6jf9q8k4KL8Kj4hzDwbN43AZ3MO9cqHZ0w=\n"
    "-----END CERTIFICATE-----\n";
constexpr char kEcCompressed[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgACTL1DYzjNJnLMPu1PeDbZly0RXY5X\n"
    "5sNgOYoXcvqq1XE=\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kEcPkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2utoDId5sVBRo3FK\n"
    "XlrSzD0lMNGkEHTX3dtr8enuQQGhRANCAARMvUNjOM0mcsw+7U94NtmXLRFdjlfm\n"
    "w2A5ihdy+qrVcZhErMrEs/IXHE/YnapC3ElfktSjzb7CLuwtt2O3yLLU\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kEcSec1[] =
    "-----BEGIN EC PRIVATE KEY-----\n"
    "MHcCAQEEINrraAyHebFQUaNxSl5a0sw9JTDRpBB0193ba/Hp7kEBoAoGCCqGSM49\n"
    "AwEHoUQDQgAETL1DYzjNJnLMPu1PeDbZly0RXY5X5sNgOYoXcvqq1XGYRKzKxLPy\n"
    "FxxP2J2qQtxJX5LUo82+wi7sLbdjt8iy1A==\n"
    "-----END EC PRIVATE KEY-----\n";
constexpr char kEcEncrypted[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAje+U1clBrdxgICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEED27ibo/t/NI0/cLpDSrxMoEgZCZ\n"
    "s13t8j+9YDSUv8n6RDLzN0lYXxP9t4esKJYtUTsTmZ5fs1/iGZJwThe+0KEdjw14\n"
    "Y3mFTmD+nZjw0F5JcKoH0egGNPEqKnpWycfH/oNJ0U+znBwl3rTqYNZ30Q3tTNM0\n"
    "/AmMBMFYdFq1M+F46PJ0dZm4bkBcjqRfsPBFupBUKAfOD+6gGzc/IeaAtkafQFA=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";
constexpr char kSecp256k1[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEHbEwrpHaptMHS32UqCWPt/lQD8QdZUG3\n"
    "AJdVce5xcUc8mIsz7dNx1P6Nxrn5tmkLoo6CpBbVUrTjMwt8AxXurA==\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kX25519[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VuAyEA+vq8XGTQzUDOJSCoN8EkNTW4rWIKQ6o4drbj+nn+gDs=\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kEd25519Pkcs8[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIMlza20uMkqcCsiGU2xmqaw1MKkVwMZhxU0l7qq7dbVY\n"
    "-----END PRIVATE KEY-----\n";
constexpr char kRsaSpki[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4ZwAqAVcMtpM6iDcg7gL\n"
    "z7/+Vevw1XHF4ban+i5VlKkB8OKguFN9X978eJ/C6/SIrOPRvR2VDxIB4XaWqogs\n"
    "o0OXGkan1LeEThuz2gRFS1CP23IlepSbLXCU1jE1SbDuUGNQu7CnTUQt9glhfOyD\n"
    "fgF2P6GGXueSZLTbRbbI7TTst3udpLPaL/2NcjBzohZnR8PhlfXTFpKtvPtWIKBp\n"
    "3ZfurkT4/nCIy+qkHT40kGNA4NsNCfZrwgwI/mmupMQth8uotO0jdf69g8kwr7To\n"
    "egJ0+bKxBMWjuN4YR/8p/+xEjdo6km6FggDv8dp/rIl348+O7fymDQLOVwqFpRi1\n"
    "GQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kRsaPkcs1[] =
    "-----BEGIN RSA PUBLIC KEY-----\n"
    "MIIBCgKCAQEA4ZwAqAVcMtpM6iDcg7gLz7/+Vevw1XHF4ban+i5VlKkB8OKguFN9\n"
    "X978eJ/C6/SIrOPRvR2VDxIB4XaWqogso0OXGkan1LeEThuz2gRFS1CP23IlepSb\n"
    "LXCU1jE1SbDuUGNQu7CnTUQt9glhfOyDfgF2P6GGXueSZLTbRbbI7TTst3udpLPa\n"
    "L/2NcjBzohZnR8PhlfXTFpKtvPtWIKBp3ZfurkT4/nCIy+qkHT40kGNA4NsNCfZr\n"
    "wgwI/mmupMQth8uotO0jdf69g8kwr7ToegJ0+bKxBMWjuN4YR/8p/+xEjdo6km6F\n"
    "ggDv8dp/rIl348+O7fymDQLOVwqFpRi1GQIDAQAB\n"
    "-----END RSA PUBLIC KEY-----\n";
constexpr char kRsa1024[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDA8B3thqJAuTa3T1ybJEvde+ie\n"
    "5xv/5ZulfGSLRJatR+j8MrrJ3hg2lRWLbM1YwCle7spRjjQqEji6xnI/Kt2g+qPQ\n"
    "oLMl3s25rzM+iXkJbcMVYj5ATcWPMTrYLLUodN5SiuOuFrKYmyY5rxrdtv1Kmf58\n"
    "lG3m4DIkl4BMSoSZcQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kRsaPss[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIDALBgkqhkiG9w0BAQoDggEPADCCAQoCggEBALd2CAUwJTmXjSZSsVi0KMTO\n"
    "qKbEtKYT1NK99Cx2t6j+b8wNj4HUIgRjZW6mYvhgGvNuPDq1e+r3T+JWI6lq2sLc\n"
    "iTt/GjxPN7fzgUqRhiWeVdzTDQTVvTzVFSave2MrDg0weEu7wl+GvPhCxvbR1wPu\n"
    "VqmxMbtvSunMFZKgUT1rvTC0pyjzUu7ims6dcTmqSEnRfdk4sLWH4bq+uRL8jZYT\n"
    "6FPCGGrgYOFB5cMG4vtSPz8JvZOA9ok5P28H89DBC6HpqHkoYKrfRuPBe67Y93cZ\n"
    "nMAyUKcuCJb4J+9b5KxHSAac9szV1fvc4OUM2z4FY0+aXtUcjDKOE4vwzWsDE4cC\n"
    "AwEAAQ==\n"
    "-----END PUBLIC KEY-----\n";

Reason ReasonOfPublic(std::string_view pem, A algorithm,
                      std::string key_id = {}) {
  const auto key = JwtPublicKey::FromPem(pem, algorithm, std::move(key_id));
  EXPECT_EQ(ERR_peek_error(), 0u);
  return key.ok() ? Reason::kNone : key.status().reason();
}

Reason ReasonOfPrivate(std::string_view pem, A algorithm) {
  const auto key = JwtSigningKey::FromPem(Secret::CopyOf(pem), algorithm);
  EXPECT_EQ(ERR_peek_error(), 0u);
  return key.ok() ? Reason::kNone : key.status().reason();
}

TEST(JwtPublicKey, IsTheSameFromEachFormOfOneKey) {
  const auto key = JwtPublicKey::FromPem(kEcSpki, A::kEs256).value();
  EXPECT_EQ(key.algorithm(), A::kEs256);
  EXPECT_EQ(key.key_id(), key.Thumbprint());
  EXPECT_EQ(key.ToPem().value(), kEcSpki);
  for (const char* pem : {kEcCertificate, kEcCompressed}) {
    EXPECT_EQ(JwtPublicKey::FromPem(pem, A::kEs256)->ToJwk(), key.ToJwk());
  }
  for (const char* pem : {kEcPkcs8, kEcSec1}) {
    const auto signing =
        JwtSigningKey::FromPem(Secret::CopyOf(pem), A::kEs256).value();
    EXPECT_EQ(signing.ToPublicJwk(), key.ToJwk());
    EXPECT_EQ(signing.Thumbprint(), key.Thumbprint());
    EXPECT_EQ(signing.ToPem()->Reveal(), kEcPkcs8);
  }
  const auto rsa = JwtPublicKey::FromPem(kRsaSpki, A::kPs384).value();
  EXPECT_EQ(JwtPublicKey::FromPem(kRsaPkcs1, A::kPs384)->ToJwk(), rsa.ToJwk());
  EXPECT_EQ(rsa.ToPem().value(), kRsaSpki);
}

TEST(JwtPublicKey, GoesFromPemToJwkAndBackForEveryAlgorithm) {
  const Secret rsa = JwtSigningKey::Generate(A::kRs256)->ToPem().value();
  for (const Algorithm& row : Algorithms()) {
    if (row.symmetric()) continue;
    const auto signing = row.type->name == "RSA"
                             ? JwtSigningKey::FromPem(rsa, row.id, "k").value()
                             : JwtSigningKey::Generate(row.id, "k").value();
    const Secret pem = signing.ToPem().value();
    const auto read = JwtSigningKey::FromPem(pem, row.id, "k").value();
    EXPECT_EQ(read.ToJwk().Reveal(), signing.ToJwk().Reveal());
    const auto key = JwtPublicKey::FromJwk(signing.ToPublicJwk()).value();
    EXPECT_EQ(key.algorithm(), row.id);
    EXPECT_EQ(key.Thumbprint(), signing.Thumbprint());
    const auto back =
        JwtPublicKey::FromPem(key.ToPem().value(), row.id, "k").value();
    EXPECT_EQ(back.ToJwk(), signing.ToPublicJwk());
  }
}

TEST(JwtPublicKey, SaysWhyAFileHoldsNoneThatFits) {
  EXPECT_EQ(ReasonOfPublic("", A::kEs256), Reason::kPemMalformed);
  EXPECT_EQ(ReasonOfPublic(kEcPkcs8, A::kEs256), Reason::kPemMalformed);
  EXPECT_EQ(ReasonOfPublic(kEcEncrypted, A::kEs256), Reason::kKeyEncrypted);
  EXPECT_EQ(ReasonOfPublic(kEcSpki, A::kEs384), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOfPublic(kEcSpki, A::kRs256), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOfPublic(kRsaSpki, A::kHs256), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOfPublic(kRsaSpki, A::kEdDsa), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOfPublic(kRsa1024, A::kRs256), Reason::kKeyWeak);
  EXPECT_EQ(ReasonOfPublic(kRsaPss, A::kPs256), Reason::kAlgorithmUnsupported);
  EXPECT_EQ(ReasonOfPublic(kSecp256k1, A::kEs256),
            Reason::kAlgorithmUnsupported);
  EXPECT_EQ(ReasonOfPublic(kX25519, A::kEdDsa), Reason::kAlgorithmUnsupported);
  EXPECT_EQ(ReasonOfPublic(kEcSpki, A::kEs256, std::string("a\0b", 3)),
            Reason::kInvalidArgument);
}

TEST(JwtSigningKey, SaysWhyAFileHoldsNoneThatFits) {
  EXPECT_EQ(ReasonOfPrivate(kEcSpki, A::kEs256), Reason::kPemMalformed);
  EXPECT_EQ(ReasonOfPrivate(kEcEncrypted, A::kEs256), Reason::kKeyEncrypted);
  EXPECT_EQ(ReasonOfPrivate(kEcPkcs8, A::kEs512), Reason::kKeySetMalformed);
  EXPECT_EQ(ReasonOfPrivate(kEd25519Pkcs8, A::kEd25519), Reason::kNone);
  EXPECT_EQ(ReasonOfPrivate(kEd25519Pkcs8, A::kEd448),
            Reason::kKeySetMalformed);
  EXPECT_EQ(JwtSigningKey::Generate(A::kHs256)->ToPem().status().reason(),
            Reason::kInvalidArgument);
}

TEST(JwtPublicKey, OfAWrongLabelIsRefused) {
  std::string pem = kEcSpki;
  for (std::size_t at; (at = pem.find("PUBLIC KEY")) != std::string::npos;) {
    pem.replace(at, 10, "CERTIFICATE");
  }
  EXPECT_EQ(ReasonOfPublic(pem, A::kEs256), Reason::kPemMalformed);
  for (std::size_t at; (at = pem.find("CERTIFICATE")) != std::string::npos;) {
    pem.replace(at, 11, "DH PARAMETERS");
  }
  EXPECT_EQ(ReasonOfPublic(pem, A::kEs256), Reason::kPemMalformed);
}

TEST(JwtPublicKey, OfAJwkIsCheckedLikeOneOfASet) {
  const auto reason = [](std::string_view jwk) {
    return JwtPublicKey::FromJwk(jwk).status().reason();
  };
  EXPECT_EQ(reason("{}"), Reason::kKeySetMalformed);
  EXPECT_EQ(reason("x"), Reason::kJsonMalformed);
  EXPECT_EQ(reason(std::string(64 * 1024 + 1, ' ')), Reason::kJsonLimit);
  EXPECT_EQ(reason(JwtSigningKey::Generate(A::kHs256)->ToJwk().Reveal()),
            Reason::kAlgorithmUnsupported);
  const std::string members =
      R"("kty":"OKP","crv":"Ed25519",)"
      R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")";
  const auto key = JwtPublicKey::FromJwk("{" + members + "}").value();
  EXPECT_EQ(key.algorithm(), std::nullopt);
  EXPECT_EQ(key.key_id(), "");
  EXPECT_EQ(key.Thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  EXPECT_EQ(reason(R"({"use":"enc",)" + members + "}"),
            Reason::kKeySetMalformed);
  EXPECT_EQ(reason(R"({"alg":"Ed448",)" + members + "}"),
            Reason::kAlgorithmUnsupported);
}

TEST(JwkSet, OfPublicKeysVerifiesWhatTheirPrivateHalvesSigned) {
  const auto signing =
      JwtSigningKey::FromPem(Secret::CopyOf(kEcPkcs8), A::kEs256).value();
  const auto key = JwtPublicKey::FromPem(kEcCertificate, A::kEs256).value();
  const JwkSet set = JwkSet::OfPublic({key}).value();
  EXPECT_EQ(set.size(), 1u);
  EXPECT_EQ(JwkSet::OfPublic({key, key}).status().reason(),
            Reason::kKeySetAmbiguous);
  const testing::FakeClock clock(FromUnixSeconds(std::chrono::seconds(1000)));
  JwtClaims claims;
  claims.issuer = "me";
  claims.audience = {"you"};
  claims.issued_at = clock.Now();
  claims.expires_at = clock.Now() + std::chrono::seconds(10);
  const auto token = JwtSigner::Create(signing)->Sign(claims).value();
  JwtPolicy policy;
  policy.algorithms = {A::kEs256};
  policy.issuers = {"me"};
  policy.audiences = {"you"};
  EXPECT_TRUE(JwtVerifier::Create(policy, set, &clock)->Verify(token).ok());
}

}  // namespace
}  // namespace clone_auth

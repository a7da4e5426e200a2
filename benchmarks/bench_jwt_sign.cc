// What signing a token costs beside the bare call to the cryptography over the
// same bytes, with the same key, in the same run. An RSA signature takes so
// long that only one of its kinds is measured.

#include <benchmark/benchmark.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <sodium/crypto_sign_ed25519.h>

#include <array>
#include <cstdlib>
#include <string>
#include <utility>

#include "claims.h"
#include "clone/jwt.h"
#include "crypto/hmac_sha256.h"
#include "crypto/openssl.h"
#include "crypto/sha256.h"

namespace clone_auth {
namespace {

JwtSigner MakeSigner(JwtAlgorithm algorithm) {
  const auto key = JwtSigningKey::Generate(algorithm, "2026-01");
  if (!key.ok()) std::abort();
  return JwtSigner::Create(*key).value();
}

// As long as what is signed of the token of those claims.
const std::string& Input() {
  static const std::string& input = *new std::string([] {
    const std::string token =
        MakeSigner(JwtAlgorithm::kHs256).Sign(UsualClaims()).value();
    return token.substr(0, token.rfind('.'));
  }());
  return input;
}

void Sign(benchmark::State& state, JwtAlgorithm algorithm, const char* label) {
  const JwtSigner signer = MakeSigner(algorithm);
  const JwtClaims claims = UsualClaims();
  for (auto _ : state) {
    auto token = signer.Sign(claims);
    if (!token.ok()) state.SkipWithError("refused");
    benchmark::DoNotOptimize(token);
  }
  state.SetLabel(label);
}

void BareHmac(benchmark::State& state) {
  const HmacSha256 mac(std::string(32, 's'));
  for (auto _ : state) benchmark::DoNotOptimize(mac.Digest(Input()));
}

// `context` is prepared and used again, which is as bare as OpenSSL gets.
void BareOpenssl(benchmark::State& state, EVP_PKEY* key, bool rsa) {
  const EvpPkey owner(key);
  const EvpPkeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  if (EVP_PKEY_sign_init(context.get()) != 1) std::abort();
  if (rsa) {
    EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING);
    EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha256());
  }
  std::array<unsigned char, 512> signature;
  for (auto _ : state) {
    const Sha256Digest digest = Sha256(Input());
    std::size_t size = signature.size();
    if (EVP_PKEY_sign(context.get(), signature.data(), &size, digest.data(),
                      digest.size()) != 1) {
      state.SkipWithError("no signature");
    }
  }
}

void BareRsa(benchmark::State& state) {
  BareOpenssl(state, EVP_RSA_gen(2048), true);
}

void BareEcdsa(benchmark::State& state) {
  BareOpenssl(state, EVP_EC_gen("P-256"), false);
}

void BareEd25519(benchmark::State& state) {
  std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> point;
  std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> pair;
  std::array<unsigned char, crypto_sign_ed25519_BYTES> signature;
  crypto_sign_ed25519_keypair(point.data(), pair.data());
  const auto* input = reinterpret_cast<const unsigned char*>(Input().data());
  for (auto _ : state) {
    crypto_sign_ed25519_detached(signature.data(), nullptr, input,
                                 Input().size(), pair.data());
    benchmark::DoNotOptimize(signature);
  }
}

const bool registered = [] {
  using A = JwtAlgorithm;
  const auto add = [](const char* name, A algorithm, const char* label) {
    benchmark::RegisterBenchmark(name,
                                 [algorithm, label](benchmark::State& state) {
                                   Sign(state, algorithm, label);
                                 });
  };
  add("jwt_sign/HS256", A::kHs256, "jwt_sign/bare_HS256 1.8");
  add("jwt_sign/RS256", A::kRs256, "jwt_sign/bare_RS256 1.05");
  add("jwt_sign/ES256", A::kEs256, "jwt_sign/bare_ES256 1.05");
  add("jwt_sign/EdDSA", A::kEdDsa, "jwt_sign/bare_EdDSA 1.05");
  benchmark::RegisterBenchmark("jwt_sign/bare_HS256", BareHmac);
  benchmark::RegisterBenchmark("jwt_sign/bare_RS256", BareRsa);
  benchmark::RegisterBenchmark("jwt_sign/bare_ES256", BareEcdsa);
  benchmark::RegisterBenchmark("jwt_sign/bare_EdDSA", BareEd25519);
  return true;
}();

}  // namespace
}  // namespace clone_auth

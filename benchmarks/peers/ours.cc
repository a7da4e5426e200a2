// What the others are measured against: the library, the bare calls to the
// cryptography beneath it, and a hit in its cache of tokens.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/base64url.h"
#include "clone/clock.h"
#include "clone/jwt.h"
#include "clone/jwt_cache.h"
#include "jwt/jwk_format.h"
#include "measure.h"

namespace clone_auth {
namespace {

std::string Read(const char* folder, const char* name, const char* suffix) {
  std::size_t size = 0;
  const char* text = read_world(folder, name, suffix, &size);
  return std::string(text, size);
}

JwtVerifier MakeVerifier(const JwtSigningKey& key) {
  JwtPolicy policy;
  policy.algorithms = {key.algorithm()};
  policy.issuers = {"https://auth.example.com"};
  policy.audiences = {"https://api.example.com"};
  policy.types = {"JWT"};
  return JwtVerifier::Create(policy, JwkSet::Of({&key}).value(), &SystemClock())
      .value();
}

JwtClaims ToClaims(std::string_view json) {
  const JsonValue all = JsonValue::Parse(json).value();
  const auto time = [&all](const char* name) {
    return WallTime(std::chrono::seconds(
        static_cast<std::int64_t>(*all.Find(name)->AsNumber())));
  };
  JwtClaims claims;
  claims.issuer = *all.FindString("iss");
  claims.subject = *all.FindString("sub");
  claims.audience = {*all.FindString("aud")};
  claims.issued_at = time("iat");
  claims.expires_at = time("exp");
  claims.jwt_id = *all.FindString("jti");
  for (const char* name : {"sid", "gen", "org", "scope"}) {
    claims.more.push_back({name, *all.Find(name)});
  }
  return claims;
}

struct World {
  World(const char* folder, const char* name)
      : token(Read(folder, name, "token")),
        claims(ToClaims(Read(folder, "claims", "json"))),
        key(JwtSigningKey::FromJwk(Secret::CopyOf(Read(folder, name, "jwk")))
                .value()),
        signer(JwtSigner::Create(key, "JWT").value()),
        verifier(MakeVerifier(key)),
        cache(JwtCache::Create(&verifier).value()) {
    const Algorithm& row = Describe(key.algorithm());
    const JsonValue jwk = JsonValue::Parse(key.ToJwk().Reveal()).value();
    verification =
        row.read_verification(
               ReadJwkParts(jwk, row, row.type->verify_count).value())
            .value();
    private_key =
        row.read_private(ReadJwkParts(jwk, row, row.type->sign_count).value())
            .value();
    const std::size_t dot = token.rfind('.');
    input = std::string_view(token).substr(0, dot);
    signature =
        Base64UrlDecode(std::string_view(token).substr(dot + 1)).value();
  }

  std::string token;
  JwtClaims claims;
  JwtSigningKey key;
  JwtSigner signer;
  JwtVerifier verifier;
  JwtCache cache;
  std::unique_ptr<const VerificationKey> verification;
  std::unique_ptr<const PrivateKey> private_key;
  std::string_view input;
  std::string signature;
};

struct Operation {
  const char* name;
  int (*call)(void* world);
};

World& Of(void* world) { return *static_cast<World*>(world); }

constexpr Operation kOperations[] = {
    {"bare-verify",
     [](void* w) {
       return int{Of(w).verification->Verify(Of(w).input, Of(w).signature)};
     }},
    {"verify",
     [](void* w) { return int{Of(w).verifier.Verify(Of(w).token).ok()}; }},
    {"hit", [](void* w) { return int{Of(w).cache.Verify(Of(w).token).ok()}; }},
    {"bare-sign",
     [](void* w) { return int{Of(w).private_key->Sign(Of(w).input).ok()}; }},
    {"sign", [](void* w) { return int{Of(w).signer.Sign(Of(w).claims).ok()}; }},
};

}  // namespace

int Main(int argc, char** argv) {
  if (argc != 3) return 2;
  for (const char* name : {"HS256", "RS256", "ES256", "EdDSA"}) {
    World world(argv[1], name);
    for (const Operation& operation : kOperations) {
      measure(operation.name, name, std::atof(argv[2]), operation.call, &world);
    }
  }
  return 0;
}

}  // namespace clone_auth

int main(int argc, char** argv) { return clone_auth::Main(argc, argv); }

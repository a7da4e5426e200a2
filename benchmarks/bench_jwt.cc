// What verifying a token costs beside the bare call to the cryptography over
// the same bytes, with the same key, in the same run.

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "clone/clock.h"
#include "clone/jwt.h"
#include "jwt/jwk_format.h"

namespace {

thread_local std::int64_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* made = std::malloc(size == 0 ? 1 : size)) return made;
  throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete(void* made) noexcept { std::free(made); }
void operator delete[](void* made) noexcept { std::free(made); }
void operator delete(void* made, std::size_t) noexcept { std::free(made); }
void operator delete[](void* made, std::size_t) noexcept { std::free(made); }

namespace clone_auth {
namespace {

// A key as the library holds it, and a token of ten claims, 454 characters of
// payload, that it signed.
struct World {
  explicit World(JwtAlgorithm algorithm)
      : signing_key(JwtSigningKey::Generate(algorithm, "2026-01").value()),
        verifier(MakeVerifier()) {
    const Algorithm& row = Describe(algorithm);
    const JsonValue jwk =
        JsonValue::Parse(signing_key.ToJwk().Reveal()).value();
    key = row.read_verification(
                 ReadJwkParts(jwk, row, row.type->verify_count).value())
              .value();
    token = JwtSigner::Create(signing_key)->Sign(Claims()).value();
    const std::size_t dot = token.rfind('.');
    input = std::string_view(token).substr(0, dot);
    signature = Base64UrlDecode(std::string_view(token).substr(dot + 1)).value();
  }

  static JwtClaims Claims() {
    JwtClaims claims;
    claims.issuer = "https://auth.example.com";
    claims.subject = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0001";
    claims.audience = {"https://api.example.com"};
    claims.issued_at = SystemClock().Now();
    claims.expires_at = claims.issued_at + std::chrono::hours(24);
    claims.jwt_id = "8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0005";
    const auto text = [](const char* value) {
      return JsonValue(std::string(value));
    };
    claims.more = {{"sid", text("8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0002")},
                   {"gen", JsonValue(std::int64_t{3})},
                   {"org", text("8d3f1c5a-0b52-4f0e-9a3e-6a1f4f1f0003")},
                   {"role", text("member")},
                   {"scope", text("keys")}};
    return claims;
  }

  JwtVerifier MakeVerifier() const {
    JwtPolicy policy;
    policy.algorithms = {signing_key.algorithm()};
    policy.issuers = {"https://auth.example.com"};
    policy.audiences = {"https://api.example.com"};
    return JwtVerifier::Create(policy, JwkSet::Of({&signing_key}).value(),
                               &SystemClock())
        .value();
  }

  JwtSigningKey signing_key;
  JwtVerifier verifier;
  std::unique_ptr<const VerificationKey> key;
  std::string token;
  std::string_view input;
  std::string signature;
};

void Bare(benchmark::State& state, const World* world, const char* label) {
  for (auto _ : state) {
    if (!world->key->Verify(world->input, world->signature)) std::abort();
  }
  state.SetLabel(label);
}

void Verify(benchmark::State& state, const World* world, const char* label) {
  if (!world->verifier.Verify(world->token).ok()) std::abort();
  const std::int64_t before = allocations;
  for (auto _ : state) {
    const auto jwt = world->verifier.Verify(world->token);
    benchmark::DoNotOptimize(jwt);
    if (!jwt.ok()) std::abort();
  }
  state.counters["allocations"] =
      benchmark::Counter(static_cast<double>(allocations - before),
                         benchmark::Counter::kAvgIterations);
  state.SetLabel(label);
}

}  // namespace
}  // namespace clone_auth

int main(int argc, char** argv) {
  using clone_auth::JwtAlgorithm;
  using clone_auth::World;
  struct Row {
    JwtAlgorithm algorithm;
    const char* goal;
  };
  std::vector<std::unique_ptr<World>> worlds;
  for (const Row& row : {Row{JwtAlgorithm::kHs256, "1.6"},
                         Row{JwtAlgorithm::kEs256, "1.04"},
                         Row{JwtAlgorithm::kEdDsa, "1.04"}}) {
    worlds.push_back(std::make_unique<World>(row.algorithm));
    const World* world = worlds.back().get();
    const std::string name(ToString(row.algorithm));
    const std::string bare = "bare_" + name;
    const std::string label = bare + " " + row.goal;
    benchmark::RegisterBenchmark(bare.c_str(), [=](benchmark::State& state) {
      clone_auth::Bare(state, world, "");
    });
    benchmark::RegisterBenchmark(
        ("verify_" + name).c_str(), [=](benchmark::State& state) {
          clone_auth::Verify(state, world, label.c_str());
        });
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}

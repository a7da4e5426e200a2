// What the cache in front of a store of keys takes for what it knows, beside
// the digest that is computed before it, with one thread and with two.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "clone/api_key_cache.h"
#include "clone/api_key_store.h"
#include "clone/clock.h"
#include "crypto/sha256.h"

namespace clone_auth {
namespace {

constexpr std::uint64_t kHotKeys = 64;
constexpr std::uint64_t kKeys = 50'000;
constexpr std::size_t kKeySize = 57;

ApiKeyDigest DigestOf(std::uint64_t n) {
  return Sha256({reinterpret_cast<const char*>(&n), sizeof n});
}

/// Keys that are known, and as many digests that are known to be of none. Its
/// records stay fresh for longer than it is measured.
struct World {
  World() {
    ApiKeyCacheOptions options;
    options.max_known = options.max_unknown = 2 * kKeys;
    options.fresh_for = std::chrono::hours(1);
    cache = CachedApiKeyStore::Create(&store, &SystemClock(), options).value();
    for (std::uint64_t n = 0; n < 2 * kKeys; ++n) {
      ApiKeyRecord record;
      record.digest = DigestOf(n);
      std::memcpy(record.id.bytes.data(), record.digest.data(), 16);
      if (n < kKeys && !store.Insert(record).ok()) std::abort();
      digests.push_back(record.digest);
      if (!cache->Find(record.digest).ok()) std::abort();
    }
  }

  InMemoryApiKeyStore store;
  std::unique_ptr<CachedApiKeyStore> cache;
  std::vector<ApiKeyDigest> digests;  ///< those of keys first
};

const World& TheWorld() {
  static const World& world = *new World();
  return world;
}

void BareDigest(benchmark::State& state) {
  std::string key(kKeySize, 'k');
  for (auto _ : state) {
    benchmark::DoNotOptimize(key.data());
    benchmark::DoNotOptimize(Sha256(key));
  }
}

/// Asks the cache for `count` digests from `first` on, one after the other.
void Find(benchmark::State& state, std::size_t first, std::size_t count,
          bool known) {
  const World& world = TheWorld();
  std::size_t i = static_cast<std::size_t>(state.thread_index()) * count / 2;
  for (auto _ : state) {
    const auto found = world.cache->Find(world.digests[first + i % count]);
    if (found->has_value() != known) state.SkipWithError("wrong answer");
    ++i;
  }
}

benchmark::internal::Benchmark* Register(const char* name, std::size_t first,
                                         std::size_t count, bool known,
                                         const char* label) {
  return benchmark::RegisterBenchmark(name, [=](benchmark::State& state) {
    Find(state, first, count, known);
    state.SetLabel(label);
  });
}

const bool registered = [] {
  benchmark::RegisterBenchmark("api_key_cache/bare_digest", BareDigest);
  Register("api_key_cache/known_hot", 0, kHotKeys, true,
           "api_key_cache/bare_digest");
  Register("api_key_cache/known_hot", 0, kHotKeys, true,
           "api_key_cache/known_hot 1.05")
      ->Threads(2);
  Register("api_key_cache/known", 0, kKeys, true, "api_key_cache/bare_digest");
  Register("api_key_cache/unknown_hot", kKeys, kHotKeys, false,
           "api_key_cache/bare_digest");
  Register("api_key_cache/unknown_hot", kKeys, kHotKeys, false,
           "api_key_cache/unknown_hot 1.05")
      ->Threads(2);
  Register("api_key_cache/unknown", kKeys, kKeys, false,
           "api_key_cache/bare_digest");
  return true;
}();

}  // namespace
}  // namespace clone_auth

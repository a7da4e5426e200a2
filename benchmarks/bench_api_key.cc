// What verifying an API key costs beside what it cannot do without: the digest
// and one look-up in memory that no cache holds.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/page_block.h"
#include "clone/api_key.h"
#include "clone/api_key_digest.h"
#include "clone/api_key_store.h"
#include "clone/api_key_verifier.h"
#include "clone/authenticator.h"
#include "clone/clock.h"
#include "clone/http.h"

namespace clone_auth {
namespace {

constexpr std::size_t kKeys = 1'000'000;
constexpr std::size_t kHotKeys = 64;
constexpr std::size_t kKeySize = 57;
constexpr std::size_t kKeysOfOneOwner = 4;
constexpr std::size_t kOrganizations = 1'000;

// The least that a look-up by digest can be: a slot of four bytes that holds a
// number and a part of the digest, then a record in one cache line. In ordinary
// memory, or in huge pages as ours. Filled once, by one thread.
class BareTable {
 public:
  struct alignas(64) Record {
    ApiKeyDigest digest;
    std::size_t zero;
  };

  BareTable(void* slots, void* records)
      : slots_(static_cast<std::uint32_t*>(slots)),
        records_(static_cast<Record*>(records)) {
    std::uninitialized_value_construct_n(slots_, kSlots);
    std::uninitialized_value_construct_n(records_, kKeys);
  }

  static constexpr std::size_t kSlotBytes = 4 * (std::size_t{1} << 21);
  static constexpr std::size_t kRecordBytes = kKeys * sizeof(Record);

  void Put(const ApiKeyDigest& digest, std::uint32_t number) {
    const std::uint64_t hash = HashOf(digest);
    std::size_t at = hash >> 32 & kMask;
    while (slots_[at] != 0) at = (at + 1) & kMask;
    slots_[at] = (static_cast<std::uint32_t>(hash) & ~kMask) | (number + 1);
    records_[number].digest = digest;
  }

  const Record* Find(const ApiKeyDigest& digest) const {
    const std::uint64_t hash = HashOf(digest);
    for (std::size_t at = hash >> 32 & kMask;; at = (at + 1) & kMask) {
      const std::uint32_t slot = slots_[at];
      if (slot == 0) return nullptr;
      if (((slot ^ hash) & ~kMask & 0xffffffff) != 0) continue;
      const Record& record = records_[(slot & kMask) - 1];
      if (record.digest == digest) return &record;
    }
  }

 private:
  static constexpr std::size_t kSlots = kSlotBytes / 4;
  static constexpr std::uint32_t kMask = kSlots - 1;

  static std::uint64_t HashOf(const ApiKeyDigest& digest) {
    std::uint64_t hash;
    std::memcpy(&hash, digest.data(), sizeof hash);
    return hash;
  }

  std::uint32_t* slots_;
  Record* records_;
};

class AllAccess final : public AccessState {
 public:
  Status CheckToken(const Uuid&, const Uuid&, std::int64_t) const override {
    return Status();
  }
  Status CheckKey(const VerifiedApiKey&) const override { return Status(); }
};

/// A million keys, in a store and in a bare table. They are presented in
/// another order than they were made in, one after the other from one block,
/// as a request's key comes from a buffer that was just filled.
struct World {
  World() {
    std::vector<std::uint32_t> order(kKeys);
    for (std::uint32_t i = 0; i < kKeys; ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), std::mt19937_64(1));
    text.resize(kKeys * kKeySize);
    digests.resize(kKeys);
    for (std::uint32_t i = 0; i < kKeys; ++i) Make(i, order[i]);
    verifier = std::make_unique<ApiKeyVerifier>(
        ApiKeyVerifier::Create({}, &store, &SystemClock()).value());
    AuthenticatorOptions options;
    options.keys = verifier.get();
    options.access = &access;
    authenticator =
        std::make_unique<Authenticator>(Authenticator::Create(options).value());
    request = {{"Host", "api.example.com"},
               {"User-Agent", "bench"},
               {"Accept", "*/*"},
               {"X-Clone-API-Key", std::string(Key(0))}};
  }

  void Make(std::uint32_t number, std::uint32_t place) {
    const auto key = GenerateApiKey({}, ApiKeyKind::kUser, SystemRandom());
    const std::string_view revealed = key->text.Reveal();
    std::memcpy(&text[place * kKeySize], revealed.data(), kKeySize);
    ApiKeyRecord record;
    record.id = Uuid::Generate(SystemRandom()).value();
    record.owner = OneOf(owners, number / kKeysOfOneOwner);
    record.organization = OneOf(organizations, number % kOrganizations);
    record.digest = DigestApiKey(revealed);
    digests[place] = record.digest;
    bare.Put(record.digest, number);
    bare_huge.Put(record.digest, number);
    if (!store.Insert(record).ok()) std::abort();
  }

  /// The id with this number, which is made if need be.
  static const Uuid& OneOf(std::vector<Uuid>& ids, std::size_t number) {
    while (ids.size() <= number) {
      ids.push_back(Uuid::Generate(SystemRandom()).value());
    }
    return ids[number];
  }

  std::string_view Key(std::size_t i) const {
    return std::string_view(text).substr(i * kKeySize, kKeySize);
  }

  std::vector<std::uint32_t> slots =
      std::vector<std::uint32_t>(BareTable::kSlotBytes / 4);
  std::vector<BareTable::Record> records =
      std::vector<BareTable::Record>(kKeys);
  PageBlock huge_slots{BareTable::kSlotBytes};
  PageBlock huge_records{BareTable::kRecordBytes};
  BareTable bare{slots.data(), records.data()};
  BareTable bare_huge{huge_slots.data(), huge_records.data()};
  InMemoryApiKeyStore store;
  std::unique_ptr<ApiKeyVerifier> verifier;
  AllAccess access;
  std::unique_ptr<Authenticator> authenticator;
  HttpHeaders request;
  std::string text;
  std::vector<ApiKeyDigest> digests;
  std::vector<Uuid> owners;
  std::vector<Uuid> organizations;
};

const World& TheWorld() {
  static const World& world = *new World();
  return world;
}

/// Calls `step(world, i)` for one key after the other, of the first `keys`.
/// Each thread begins elsewhere.
template <typename Step>
void Walk(benchmark::State& state, std::size_t keys, Step step) {
  const World& world = TheWorld();
  const auto thread = static_cast<std::size_t>(state.thread_index());
  std::size_t i = thread * keys / 2 % keys;
  for (auto _ : state) {
    if (!step(world, i)) state.SkipWithError("refused");
    if (++i == keys) i = 0;
  }
}

bool Digest(const World& world, std::size_t i) {
  benchmark::DoNotOptimize(DigestApiKey(world.Key(i)));
  return true;
}

bool DigestAndLookUp(const World& world, std::size_t i) {
  return world.bare.Find(DigestApiKey(world.Key(i))) != nullptr;
}

bool DigestAndHugeLookUp(const World& world, std::size_t i) {
  return world.bare_huge.Find(DigestApiKey(world.Key(i))) != nullptr;
}

bool Verify(const World& world, std::size_t i) {
  return world.verifier->Verify(world.Key(i)).ok();
}

/// One and the same request, from its headers to who is asking.
bool Authenticate(const World& world, std::size_t) {
  return world.authenticator->Authenticate(world.request).ok();
}

bool RefuseJunk(const World& world, std::size_t i) {
  char junk[kKeySize];
  std::memcpy(junk, world.Key(i).data(), kKeySize);
  junk[kKeySize - 1] = junk[kKeySize - 1] == '0' ? '1' : '0';
  return !world.verifier->Verify({junk, kKeySize}).ok();
}

// Each look-up waits for the record of the one before, as it does where a
// digest stands between them; the processor would do several at once.
void BareLookUp(benchmark::State& state) {
  const World& world = TheWorld();
  std::size_t i = 0;
  for (auto _ : state) {
    i += 1 + world.bare.Find(world.digests[i])->zero;
    if (i == kKeys) i = 0;
    benchmark::DoNotOptimize(i);
  }
}

// The label says what run.sh divides by, and the goal.
using Step = bool (*)(const World& world, std::size_t i);

benchmark::internal::Benchmark* Register(const char* name, Step step,
                                         std::size_t keys,
                                         const char* label = "") {
  return benchmark::RegisterBenchmark(name, [=](benchmark::State& state) {
    Walk(state, keys, step);
    state.SetLabel(label);
  });
}

const bool registered = [] {
  Register("api_key/bare_digest", Digest, kKeys);
  benchmark::RegisterBenchmark("api_key/bare_look_up", BareLookUp);
  Register("api_key/bare_both", DigestAndLookUp, kKeys);
  Register("api_key/bare_both_huge", DigestAndHugeLookUp, kKeys,
           "api_key/bare_both");
  Register("api_key/bare_both_hot", DigestAndLookUp, kHotKeys);
  Register("api_key/bare_both", DigestAndLookUp, kKeys, "api_key/bare_both")
      ->Threads(2);
  Register("api_key/verify", Verify, kKeys, "api_key/bare_both 1.15");
  Register("api_key/verify_hot", Verify, kHotKeys,
           "api_key/bare_both_hot 160ns");
  Register("api_key/verify", Verify, kKeys, "api_key/verify 1.05")->Threads(2);
  Register("api_key/authenticate_hot", Authenticate, kHotKeys,
           "api_key/verify_hot");
  Register("api_key/refuse_junk", RefuseJunk, kKeys,
           "api_key/bare_digest 100ns");
  return true;
}();

}  // namespace
}  // namespace clone_auth

// API keys in a file: what a verification costs that finds nothing in memory,
// and what it takes to issue keys, load them, and seal them anew.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "clone/api_key.h"
#include "clone/api_key_digest.h"
#include "clone/api_key_sealer.h"
#include "clone/api_key_verifier.h"
#include "clone/sqlite_api_key_store.h"

namespace clone_auth {
namespace {

constexpr std::size_t kKeys = 100'000;
constexpr std::size_t kBatch = 1000;

std::shared_ptr<const ApiKeySealer> MakeSealer() {
  std::vector<Pepper> peppers(1);
  peppers[0].secret = Secret::CopyOf("a pepper for measuring, 32 bytes");
  return std::make_shared<const ApiKeySealer>(
      ApiKeySealer::Create(std::move(peppers)).value());
}

ApiKeyRecord MakeRecord(std::string& text) {
  const auto key = GenerateApiKey({}, ApiKeyKind::kUser, SystemRandom());
  text = key->text.Reveal();
  ApiKeyRecord record;
  record.id = Uuid::Generate(SystemRandom()).value();
  record.owner = Uuid::Generate(SystemRandom()).value();
  record.organization = record.owner;
  record.digest = DigestApiKey(text);
  record.permissions = std::make_shared<const std::vector<std::string>>(
      std::vector<std::string>{"pull", "push"});
  return record;
}

/// A file that goes with the program.
struct File {
  File() {
    std::string name =
        (std::filesystem::temp_directory_path() / "bench.XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    folder = name;
  }
  ~File() { std::filesystem::remove_all(folder); }
  std::string path() const { return folder / "keys.db"; }
  std::filesystem::path folder;
};

struct World {
  World() {
    std::vector<ApiKeyRecord> batch;
    for (std::size_t i = 0; i < kKeys; ++i) {
      batch.push_back(MakeRecord(texts.emplace_back()));
      if (batch.size() < kBatch) continue;
      if (!store->Insert(batch).ok()) std::abort();
      batch.clear();
    }
  }
  File file;
  std::shared_ptr<const ApiKeySealer> sealer = MakeSealer();
  std::unique_ptr<SqliteApiKeyStore> store =
      MakeSqliteApiKeyStore(file.path(), sealer).value();
  std::vector<std::string> texts;
};

World& TheWorld() {
  static World world;
  return world;
}

// Keys in another order than they were made in.
void VerifyInFile(benchmark::State& state) {
  World& world = TheWorld();
  const auto verifier =
      ApiKeyVerifier::Create({}, world.store.get(), &SystemClock()).value();
  std::size_t i = 7919 * static_cast<std::size_t>(state.thread_index());
  for (auto _ : state) {
    if (!verifier.Verify(world.texts[i % kKeys]).ok()) std::abort();
    i += 7919;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(VerifyInFile)->Threads(1)->Threads(2)->UseRealTime();

void Seal(benchmark::State& state) {
  const auto sealer = MakeSealer();
  std::string text;
  const ApiKeyRecord record = MakeRecord(text);
  for (auto _ : state) benchmark::DoNotOptimize(sealer->Seal(record));
}
BENCHMARK(Seal);

void Open(benchmark::State& state) {
  const auto sealer = MakeSealer();
  std::string text;
  ApiKeyRecord record = MakeRecord(text);
  const SealedApiKey row = sealer->Seal(record);
  for (auto _ : state) {
    if (!sealer->Open(row, record)) std::abort();
  }
}
BENCHMARK(Open);

// What a look-up does besides the query: index and MAC.
void IndexAndMac(benchmark::State& state) {
  const auto sealer = MakeSealer();
  std::string text;
  const ApiKeyRecord record = MakeRecord(text);
  const SealedApiKey row = sealer->Seal(record);
  for (auto _ : state) {
    benchmark::DoNotOptimize(sealer->IndexOf(record.digest));
    if (!sealer->Holds(row, record)) std::abort();
  }
}
BENCHMARK(IndexAndMac);

void IssueABatch(benchmark::State& state) {
  const File file;
  const auto store = MakeSqliteApiKeyStore(file.path(), MakeSealer()).value();
  std::string text;
  for (auto _ : state) {
    std::vector<ApiKeyRecord> batch;
    for (std::size_t i = 0; i < kBatch; ++i) batch.push_back(MakeRecord(text));
    if (!store->Insert(batch).ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{kBatch});
}
BENCHMARK(IssueABatch)->UseRealTime()->Unit(benchmark::kMillisecond);

void IssueOne(benchmark::State& state) {
  const File file;
  const auto store = MakeSqliteApiKeyStore(file.path(), MakeSealer()).value();
  std::string text;
  for (auto _ : state) {
    if (!store->Insert({MakeRecord(text)}).ok()) std::abort();
  }
}
BENCHMARK(IssueOne)->UseRealTime()->Unit(benchmark::kMicrosecond);

void LoadIntoMemory(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) {
    InMemoryApiKeyStore memory;
    if (!world.store->LoadInto(memory).ok()) std::abort();
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{kKeys});
}
BENCHMARK(LoadIntoMemory)->UseRealTime()->Unit(benchmark::kMillisecond);

void AskWhetherAnythingChanged(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) benchmark::DoNotOptimize(world.store->ChangeMarker());
}
BENCHMARK(AskWhetherAnythingChanged);

}  // namespace
}  // namespace clone_auth

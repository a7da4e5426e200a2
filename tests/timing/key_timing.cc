// K01 in time: key_timing [SAMPLES]  (of each kind; a million by default)
//
// Bad keys of two kinds in random order, each shown once: one that was never
// issued, and one that was, with another secret. With a right checksum both
// are looked up, with a wrong one neither.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "base/crc32.h"
#include "clone/api_key.h"
#include "clone/api_key_digest.h"
#include "clone/api_key_store.h"
#include "clone/api_key_verifier.h"
#include "clone/testing/fake_random.h"
#include "timing/welch.h"

namespace clone_auth::timing {
namespace {

constexpr std::size_t kStored = 100'000;
constexpr std::size_t kBatch = 10'000;
constexpr std::size_t kChecksumSize = 6;

class World {
 public:
  World() {
    for (std::size_t i = 0; i < kStored; ++i) {
      ApiKeyRecord record;
      record.id = Uuid::Generate(random_).value();
      issued_.push_back(NewKey());
      record.digest = DigestApiKey(issued_.back());
      if (!store_.Insert(record).ok()) std::abort();
    }
  }

  const ApiKeyVerifier& verifier() const { return verifier_; }
  std::uint64_t Number() { return engine_(); }

  std::string Unknown() { return NewKey(); }
  std::string AlteredKey() {
    constexpr std::size_t kNamed = 1 + kApiKeyIdSize;
    std::string key = issued_[engine_() % issued_.size()];
    const std::size_t secret = scheme_.prefix.size() + kNamed;
    return Checked(key.substr(0, secret) + NewKey().substr(secret));
  }
  std::string WithWrongChecksum(std::string key) {
    key.back() = key.back() == 'a' ? 'b' : 'a';
    return key;
  }

 private:
  std::string NewKey() {
    return std::string(
        GenerateApiKey(scheme_, ApiKeyKind::kUser, random_)->text.Reveal());
  }

  static std::string Checked(std::string key) {
    constexpr char kBase62[] =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    key.resize(key.size() - kChecksumSize);
    std::uint32_t rest = Crc32(key);
    std::string digits(kChecksumSize, '0');
    for (std::size_t i = kChecksumSize; i-- > 0; rest /= 62) {
      digits[i] = kBase62[rest % 62];
    }
    return key + digits;
  }

  ApiKeyScheme scheme_;
  testing::FakeRandom random_;
  std::mt19937_64 engine_{1};
  std::vector<std::string> issued_;
  InMemoryApiKeyStore store_;
  ApiKeyVerifier verifier_ =
      ApiKeyVerifier::Create(scheme_, &store_, &SystemClock()).value();
};

double NanosecondsOf(const ApiKeyVerifier& verifier, const std::string& key) {
  const auto start = std::chrono::steady_clock::now();
  const bool good = verifier.Verify(key).ok();
  const auto end = std::chrono::steady_clock::now();
  if (good) std::abort();
  return std::chrono::duration<double, std::nano>(end - start).count();
}

void Compare(World& world, bool checked, std::size_t samples) {
  std::vector<double> times[2];
  while (times[0].size() < samples || times[1].size() < samples) {
    std::vector<std::pair<std::size_t, std::string>> batch;
    for (std::size_t i = 0; i < kBatch; ++i) {
      const std::size_t kind = world.Number() & 1;
      std::string key = kind == 0 ? world.Unknown() : world.AlteredKey();
      if (!checked) key = world.WithWrongChecksum(std::move(key));
      batch.emplace_back(kind, std::move(key));
    }
    for (const auto& [kind, key] : batch) {
      times[kind].push_back(NanosecondsOf(world.verifier(), key));
    }
  }
  std::vector<double> all = times[0];
  all.insert(all.end(), times[1].begin(), times[1].end());
  const double limit = LimitOf(std::move(all), 0.95);
  const Moments unknown = MomentsOf(times[0], limit);
  const Moments altered = MomentsOf(times[1], limit);
  std::printf(
      "%-16s unknown %7.1f ns, altered %7.1f ns, %zu samples, t = %.2f\n",
      checked ? "looked up" : "wrong checksum", unknown.mean, altered.mean,
      times[0].size() + times[1].size(), WelchT(unknown, altered));
}

}  // namespace
}  // namespace clone_auth::timing

int main(int argc, char** argv) {
  const std::size_t samples =
      argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
  clone_auth::timing::World world;
  for (const bool checked : {true, false}) {
    clone_auth::timing::Compare(world, checked, samples);
  }
  return 0;
}

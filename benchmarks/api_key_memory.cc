// What the store in memory takes for a key, as the system counts it: resident
// pages before and after, with nothing but the store filled in between. Every
// tenth key expires, every hundredth is revoked. Prints a line for each
// number of keys given, and how long it took to fill the store.
//
// usage: api_key_memory KEYS...

#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "clone/api_key_store.h"
#include "clone/clock.h"

namespace clone_auth {
namespace {

constexpr std::uint64_t kKeysOfOneOwner = 4;
constexpr std::uint64_t kOrganizations = 1'000;

std::size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Bytes as random as those of ids and digests, the same in every run.
template <std::size_t size>
std::array<std::uint8_t, size> BytesOf(std::uint64_t n, std::uint64_t salt) {
  std::array<std::uint8_t, size> bytes;
  std::uint64_t state = n * 0x9e3779b97f4a7c15 + salt;
  for (std::size_t at = 0; at < size; at += sizeof state) {
    state ^= state >> 31;
    state *= 0xbf58476d1ce4e5b9;
    state ^= state >> 29;
    std::memcpy(bytes.data() + at, &state, sizeof state);
  }
  return bytes;
}

void Fill(InMemoryApiKeyStore& store, std::uint64_t keys) {
  const auto permissions =
      std::make_shared<const std::vector<std::string>>(1, "push");
  for (std::uint64_t n = 0; n < keys; ++n) {
    ApiKeyRecord record;
    record.id.bytes = BytesOf<16>(n, 1);
    record.owner.bytes = BytesOf<16>(n / kKeysOfOneOwner, 2);
    record.organization.bytes = BytesOf<16>(n % kOrganizations, 3);
    record.digest = BytesOf<32>(n, 4);
    if (n % 2 == 0) record.permissions = permissions;
    if (n % 10 == 0) record.expires_at = FromUnixSeconds(std::chrono::hours(n));
    if (!store.Insert(record).ok()) std::abort();
    if (n % 100 == 0) (void)store.Revoke(record.id, WallTime());
  }
}

void Measure(std::uint64_t keys) {
  InMemoryApiKeyStore store;
  const std::size_t before = ResidentBytes();
  const auto start = std::chrono::steady_clock::now();
  Fill(store, keys);
  const std::chrono::duration<double> took =
      std::chrono::steady_clock::now() - start;
  const double bytes =
      static_cast<double>(ResidentBytes() - before) / static_cast<double>(keys);
  std::printf(
      "api_key/bytes_per_key %10llu keys %6.1f bytes  <= 96%s  (%.2f s)\n",
      static_cast<unsigned long long>(keys), bytes,
      bytes <= 96 ? "  met" : "  MISSED", took.count());
}

}  // namespace
}  // namespace clone_auth

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    clone_auth::Measure(std::strtoull(argv[i], nullptr, 10));
  }
}

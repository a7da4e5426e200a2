// What it takes to ask for an account or a session by its id, in the table
// that is read without a lock and in one with a shared lock for each of many
// shards, with one thread and with two: for one id, as where one client sends
// most of the requests, and for many.

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <vector>

#include "clone/random.h"
#include "service/directory.h"
#include "service/id_map.h"

namespace clone_auth::service {
namespace {

constexpr std::size_t kIds = 1'024;

struct World {
  World() {
    for (std::size_t i = 0; i < kIds; ++i) {
      const Uuid id = Uuid::Generate(SystemRandom()).value();
      ids.push_back(id);
      sharded.Write(id, [&](Uuid& user) { user = id; });
      map.Insert(id, [&](AtomicUuid& user) { user.Store(id); });
    }
  }

  std::vector<Uuid> ids;
  ShardedMap<Uuid> sharded;
  IdMap<AtomicUuid> map;
};

const World& TheWorld() {
  static const World& world = *new World();
  return world;
}

template <typename Look>
void Walk(benchmark::State& state, std::size_t ids, Look look) {
  const World& world = TheWorld();
  std::size_t i = 0;
  for (auto _ : state) {
    if (!look(world, world.ids[i++ & (ids - 1)]))
      state.SkipWithError("not there");
  }
}

void WithSharedLock(benchmark::State& state, std::size_t ids) {
  Walk(state, ids, [](const World& world, const Uuid& id) {
    Uuid user;
    return world.sharded.Read(id, [&](const Uuid& of) { user = of; }) &&
           user == id;
  });
}

void WithoutLock(benchmark::State& state, std::size_t ids) {
  Walk(state, ids, [](const World& world, const Uuid& id) {
    Uuid user;
    return world.map.Read(id, [&](const AtomicUuid& of) {
      user = of.Load();
    }) && user == id;
  });
}

benchmark::internal::Benchmark* Register(
    const char* name, void (*look)(benchmark::State&, std::size_t),
    std::size_t ids, const char* label = "") {
  return benchmark::RegisterBenchmark(name, [=](benchmark::State& state) {
    look(state, ids);
    state.SetLabel(label);
  });
}

const bool registered = [] {
  Register("id_map/shared_lock_one", WithSharedLock, 1);
  Register("id_map/shared_lock_one", WithSharedLock, 1,
           "id_map/shared_lock_one")
      ->Threads(2);
  Register("id_map/read_one", WithoutLock, 1, "id_map/shared_lock_one");
  Register("id_map/read_one", WithoutLock, 1, "id_map/read_one 1.05")
      ->Threads(2);
  Register("id_map/shared_lock", WithSharedLock, kIds);
  Register("id_map/shared_lock", WithSharedLock, kIds, "id_map/shared_lock")
      ->Threads(2);
  Register("id_map/read", WithoutLock, kIds, "id_map/shared_lock");
  Register("id_map/read", WithoutLock, kIds, "id_map/read 1.05")->Threads(2);
  return true;
}();

}  // namespace
}  // namespace clone_auth::service

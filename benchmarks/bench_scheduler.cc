// What the scheduler of refreshes takes for each thing that happens to one of
// a million sessions, all of them in use and asked for at random, which is to
// say from main memory. Adding includes the session's key, the search for
// another with the same, and the first use, and stands beside a table of the
// standard library that holds such keys; the timers are those of the scheduler
// alone; a refresh is Next() and Finished(). What a million weigh, and the
// longest that one call takes, is printed by scheduler_million.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <variant>
#include <vector>

#include "credential/deadline_heap.h"
#include "scheduler_sessions.h"

namespace clone_auth {
namespace {

struct World {
  World() : scheduler(MakeScheduler()) {
    Keys keys;
    for (std::uint32_t n = 0; n < kMillion; ++n) {
      sessions.push_back(
          scheduler->Add(keys.Of(n), TimesOf(n, kStart), kStart).value());
      scheduler->Touch(sessions.back(), kStart);
    }
  }

  std::unique_ptr<RefreshScheduler> scheduler;
  std::vector<SessionHandle> sessions;
  std::uint64_t operations = 0;
  WallTime now = kStart;
};

World& TheWorld() {
  static World& world = *new World();
  return world;
}

void Key(benchmark::State& state) {
  Keys keys;
  std::uint32_t n = 0;
  for (auto _ : state) benchmark::DoNotOptimize(keys.Of(n++));
}

void AddToMap(benchmark::State& state) {
  Keys keys;
  std::unordered_map<SessionKey, std::uint32_t, SessionKeyHash> map;
  std::uint32_t n = kMillion;
  for (auto _ : state) {
    if (n == kMillion) {
      state.PauseTiming();
      map.clear();
      map.rehash(0);
      n = 0;
      state.ResumeTiming();
    }
    map.emplace(keys.Of(n), n);
    ++n;
  }
}

/// A million timers, without the sessions.
struct Timers {
  Timers() : places(kMillion) {
    for (std::uint32_t n = 0; n < kMillion; ++n) Push(n);
  }
  auto Places() {
    return [this](std::uint32_t id) -> std::uint32_t& { return places[id]; };
  }
  void Push(std::uint32_t id) {
    heap.Push(id, Scattered(++operations, UINT32_MAX), Places());
  }

  std::vector<std::uint32_t> places;
  DeadlineHeap heap;
  std::uint64_t operations = 0;
};

void TimerInsert(benchmark::State& state) {
  Timers timers;
  timers.heap = DeadlineHeap();
  std::uint32_t n = 0;
  for (auto _ : state) {
    if (n == kMillion) {
      state.PauseTiming();
      timers.heap = DeadlineHeap();
      n = 0;
      state.ResumeTiming();
    }
    timers.Push(n++);
  }
}

void TimerMove(benchmark::State& state) {
  Timers timers;
  for (auto _ : state) {
    const std::uint64_t n = ++timers.operations;
    timers.heap.Move(Scattered(n, kMillion), Scattered(~n, UINT32_MAX),
                     timers.Places());
  }
}

void Add(benchmark::State& state) {
  Keys keys;
  std::unique_ptr<RefreshScheduler> scheduler;
  std::uint32_t n = kMillion;
  for (auto _ : state) {
    if (n == kMillion) {
      state.PauseTiming();
      scheduler = MakeScheduler();
      n = 0;
      state.ResumeTiming();
    }
    const auto session = scheduler->Add(keys.Of(n), TimesOf(n, kStart), kStart);
    scheduler->Touch(*session, kStart);
    ++n;
  }
}

void Touch(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) {
    const std::uint32_t n = Scattered(++world.operations, kMillion);
    world.scheduler->Touch(world.sessions[n], world.now);
  }
}

void Find(benchmark::State& state) {
  World& world = TheWorld();
  Keys keys;
  for (auto _ : state) {
    const std::uint32_t n = Scattered(++world.operations, kMillion);
    if (!world.scheduler->Find(keys.Of(n))) state.SkipWithError("not there");
  }
}

void Reschedule(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) {
    const std::uint64_t n = ++world.operations;
    world.scheduler->Reschedule(world.sessions[Scattered(n, kMillion)],
                                TimesOf(n, world.now), world.now);
  }
}

void Refresh(benchmark::State& state) {
  World& world = TheWorld();
  const RefreshAttempt attempt{RefreshOutcome::kSucceeded,
                               std::chrono::milliseconds(50)};
  for (auto _ : state) {
    for (;;) {
      const auto step = world.scheduler->Next(world.now);
      if (const auto* start = std::get_if<RefreshScheduler::Start>(&step)) {
        world.scheduler->Touch(start->session, world.now);
        world.scheduler->Finished(start->session, attempt,
                                  TimesOf(++world.operations, world.now),
                                  world.now);
        break;
      }
      world.now = std::get<RefreshScheduler::WaitUntil>(step).until;
    }
  }
}

void Register(const char* name, void (*run)(benchmark::State&),
              const char* label) {
  benchmark::RegisterBenchmark(name, [=](benchmark::State& state) {
    run(state);
    state.SetLabel(label);
  });
}

const bool registered = [] {
  Register("scheduler/key_alone", Key, "");
  Register("scheduler/map", AddToMap, "");
  Register("scheduler/add", Add, "scheduler/map");
  Register("scheduler/timer_insert", TimerInsert, "200ns");
  Register("scheduler/timer_move", TimerMove, "200ns");
  Register("scheduler/touch", Touch, "");
  Register("scheduler/find", Find, "");
  Register("scheduler/reschedule", Reschedule, "200ns");
  Register("scheduler/refresh", Refresh, "");
  return true;
}();

}  // namespace
}  // namespace clone_auth

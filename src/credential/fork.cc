#include "credential/fork.h"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>

namespace clone_auth {
namespace {

constexpr int kFree = -1;

struct Registry {
  Registry() {
    for (auto& place : places) place.store(kFree);
    pthread_atfork(nullptr, nullptr, [] { Instance().BeginChild(); });
  }
  static Registry& Instance() {
    static Registry& registry = *new Registry;  // outlives what uses it
    return registry;
  }

  // Only calls that are safe in a signal handler.
  void BeginChild() {
    internal::fork_generation.fetch_add(1);
    for (auto& place : places) {
      const int fd = place.exchange(kFree);
      if (fd != kFree) close(fd);
    }
  }

  // More locks than this are hardly held at a time.
  std::array<std::atomic<int>, 64> places;
};

}  // namespace

std::atomic<std::uint64_t> internal::fork_generation{1};

void WatchForks() { Registry::Instance(); }

ClosedAtFork::ClosedAtFork(int fd) : generation_(ForkGeneration()) {
  auto& places = Registry::Instance().places;  // and so forks are watched
  for (std::size_t i = 0; i < places.size(); ++i) {
    int expected = kFree;
    if (places[i].compare_exchange_strong(expected, fd)) {
      place_ = static_cast<int>(i);
      return;
    }
  }
}

ClosedAtFork::~ClosedAtFork() {
  if (place_ < 0 || !is_mine()) return;
  Registry::Instance().places[static_cast<std::size_t>(place_)].store(kFree);
}

}  // namespace clone_auth

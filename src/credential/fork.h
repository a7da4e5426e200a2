#pragma once

// What a process that was forked off must know of: that it is one, and the
// locks of which it got a copy.

#include <atomic>
#include <cstdint>

namespace clone_auth {

/// Lets forks be noticed from now on.
void WatchForks();

namespace internal {
extern std::atomic<std::uint64_t> fork_generation;
}

/// Another number in a child of a fork that was watched. Costs one load.
inline std::uint64_t ForkGeneration() {
  return internal::fork_generation.load(std::memory_order_relaxed);
}

/// A descriptor that a child must not keep: it is closed there as soon as the
/// child begins, so that what its parent locked through it does not stay locked
/// for as long as the child lives. One that finds no place is left alone.
class ClosedAtFork {
 public:
  explicit ClosedAtFork(int fd);
  ~ClosedAtFork();
  ClosedAtFork(const ClosedAtFork&) = delete;
  ClosedAtFork& operator=(const ClosedAtFork&) = delete;

  /// False in the child: the number is free there, or somebody else's by now.
  bool is_mine() const { return generation_ == ForkGeneration(); }

 private:
  const std::uint64_t generation_;
  int place_ = -1;
};

}  // namespace clone_auth

#pragma once

// How a session's credential is read without a lock and without touching a
// reference count that threads share: each thread keeps the snapshots that it
// saw last, and one load of the session's counter tells whether its own is
// still the current one.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "clone/clock.h"
#include "clone/credential.h"

namespace clone_auth {

/// What a session serves. Immutable once shared; a child after fork() finds no
/// token in it.
struct SessionSnapshot {
  Credential credential;
  std::uint64_t generation = 0;
};

/// One thread's view of one session.
struct SnapshotSlot {
  std::uint64_t session = 0;    ///< unique in this process; 0: empty
  std::uint64_t published = 0;  ///< the session's counter when it was taken
  std::uint64_t process = 0;    ///< ForkGeneration() when it was taken
  WallTime from{};              ///< serves at and after this time
  WallTime until{};             ///< and before this one
  std::shared_ptr<const SessionSnapshot> snapshot;
};

inline constexpr std::size_t kSnapshotSlots = 8;

/// This thread's place for `session`, which another one may occupy.
inline SnapshotSlot& SlotOf(std::uint64_t session) {
  static thread_local std::array<SnapshotSlot, kSnapshotSlots> slots;
  return slots[session % kSnapshotSlots];
}

}  // namespace clone_auth

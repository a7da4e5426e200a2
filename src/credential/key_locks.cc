#include "credential/key_locks.h"

#include <algorithm>

namespace clone_auth {
namespace {

// Longer waits could not be added to a time.
constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24);

}  // namespace

bool KeyLocks::Acquire(const std::string& key,
                       std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  Turn& turn = turns_[key];
  if (turn.is_held) {
    ++turn.waiting;
    const bool is_free = turn.freed.wait_for(lock, std::min(patience, kLongest),
                                             [&] { return !turn.is_held; });
    --turn.waiting;
    if (!is_free) return false;
  }
  turn.is_held = true;
  return true;
}

void KeyLocks::Release(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto turn = turns_.find(key);
  turn->second.is_held = false;
  if (turn->second.waiting == 0) {
    turns_.erase(turn);
  } else {
    turn->second.freed.notify_one();
  }
}

}  // namespace clone_auth

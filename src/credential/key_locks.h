#pragma once

// A lock for each key, as many as are held. May be shared between threads; a
// lock may be let go in another thread than it was taken in.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

namespace clone_auth {

class KeyLocks {
 public:
  /// False where it was held all the time that `patience` lasts.
  bool Acquire(const std::string& key, std::chrono::milliseconds patience);

  void Release(const std::string& key);

 private:
  struct Turn {
    bool is_held = false;
    std::size_t waiting = 0;
    std::condition_variable freed;
  };

  std::mutex mutex_;
  std::unordered_map<std::string, Turn> turns_;
};

}  // namespace clone_auth

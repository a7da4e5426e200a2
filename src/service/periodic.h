#pragma once

// A task that is done again and again on a thread of its own, whether or not
// anybody asks for anything.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "clone/clock.h"

namespace clone_auth::service {

class Periodic {
 public:
  /// Runs `task` whenever `interval` has passed by `clock`, which is borrowed,
  /// since it was made or began the last time; a quarter of it later at most.
  Periodic(const Clock* clock, std::chrono::nanoseconds interval,
           std::function<void()> task);
  /// Waits for a task that is under way; begins none.
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  void Run();

  const Clock* const clock_;
  const std::chrono::nanoseconds interval_;
  const std::function<void()> task_;
  std::chrono::nanoseconds due_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace clone_auth::service

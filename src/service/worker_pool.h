#pragma once

// A few threads and a queue with an end. What does not fit is refused at once,
// so that a flood costs its senders and nobody else.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace clone_auth::service {

class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t max_waiting);
  ~WorkerPool() { Finish(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  /// False where the queue is full; `task` is then not run.
  bool Submit(std::function<void()> task);

  /// Runs what was taken, and what that submits, then ends the threads.
  void Finish();

  /// How many tasks wait for a thread now.
  std::size_t waiting() const;

 private:
  void Run();

  const std::size_t max_waiting_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace clone_auth::service

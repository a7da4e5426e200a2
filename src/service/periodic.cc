#include "service/periodic.h"

#include <utility>

namespace clone_auth::service {

Periodic::Periodic(const Clock* clock, std::chrono::nanoseconds interval,
                   std::function<void()> task)
    : clock_(clock),
      interval_(interval),
      task_(std::move(task)),
      due_(clock->SinceBoot() + interval),
      thread_([this] { Run(); }) {}

Periodic::~Periodic() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Periodic::Run() {
  std::unique_lock lock(mutex_);
  // The clock cannot be waited on, so it is looked at.
  while (!wake_.wait_for(lock, interval_ / 4, [this] { return ending_; })) {
    const std::chrono::nanoseconds now = clock_->SinceBoot();
    if (now < due_) continue;
    due_ = now + interval_;
    lock.unlock();
    task_();
    lock.lock();
  }
}

}  // namespace clone_auth::service

#include "capi/clock.h"

#include <chrono>
#include <utility>

using clone_auth::Result;
using clone_auth::Status;
using clone_auth::WallTime;
using clone_auth::capi::Callbacks;
using clone_auth::capi::CallerClock;
using clone_auth::capi::Fence;
using clone_auth::capi::Free;
using clone_auth::capi::IsTime;
using clone_auth::capi::Output;

namespace clone_auth::capi {
namespace {

// A plain value, so that the library can be unloaded.
thread_local WallTime::rep time_of_this_call = 0;

class CallTime : public Clock {
 public:
  WallTime Now() const override {
    return WallTime(WallTime::duration(time_of_this_call));
  }
  std::chrono::nanoseconds SinceBoot() const override {
    return SystemClock().SinceBoot();
  }
  void SleepFor(std::chrono::nanoseconds duration) const override {
    SystemClock().SleepFor(duration);
  }
};

class FixedClock : public CallerClock {
 public:
  explicit FixedClock(std::int64_t seconds) : seconds_(seconds) {}
  Result<WallTime> Read() const override {
    return FromUnixSeconds(std::chrono::seconds(seconds_));
  }

 private:
  std::int64_t seconds_;
};

class CallbackClock : public CallerClock {
 public:
  explicit CallbackClock(Callbacks<clone_auth_clock_callbacks> callbacks)
      : callbacks_(std::move(callbacks)) {}

  Result<WallTime> Read() const override {
    std::int64_t seconds = -1;
    if (Ask(&seconds) != CLONE_AUTH_OK || !IsTime(seconds)) {
      return Status(Reason::kInternal, "the clock callback gave no time");
    }
    return FromUnixSeconds(std::chrono::seconds(seconds));
  }

 private:
  clone_auth_status Ask(std::int64_t* seconds) const {
    try {
      return callbacks_->now(callbacks_->user_data, seconds);
    } catch (...) {
      return CLONE_AUTH_UNKNOWN;
    }
  }

  Callbacks<clone_auth_clock_callbacks> callbacks_;
};

}  // namespace

const Clock& ClockFor(const CallerClock* clock) {
  static const CallTime call_time;
  return clock == nullptr ? SystemClock() : call_time;
}

TimeOfCall::TimeOfCall(const CallerClock* clock) : outer_(time_of_this_call) {
  if (clock == nullptr) return;
  const Result<WallTime> now = clock->Read();
  status_ = now.status();
  if (now.ok()) time_of_this_call = now->time_since_epoch().count();
}

TimeOfCall::~TimeOfCall() { time_of_this_call = outer_; }

}  // namespace clone_auth::capi

namespace {

Status GiveClock(std::shared_ptr<const CallerClock> clock,
                 clone_auth_clock** out) {
  auto handle = std::make_unique<clone_auth_clock>();
  handle->clock = std::move(clock);
  *out = handle.release();
  return Status();
}

}  // namespace

clone_auth_status clone_auth_clock_create(
    const clone_auth_clock_callbacks* callbacks, clone_auth_clock** out,
    clone_auth_error** error) {
  Callbacks<clone_auth_clock_callbacks> taken(callbacks);
  return Fence(error, {taken.usable() && taken->now != nullptr, Output(out)},
               [&] {
                 return GiveClock(
                     std::make_shared<const clone_auth::capi::CallbackClock>(
                         std::move(taken)),
                     out);
               });
}

clone_auth_status clone_auth_clock_create_fixed(int64_t unix_seconds,
                                                clone_auth_clock** out,
                                                clone_auth_error** error) {
  return Fence(error, {IsTime(unix_seconds), Output(out)}, [&] {
    return GiveClock(
        std::make_shared<const clone_auth::capi::FixedClock>(unix_seconds),
        out);
  });
}

void clone_auth_clock_free(clone_auth_clock* clock) { Free(clock); }

#pragma once

// The time that verifications go by: the system's, or what a caller's clock
// says. A caller's clock is asked once, before the verification; a clock that
// does not answer ends it there.

#include <memory>

#include "capi/callbacks.h"
#include "capi/handle.h"
#include "clone/clock.h"
#include "clone/result.h"

namespace clone_auth::capi {

/// A clock of the caller's.
class CallerClock {
 public:
  virtual ~CallerClock() = default;

  /// Error: internal.
  virtual Result<WallTime> Read() const = 0;
};

/// What a verifier is made with: the system's clock, or, in a call that read
/// `clock`, the time of that call.
const Clock& ClockFor(const CallerClock* clock);

/// Reads `clock`, if there is one, for a verification on this thread that ends
/// before this object does. One inside of another, as a callback may ask for,
/// goes by a time of its own.
class TimeOfCall {
 public:
  explicit TimeOfCall(const CallerClock* clock);
  TimeOfCall(const TimeOfCall&) = delete;
  TimeOfCall& operator=(const TimeOfCall&) = delete;
  ~TimeOfCall();

  /// Error: internal.
  const Status& status() const { return status_; }

 private:
  WallTime::rep outer_;
  Status status_;
};

}  // namespace clone_auth::capi

struct clone_auth_clock : clone_auth::capi::Handle<3> {
  std::shared_ptr<const clone_auth::capi::CallerClock> clock;
};

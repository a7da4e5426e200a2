#pragma once

// The time that --at says, or the machine's.

#include "clone/clock.h"
#include "options.h"

namespace clonit {

class SetClock final : public clone_auth::Clock {
 public:
  explicit SetClock(const Options& options) : at_(options.at) {}

  clone_auth::WallTime Now() const override {
    if (!at_) return clone_auth::SystemClock().Now();
    return clone_auth::FromUnixSeconds(std::chrono::seconds(*at_));
  }
  std::chrono::nanoseconds SinceBoot() const override {
    return clone_auth::SystemClock().SinceBoot();
  }
  void SleepFor(std::chrono::nanoseconds duration) const override {
    clone_auth::SystemClock().SleepFor(duration);
  }

 private:
  std::optional<std::int64_t> at_;
};

}  // namespace clonit

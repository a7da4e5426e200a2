#include "clone/clock.h"

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace clone_auth {
namespace {

std::chrono::nanoseconds Read(clockid_t id) {
  timespec now{};
  clock_gettime(id, &now);
  return std::chrono::seconds(now.tv_sec) +
         std::chrono::nanoseconds(now.tv_nsec);
}

class LinuxClock final : public Clock {
 public:
  WallTime Now() const override {
    return WallTime(std::chrono::duration_cast<WallTime::duration>(
        Read(CLOCK_REALTIME_COARSE)));
  }

  std::chrono::nanoseconds SinceBoot() const override {
    return Read(CLOCK_BOOTTIME);
  }

  std::chrono::nanoseconds Awake() const override {
    return Read(CLOCK_MONOTONIC);
  }

  void SleepFor(std::chrono::nanoseconds duration) const override {
    if (duration.count() <= 0) return;
    const auto until = Read(CLOCK_MONOTONIC) + duration;
    timespec target{};
    target.tv_sec = static_cast<std::time_t>(until.count() / 1'000'000'000);
    target.tv_nsec = static_cast<long>(until.count() % 1'000'000'000);
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &target, nullptr) ==
           EINTR) {
    }
  }
};

}  // namespace

const Clock& SystemClock() {
  static const LinuxClock clock;
  return clock;
}

std::chrono::seconds ToUnixSeconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
}

WallTime FromUnixSeconds(std::chrono::seconds seconds) {
  constexpr auto kLast = std::chrono::duration_cast<std::chrono::seconds>(
      WallTime::duration::max());
  return WallTime(std::clamp(seconds, -kLast, kLast));
}

}  // namespace clone_auth

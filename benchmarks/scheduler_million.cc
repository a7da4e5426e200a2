// What a million sessions of the scheduler weigh, as the system counts it, and
// the longest that any one call takes: while they come, while a host that was
// asleep finds all of them due, and while the backlog drains. Prints a line
// for each.

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <memory>
#include <variant>
#include <vector>

#include "scheduler_sessions.h"

namespace clone_auth {
namespace {

/// Of this thread alone: others may have the processor in between.
double ProcessorMilliseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 +
         static_cast<double>(time.tv_nsec) / 1e6;
}

std::size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  statm >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// The longest of many calls and the sum of all.
class Longest {
 public:
  template <typename Call>
  auto Of(Call call) {
    const double begin = ProcessorMilliseconds();
    auto result = call();
    const double took = ProcessorMilliseconds() - begin;
    most_ = std::max(most_, took);
    sum_ += took;
    return result;
  }
  void Print(const char* name, double most) const {
    std::printf("scheduler/%-22s longest call %7.3f ms  <= %g ms%s  (%.2f s)\n",
                name, most_, most, most_ <= most ? "  met" : "  MISSED",
                sum_ / 1'000);
  }

 private:
  double most_ = 0;
  double sum_ = 0;
};

/// Returns what a session weighs, with the text of its key.
double Add(RefreshScheduler& scheduler) {
  Keys keys;
  const std::size_t before = ResidentBytes();
  Longest longest;
  for (std::uint32_t n = 0; n < kMillion; ++n) {
    const SessionKey& key = keys.Of(n);
    const auto session = longest.Of(
        [&] { return scheduler.Add(key, TimesOf(n, kStart), kStart).value(); });
    scheduler.Touch(session, kStart);
  }
  longest.Print("add", 10);
  return static_cast<double>(ResidentBytes() - before) / kMillion;
}

/// What the text of a key weighs: an allocation of its own. They are kept, as
/// the system would be busy with taking the memory back.
double TextBytes(std::vector<std::unique_ptr<char[]>>& texts) {
  Keys keys;
  const std::size_t before = ResidentBytes();
  for (std::uint32_t n = 0; n < kMillion; ++n) {
    constexpr std::size_t kNumbers = 8 + 4 * 2;
    const SessionKey& key = keys.Of(n);
    texts[n].reset(new char[kNumbers + key.resource.size() + key.tenant.size() +
                            key.subject.size() + key.client.size()]());
  }
  return static_cast<double>(ResidentBytes() - before) / kMillion;
}

void WakeAndDrain(RefreshScheduler& scheduler) {
  WallTime now = kStart + std::chrono::hours(9);
  Longest waking, draining;
  const RefreshAttempt attempt{RefreshOutcome::kSucceeded,
                               std::chrono::milliseconds(50)};
  for (std::uint32_t done = 0; done < kMillion;) {
    const auto step =
        (done == 0 ? waking : draining).Of([&] { return scheduler.Next(now); });
    if (const auto* start = std::get_if<RefreshScheduler::Start>(&step)) {
      draining.Of([&] {
        return scheduler.Finished(start->session, attempt, TimesOf(done, now),
                                  now);
      });
      ++done;
    } else {
      now = std::get<RefreshScheduler::WaitUntil>(step).until;
    }
  }
  waking.Print("wake", 10);
  draining.Print("drain", 10);
}

}  // namespace
}  // namespace clone_auth

int main() {
  using namespace clone_auth;  // NOLINT: the program is about it
  std::vector<std::unique_ptr<char[]>> texts(kMillion);
  const double text = TextBytes(texts);
  const auto scheduler = MakeScheduler();
  const double all = Add(*scheduler);
  WakeAndDrain(*scheduler);
  const double rest = all - text;
  std::printf(
      "scheduler/bytes_per_session    %6.1f bytes  <= 64%s  (and %.1f of its "
      "key's text)\n",
      rest, rest <= 64 ? "  met" : "  MISSED", text);
}

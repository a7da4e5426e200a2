#pragma once

// The sessions that the programs about the scheduler fill it with.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "clone/clock.h"
#include "clone/refresh_scheduler.h"

namespace clone_auth {

inline constexpr std::uint32_t kMillion = 1'000'000;
inline const WallTime kStart = FromUnixSeconds(std::chrono::hours(490'000));

inline std::unique_ptr<RefreshScheduler> MakeScheduler() {
  RefreshSchedulerOptions options;
  options.starts_per_second = 100'000;
  auto scheduler = RefreshScheduler::Create(options);
  if (!scheduler.ok()) std::abort();
  return std::move(scheduler).value();
}

/// Keys of one API, with a uuid for the user and another for the tenant.
class Keys {
 public:
  const SessionKey& Of(std::uint32_t n) {
    char text[9];
    std::snprintf(text, sizeof text, "%08x", n * 0x9e3779b1U);
    key_.subject.replace(0, 8, text, 8);
    std::snprintf(text, sizeof text, "%08x", n / 100);
    key_.tenant.replace(0, 8, text, 8);
    return key_;
  }

 private:
  SessionKey key_{"https://auth.example.com", "https://api.example.com",
                  "00000000-27c4-4f2b-9f5e-0a3c8b6d1e2f",
                  "00000000-8a4e-4d19-b3a7-5c2f9e7d6b10", "mcp-host"};
};

/// A number below `limit` that looks random and is the same in every run.
inline std::uint32_t Scattered(std::uint64_t n, std::uint32_t limit) {
  n = (n + 1) * 0x9e3779b97f4a7c15;
  n = (n ^ (n >> 32)) * 0xbf58476d1ce4e5b9;
  return static_cast<std::uint32_t>((n >> 32) % limit);
}

/// Due between 40 and 50 minutes from `now`.
inline RefreshTimes TimesOf(std::uint64_t n, WallTime now) {
  const std::chrono::milliseconds jitter(Scattered(n, 600'000));
  return {now + std::chrono::minutes(40) + jitter, now + std::chrono::hours(1)};
}

}  // namespace clone_auth

#pragma once

// What the tests of RefreshScheduler share: sessions with names that differ in
// one letter or number, a time to count from, and a host that does as it is
// told.

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "clone/refresh_scheduler.h"
#include "gtest/gtest.h"

namespace clone_auth::testing {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// 2026-01-01 00:00:00 UTC.
inline const WallTime kEpoch = FromUnixSeconds(seconds(1'767'225'600));

inline const std::string kA = "https://a.example";
inline const std::string kB = "https://b.example";

inline SessionKey KeyOf(int number, std::string issuer = kA) {
  return {std::move(issuer), "https://api.example", "tenant",
          "user-" + std::to_string(number), "client"};
}

/// A scheduler, and the time.
class SchedulerHost {
 public:
  explicit SchedulerHost(RefreshSchedulerOptions options = {}) {
    auto made = RefreshScheduler::Create(std::move(options));
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    scheduler_ = std::move(made).value();
  }

  RefreshScheduler* operator->() { return scheduler_.get(); }

  WallTime now() const { return now_; }
  void Pass(WallTime::duration time) { now_ += time; }

  /// A session whose refresh is due `due` from now.
  SessionHandle AddIdle(const SessionKey& key, WallTime::duration due,
                        WallTime::duration life) {
    auto handle = scheduler_->Add(key, {now_ + due, now_ + life}, now_);
    EXPECT_TRUE(handle.ok()) << handle.status().ToString();
    return handle.ok() ? *handle : SessionHandle();
  }
  /// The same, of a session that is in use.
  SessionHandle Add(const SessionKey& key, WallTime::duration due,
                    WallTime::duration life) {
    const SessionHandle handle = AddIdle(key, due, life);
    EXPECT_TRUE(scheduler_->Touch(handle, now_));
    return handle;
  }
  /// `count` sessions of one issuer that are due now.
  std::vector<SessionHandle> AddDue(int count, const std::string& issuer = kA,
                                    WallTime::duration life = minutes(10)) {
    std::vector<SessionHandle> handles;
    for (int i = 0; i < count; ++i) {
      handles.push_back(Add(KeyOf(i, issuer), seconds(0), life));
    }
    return handles;
  }

  RefreshScheduler::Step Next() {
    for (;;) {
      const auto step = scheduler_->Next(now_);
      const auto* wait = std::get_if<RefreshScheduler::WaitUntil>(&step);
      if (wait == nullptr || wait->until > now_) return step;
    }
  }
  /// What starts next; a handle of no session where nothing does.
  SessionHandle Started() {
    const auto step = Next();
    const auto* start = std::get_if<RefreshScheduler::Start>(&step);
    return start == nullptr ? SessionHandle() : start->session;
  }
  bool IsQuiet() { return Started() == SessionHandle(); }
  WallTime Wait() {
    const auto step = Next();
    const auto* wait = std::get_if<RefreshScheduler::WaitUntil>(&step);
    EXPECT_NE(wait, nullptr);
    return wait == nullptr ? WallTime() : wait->until;
  }
  /// All that start without time passing.
  std::vector<SessionHandle> StartAll() {
    std::vector<SessionHandle> all;
    for (auto next = Started(); next != SessionHandle(); next = Started()) {
      all.push_back(next);
    }
    return all;
  }

  /// Goes to when something starts, which must be within a day.
  SessionHandle AwaitStart() {
    const WallTime end = now_ + hours(24);
    for (;;) {
      const SessionHandle started = Started();
      if (started != SessionHandle()) return started;
      const WallTime until = Wait();
      if (until > end) return SessionHandle();
      now_ = until;
    }
  }

  bool Succeed(SessionHandle handle, WallTime::duration due = minutes(45),
               WallTime::duration life = hours(1),
               milliseconds latency = milliseconds(50)) {
    return scheduler_->Finished(handle, {RefreshOutcome::kSucceeded, latency},
                                {now_ + due, now_ + life}, now_);
  }
  bool Fail(SessionHandle handle, WallTime::duration again = seconds(1),
            RefreshOutcome outcome = RefreshOutcome::kTransient,
            std::optional<seconds> retry_after = std::nullopt) {
    const RefreshAttempt attempt{outcome, milliseconds(50), retry_after};
    return scheduler_->Finished(handle, attempt,
                                {now_ + again, now_ + hours(1)}, now_);
  }
  /// Failures in a row, until the breaker of `issuer` opens.
  void Break(const std::string& issuer = kA) {
    for (int i = 0; i < 100 && !scheduler_->Report(issuer)->is_broken; ++i) {
      const SessionHandle next = AwaitStart();
      ASSERT_NE(next, SessionHandle());
      Fail(next);
    }
    ASSERT_TRUE(scheduler_->Report(issuer)->is_broken);
  }

 private:
  std::unique_ptr<RefreshScheduler> scheduler_;
  WallTime now_ = kEpoch;
};

/// Answers every attempt `latency` after its start for `duration`, and all that
/// are under way at its end. Everybody goes on using their sessions. Returns
/// when each attempt began.
inline std::vector<WallTime> Serve(SchedulerHost& host,
                                   WallTime::duration duration,
                                   milliseconds latency) {
  std::vector<WallTime> starts;
  std::multimap<WallTime, SessionHandle> answers;
  const auto answer = [&](SessionHandle session) {
    host.Succeed(session, minutes(45), hours(1), latency);
    host->Touch(session, host.now());
  };
  const WallTime end = host.now() + duration;
  while (host.now() < end) {
    for (const SessionHandle started : host.StartAll()) {
      starts.push_back(host.now());
      answers.emplace(host.now() + latency, started);
    }
    WallTime next = std::min(end, host.Wait());
    if (!answers.empty()) next = std::min(next, answers.begin()->first);
    host.Pass(next - host.now());
    while (!answers.empty() && answers.begin()->first <= host.now()) {
      answer(answers.begin()->second);
      answers.erase(answers.begin());
    }
  }
  for (const auto& [time, session] : answers) answer(session);
  return starts;
}

}  // namespace clone_auth::testing

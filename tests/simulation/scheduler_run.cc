#include <algorithm>
#include <deque>
#include <memory>
#include <queue>
#include <utility>
#include <variant>
#include <vector>

#include "clone/refresh_scheduler.h"
#include "credential/refresh_schedule.h"
#include "simulation/chance.h"
#include "simulation/storm.h"

namespace clone_auth::simulation {
namespace {

constexpr seconds kLifetime = hours(1);
constexpr std::uint32_t kUsedEvery = 600;  // seconds
constexpr milliseconds kTimeout = seconds(10);

const char kIssuer[] = "https://issuer.example";
const WallTime kBegin = FromUnixSeconds(seconds(1'767'225'600));

struct Session {
  SessionHandle handle;
  RefreshTimes times;
  std::uint32_t cycle = 0;
  int failures = 0;
  bool is_of_backlog = false;
};

struct Answer {
  WallTime time;
  std::uint32_t session = 0;
  RefreshAttempt attempt;

  friend bool operator<(const Answer& a, const Answer& b) {
    return a.time > b.time;
  }
};

class Run {
 public:
  explicit Run(const Storm& storm) : storm_(storm), sessions_(storm.sessions) {
    RefreshSchedulerOptions options;
    options.starts_per_second = storm.starts_per_second;
    scheduler_ = std::move(RefreshScheduler::Create(options)).value();
    result_.attempts.resize(static_cast<std::size_t>(storm.length.count()));
  }

  StormResult Take() {
    const WallTime end = kBegin + storm_.length;
    while (now_ < end) {
      SignIn();
      Use();
      for (; !answers_.empty() && answers_.top().time <= now_; answers_.pop()) {
        Deliver(answers_.top());
      }
      WallTime next = std::min(end, StartAll());
      if (!answers_.empty()) next = std::min(next, answers_.top().time);
      now_ = std::min(next, NextOfItself());
    }
    return std::move(result_);
  }

 private:
  milliseconds elapsed() const {
    return std::chrono::duration_cast<milliseconds>(now_ - kBegin);
  }
  seconds second() const { return std::chrono::floor<seconds>(elapsed()); }

  /// When the session `n` gets its first token.
  WallTime BeginOf(std::uint32_t n) const {
    return kBegin + milliseconds(storm_.restart) * n / storm_.sessions;
  }

  /// Of what happens without the scheduler.
  WallTime NextOfItself() const {
    const WallTime use = kBegin + seconds(used_);
    if (begun_ == storm_.sessions) return use;
    return std::min(use, BeginOf(begun_));
  }

  void SignIn() {
    for (; begun_ < storm_.sessions && BeginOf(begun_) <= now_; ++begun_) {
      Session& session = sessions_[begun_];
      Renew(begun_);
      SessionKey key;
      key.issuer = kIssuer;
      key.subject = std::to_string(begun_);
      session.handle = *scheduler_->Add(key, session.times, now_);
      scheduler_->Touch(session.handle, now_);
    }
  }

  void Renew(std::uint32_t n) {
    Session& session = sessions_[n];
    session.failures = 0;
    ++session.cycle;
    session.times.due =
        now_ + AdvisoryPoint(kLifetime, Chance(n, session.cycle));
    session.times.expires_at = now_ + kLifetime;
  }

  void Use() {
    for (; kBegin + seconds(used_) <= now_; ++used_) {
      for (std::uint32_t n = used_ % kUsedEvery; n < begun_; n += kUsedEvery) {
        scheduler_->Touch(sessions_[n].handle, now_);
      }
    }
  }

  /// Until when nothing more starts.
  WallTime StartAll() {
    for (;;) {
      const auto step = scheduler_->Next(now_);
      if (const auto* start = std::get_if<RefreshScheduler::Start>(&step)) {
        Start(start->session);
        continue;
      }
      const WallTime until = std::get<RefreshScheduler::WaitUntil>(step).until;
      if (until > now_) return until;
    }
  }

  void Start(SessionHandle handle) {
    // Nothing is removed, so the indices are in the order of the beginnings.
    const std::uint32_t n = handle.index;
    std::uint32_t& in_this_second =
        result_.attempts[static_cast<std::size_t>(second().count())];
    ++in_this_second;
    Count();
    NoteTurn(sessions_[n]);
    Answer answer{now_, n, {}};
    answer.attempt.latency = milliseconds(20 + Draw(n, ++draws_) % 30);
    if (storm_.IsDown(second())) {
      answer.attempt.latency = kTimeout;
      answer.attempt.outcome = RefreshOutcome::kTransient;
    } else if (in_this_second > storm_.capacity) {
      answer.attempt.outcome = RefreshOutcome::kOverloaded;
    } else {
      answer.attempt.outcome = RefreshOutcome::kSucceeded;
    }
    answer.time +=
        std::chrono::duration_cast<WallTime::duration>(answer.attempt.latency);
    answers_.push(answer);
  }

  void Count() {
    starts_.push_back(now_);
    while (now_ - starts_.front() >= seconds(1)) starts_.pop_front();
    result_.most_in_any_second = std::max(
        result_.most_in_any_second, static_cast<std::uint32_t>(starts_.size()));
    result_.most_in_flight =
        std::max(result_.most_in_flight, scheduler_->in_flight());
  }

  void NoteTurn(Session& session) {
    if (!std::exchange(session.is_of_backlog, false)) return;
    if (--backlog_left_ == 0) result_.drained_at = elapsed();
    if (session.times.expires_at <= now_) return;
    result_.saved.push_back(ToUnixSeconds(session.times.expires_at).count());
  }

  void Deliver(const Answer& answer) {
    Session& session = sessions_[answer.session];
    if (answer.attempt.outcome == RefreshOutcome::kSucceeded) {
      ++result_.refreshes;
      if (session.times.expires_at <= now_) ++result_.late;
      Renew(answer.session);
      NoteRecovery();
    } else {
      ++session.failures;
      const double chance = Chance(answer.session, session.cycle);
      session.times.due =
          now_ + BackoffWait(session.failures, std::nullopt, chance);
    }
    scheduler_->Finished(session.handle, answer.attempt, session.times, now_);
  }

  void NoteRecovery() {
    const bool is_first =
        storm_.outage_length > seconds(0) &&
        elapsed() >= storm_.outage_at + storm_.outage_length &&
        result_.recovered_at == milliseconds(0);
    if (!is_first) return;
    result_.recovered_at = elapsed();
    for (Session& session : sessions_) {
      session.is_of_backlog = session.times.due <= now_ && !session.failures;
      result_.backlog += session.is_of_backlog;
    }
    backlog_left_ = result_.backlog;
  }

  const Storm storm_;
  std::unique_ptr<RefreshScheduler> scheduler_;
  std::vector<Session> sessions_;
  std::priority_queue<Answer> answers_;
  std::deque<WallTime> starts_;  // within the last second
  WallTime now_ = kBegin;
  std::uint32_t begun_ = 0;
  std::uint32_t used_ = 0;  // seconds
  std::uint64_t draws_ = 0;
  std::uint32_t backlog_left_ = 0;
  StormResult result_;
};

}  // namespace

StormResult RunScheduler(const Storm& storm) { return Run(storm).Take(); }

}  // namespace clone_auth::simulation

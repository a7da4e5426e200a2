#include "clone/durable_session.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "credential/fork.h"
#include "credential/session_store_link.h"
#include "credential/step_free_clock.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Where another process is at the store: how soon to look again, and for how
// long before that counts as a failure.
constexpr milliseconds kLookAgain{50};
constexpr seconds kLockPatience{10};

// How soon to store again what could not be stored.
constexpr seconds kKeepAgain{30};

}  // namespace

struct DurableSession::Impl {
  Impl(std::unique_ptr<TokenSession> s, std::shared_ptr<TokenStore> store,
       const Clock& c, milliseconds wait)
      : session(std::move(s)),
        clock(c),
        lock_wait(wait),
        time(c),
        link(session.get(), std::move(store), c) {}

  Step Begin(bool is_forced);
  Step Prepare(TokenSession::Send send, bool is_forced);
  Step AwaitStore(std::uint64_t attempt, bool is_forced, const Status& why);
  Step Record(TokenSession::Send send, WallTime now);
  void Finish(std::uint64_t attempt, const Result<HttpResponse>& outcome);
  void NoticeFork() {
    if (generation.load(std::memory_order_relaxed) != ForkGeneration()) {
      GoOnAlone();
    }
  }
  void GoOnAlone();
  void Restore(WallTime now);
  void NoticeTime(WallTime now);
  void PayDebt(WallTime now);
  void LetGo() {
    link.Unlock();
    locked_for = 0;
  }
  void Publish() {
    owes.store(link.owes(), std::memory_order_relaxed);
    const std::lock_guard guard(error_mutex);
    error = link.error();
  }
  std::chrono::nanoseconds TimeAsleep() const {
    return clock.SinceBoot() - clock.Awake();
  }

  const std::unique_ptr<TokenSession> session;
  const Clock& clock;
  const milliseconds lock_wait;
  mutable StepFreeClock time;
  std::atomic<std::uint64_t> generation{ForkGeneration()};

  // What was seen of the clock so far.
  std::atomic<WallTime::rep> offset{0};
  std::atomic<std::int64_t> asleep{TimeAsleep().count()};

  // Held while the store is read or written, never over an exchange. Only who
  // has an attempt to prepare or to complete comes here.
  std::mutex mutex;
  SessionStoreLink link;
  std::uint64_t locked_for = 0;
  std::optional<WallTime> waiting_since;
  WallTime keep_again_at{};
  std::atomic<bool> owes{false};

  mutable std::mutex error_mutex;
  Status error;
};

// A child shares neither its parent's request in flight nor its lock nor its
// tokens. The store it shares, and goes on from what is there.
void DurableSession::Impl::GoOnAlone() {
  const std::uint64_t current = ForkGeneration();
  if (generation.exchange(current, std::memory_order_relaxed) == current) {
    return;
  }
  const std::lock_guard guard(mutex);
  LetGo();
  session->Forget();
  Restore(time.Now());
}

void DurableSession::Impl::Restore(WallTime now) {
  link.Restore(now);
  Publish();
}

// Setting the clock and sleeping are noticed by whoever comes first.
void DurableSession::Impl::NoticeTime(WallTime now) {
  const WallTime::rep offset_now = time.offset().count();
  if (offset.exchange(offset_now, std::memory_order_relaxed) != offset_now) {
    session->Notice(SessionEvent::Kind::kClockSet, now);
  }
  // Between the readings of two clocks some time passes.
  constexpr std::chrono::nanoseconds kNoise = seconds(1);
  const std::int64_t asleep_now = TimeAsleep().count();
  std::int64_t before = asleep.load(std::memory_order_relaxed);
  if (asleep_now - before >= kNoise.count() &&
      asleep.compare_exchange_strong(before, asleep_now,
                                     std::memory_order_relaxed)) {
    session->Notice(SessionEvent::Kind::kResumed, now);
  }
}

DurableSession::Step DurableSession::Impl::Begin(bool is_forced) {
  const WallTime now = time.Now();
  NoticeFork();
  NoticeTime(now);
  if (session->IsBereft()) {
    const std::lock_guard guard(mutex);
    Restore(now);
  }
  if (owes.load(std::memory_order_relaxed)) PayDebt(now);
  Step step = is_forced ? session->Start(now) : session->Poll(now);
  if (!std::holds_alternative<TokenSession::Send>(step)) return step;
  const std::lock_guard guard(mutex);
  try {
    step = Prepare(std::get<TokenSession::Send>(std::move(step)), is_forced);
    Publish();
    return step;
  } catch (...) {
    // Nobody was given the attempt, so nobody would report it.
    LetGo();
    session->Forget();
    throw;
  }
}

DurableSession::Step DurableSession::Impl::Prepare(TokenSession::Send send,
                                                   bool is_forced) {
  const Status locked = link.Lock(lock_wait);
  const WallTime now = time.Now();
  if (link.AdoptNewer(now)) {
    // What another process fetched may be old by now.
    Step step = session->Poll(now);
    auto* next = std::get_if<TokenSession::Send>(&step);
    if (next == nullptr) {
      LetGo();
      return step;
    }
    send = std::move(*next);
  }
  if (!locked.ok()) return AwaitStore(send.attempt, is_forced, locked);
  waiting_since.reset();
  locked_for = send.attempt;
  return Record(std::move(send), now);
}

// Another process is at it. To send the same refresh token beside it would
// cost both their session.
DurableSession::Step DurableSession::Impl::AwaitStore(std::uint64_t attempt,
                                                      bool is_forced,
                                                      const Status& why) {
  const WallTime now = time.Now();
  if (!waiting_since) waiting_since = now;
  if (lock_wait.count() > 0 || now - *waiting_since >= kLockPatience) {
    waiting_since.reset();
    session->Complete(attempt, why, now);
    return session->Poll(now);
  }
  session->Postpone(attempt, now + kLookAgain, now);
  if (is_forced) return TokenSession::WaitUntil{now + kLookAgain};
  return session->Poll(now);
}

// The key is on the disk before the request is sent: whoever comes after a
// crash presents the token under it, and is given the same successor.
DurableSession::Step DurableSession::Impl::Record(TokenSession::Send send,
                                                  WallTime now) {
  const std::string& recorded = link.recorded_key();
  if (!recorded.empty()) {
    auto same = session->SendUnder(send.attempt, recorded);
    return same ? Step(*std::move(same)) : session->Poll(now);
  }
  const Status kept = link.Keep(session->tokens(), now);
  const bool works = session->expires_at() > now;
  if (kept.ok() || !works) return send;
  // As long as the token works, a successor that could not be stored is no
  // gain.
  session->Complete(send.attempt, kept, now);
  LetGo();
  return session->Poll(now);
}

void DurableSession::Impl::PayDebt(WallTime now) {
  const std::unique_lock guard(mutex, std::try_to_lock);
  if (!guard.owns_lock() || now < keep_again_at) return;
  keep_again_at = now + kKeepAgain;
  link.KeepAgain(now);
  Publish();
}

void DurableSession::Impl::Finish(std::uint64_t attempt,
                                  const Result<HttpResponse>& outcome) {
  const std::lock_guard guard(mutex);
  const WallTime now = time.Now();
  // A race that was lost to a program which takes no lock is no sign-out.
  const bool is_refused =
      outcome.ok() && outcome->status >= 400 && outcome->status < 500;
  if (!is_refused || !link.AdoptNewer(now)) {
    session->Complete(attempt, outcome, now, [&](const SessionTokens& tokens) {
      [[maybe_unused]] const Status kept = link.Keep(tokens, now);
    });
  }
  if (attempt == locked_for) LetGo();
  Publish();
}

bool DurableSession::is_refreshing() const { return session().is_refreshing(); }

std::unique_ptr<DurableSession> DurableSession::Create(
    std::unique_ptr<TokenSession> session, std::shared_ptr<TokenStore> store,
    DurableSessionOptions options) {
  const Clock& clock =
      options.clock == nullptr ? SystemClock() : *options.clock;
  return std::unique_ptr<DurableSession>(
      new DurableSession(std::make_unique<Impl>(
          std::move(session), std::move(store), clock, options.lock_wait)));
}

DurableSession::DurableSession(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

DurableSession::~DurableSession() = default;

DurableSession::Step DurableSession::Poll() { return impl_->Begin(false); }

DurableSession::Step DurableSession::Start() { return impl_->Begin(true); }

void DurableSession::Complete(std::uint64_t attempt,
                              const Result<HttpResponse>& outcome) {
  impl_->Finish(attempt, outcome);
}

WallTime DurableSession::Now() const { return impl_->time.Now(); }

Result<CredentialHeader> DurableSession::HeaderFor(std::string_view method,
                                                   std::string_view url) const {
  return session().HeaderFor(method, url, Now());
}

void DurableSession::Invalidate(std::uint64_t generation) {
  session().Invalidate(generation, Now());
}

SessionHealth DurableSession::health() const { return session().health(Now()); }

Status DurableSession::store_error() const {
  const std::lock_guard guard(impl_->error_mutex);
  return impl_->error;
}

TokenSession& DurableSession::session() {
  impl_->NoticeFork();
  return *impl_->session;
}

const TokenSession& DurableSession::session() const {
  impl_->NoticeFork();
  return *impl_->session;
}

}  // namespace clone_auth

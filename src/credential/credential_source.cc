#include "clone/credential_source.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <variant>

#include "credential/session_store_link.h"
#include "credential/step_free_clock.h"

namespace clone_auth {
namespace {

class StaticSource final : public CredentialSource {
 public:
  explicit StaticSource(Credential credential)
      : credential_(std::move(credential)) {}

  Result<CredentialHeader> HeaderFor(std::string_view method,
                                     std::string_view url) override {
    return credential_.HeaderFor(method, url);
  }

  bool Renew(std::uint64_t /*generation*/) override { return false; }

 private:
  const Credential credential_;
};

}  // namespace

std::unique_ptr<CredentialSource> MakeStaticSource(Credential credential) {
  return std::make_unique<StaticSource>(std::move(credential));
}

struct SessionCredentialSource::Impl {
  Impl(std::unique_ptr<TokenSession> s, std::shared_ptr<HttpTransport> t,
       const Clock& clock, std::shared_ptr<TokenStore> store)
      : session(std::move(s)),
        transport(std::move(t)),
        time(clock),
        link(session.get(), std::move(store), clock) {}

  // What the session wants done now, which may take an exchange or the wait
  // for somebody else's.
  void Attend();
  void Carry(TokenSession::Step step, std::unique_lock<std::mutex>& lock);
  void AwaitOther(std::unique_lock<std::mutex>& lock);
  void Exchange(TokenSession::Send send);
  void BeQuietUntil(WallTime time_point) {
    quiet_until.store(time_point.time_since_epoch().count(),
                      std::memory_order_release);
  }
  bool IsQuiet(WallTime now) const {
    return now.time_since_epoch().count() <
           quiet_until.load(std::memory_order_acquire);
  }

  const std::unique_ptr<TokenSession> session;
  const std::shared_ptr<HttpTransport> transport;
  StepFreeClock time;
  SessionStoreLink link;  // used by whoever is busy

  // Until this time nothing is due, and nobody need ask the session.
  std::atomic<WallTime::rep> quiet_until{0};

  std::mutex mutex;  // never held over an exchange
  std::condition_variable done;
  bool is_busy = false;
  std::uint64_t exchanges = 0;
  Status store_error;
};

void SessionCredentialSource::Impl::Attend() {
  std::unique_lock lock(mutex);
  Carry(session->Poll(time.Now()), lock);
}

void SessionCredentialSource::Impl::Carry(TokenSession::Step step,
                                          std::unique_lock<std::mutex>& lock) {
  if (auto* send = std::get_if<TokenSession::Send>(&step)) {
    is_busy = true;
    lock.unlock();
    Exchange(std::move(*send));
    lock.lock();
    is_busy = false;
    ++exchanges;
    store_error = link.error();
    BeQuietUntil(WallTime{});
    done.notify_all();
  } else if (std::holds_alternative<TokenSession::WaitUntil>(step)) {
    if (is_busy) AwaitOther(lock);
  } else if (const auto* ready = std::get_if<TokenSession::Ready>(&step)) {
    BeQuietUntil(ready->until);
  }
}

void SessionCredentialSource::Impl::AwaitOther(
    std::unique_lock<std::mutex>& lock) {
  const std::uint64_t seen = exchanges;
  done.wait(lock, [&] { return exchanges != seen; });
}

void SessionCredentialSource::Impl::Exchange(TokenSession::Send send) {
  const auto store_lock = link.Acquire();
  if (link.AdoptNewer(time.Now())) {
    // What another process fetched may be old by now.
    auto step = session->Poll(time.Now());
    auto* next = std::get_if<TokenSession::Send>(&step);
    if (next == nullptr) return;
    send = std::move(*next);
  }
  if (!store_lock.ok()) {
    // Another process is at it. To send the same refresh token beside it
    // would cost both their session.
    session->Complete(send.attempt, store_lock.status(), time.Now());
    return;
  }
  const Result<HttpResponse> outcome =
      transport->Send(send.request, HttpLimits());
  WipeBytes(send.request.body.data(), send.request.body.size());
  session->Complete(send.attempt, outcome, time.Now(),
                    [&](const SessionTokens& tokens) { link.Keep(tokens); });
  // A race lost to a program that does not take the lock is no sign-out.
  const WallTime now = time.Now();
  if (session->health(now) == SessionHealth::kEnded) link.AdoptNewer(now);
}

std::unique_ptr<SessionCredentialSource> SessionCredentialSource::Create(
    std::unique_ptr<TokenSession> session,
    std::shared_ptr<HttpTransport> transport, const Clock* clock,
    std::shared_ptr<TokenStore> store) {
  auto impl = std::make_unique<Impl>(std::move(session), std::move(transport),
                                     clock == nullptr ? SystemClock() : *clock,
                                     std::move(store));
  return std::unique_ptr<SessionCredentialSource>(
      new SessionCredentialSource(std::move(impl)));
}

SessionCredentialSource::SessionCredentialSource(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

SessionCredentialSource::~SessionCredentialSource() = default;

Result<CredentialHeader> SessionCredentialSource::HeaderFor(
    std::string_view method, std::string_view url) {
  WallTime now = impl_->time.Now();
  if (!impl_->IsQuiet(now)) {
    impl_->Attend();
    now = impl_->time.Now();
  }
  auto header = impl_->session->HeaderFor(method, url, now);
  if (header.ok() || header.status().reason() != Reason::kTokenExpired) {
    return header;
  }
  Status cause = impl_->session->last_error();
  if (cause.ok()) return header;
  return cause;
}

bool SessionCredentialSource::Renew(std::uint64_t generation) {
  TokenSession& session = *impl_->session;
  std::unique_lock lock(impl_->mutex);
  if (session.generation() == generation) {
    const WallTime now = impl_->time.Now();
    session.Invalidate(generation, now);
    if (impl_->is_busy) {
      impl_->AwaitOther(lock);
    } else {
      impl_->Carry(session.Poll(now), lock);
    }
  }
  return session.generation() != generation &&
         session.health(impl_->time.Now()) != SessionHealth::kEnded;
}

Status SessionCredentialSource::Refresh() {
  TokenSession& session = *impl_->session;
  std::unique_lock lock(impl_->mutex);
  if (impl_->is_busy) {
    impl_->AwaitOther(lock);
    return session.last_error();
  }
  auto step = session.Start(impl_->time.Now());
  if (session.tokens().refresh.empty()) {
    return Status(Reason::kRefreshInvalid, "the session has no refresh token");
  }
  impl_->Carry(std::move(step), lock);
  return session.last_error();
}

Status SessionCredentialSource::store_error() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->store_error;
}

TokenSession& SessionCredentialSource::session() { return *impl_->session; }

}  // namespace clone_auth

#include "clone/credential_source.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <variant>

#include "base/wiped_text.h"
#include "clone/durable_session.h"

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
  Impl(std::unique_ptr<DurableSession> d, std::shared_ptr<HttpTransport> t)
      : durable(std::move(d)), transport(std::move(t)) {}

  // What the session wants done now, which may take an exchange or the wait
  // for somebody else's.
  void Attend(bool is_forced);
  void Exchange(TokenSession::Send send);
  void AwaitOther(std::uint64_t seen);
  std::uint64_t Exchanges();
  void BeQuietUntil(WallTime time_point) {
    quiet_until.store(time_point.time_since_epoch().count(),
                      std::memory_order_release);
  }
  bool IsQuiet(WallTime now) const {
    return now.time_since_epoch().count() <
           quiet_until.load(std::memory_order_acquire);
  }

  const std::unique_ptr<DurableSession> durable;
  const std::shared_ptr<HttpTransport> transport;

  // Until this time nothing is due, and nobody need ask the session.
  std::atomic<WallTime::rep> quiet_until{0};

  std::mutex mutex;  // never held over an exchange
  std::condition_variable done;
  std::uint64_t exchanges = 0;
};

std::uint64_t SessionCredentialSource::Impl::Exchanges() {
  const std::lock_guard lock(mutex);
  return exchanges;
}

void SessionCredentialSource::Impl::Attend(bool is_forced) {
  const std::uint64_t seen = Exchanges();
  auto step = is_forced ? durable->Start() : durable->Poll();
  if (auto* send = std::get_if<TokenSession::Send>(&step)) {
    Exchange(std::move(*send));
  } else if (std::holds_alternative<TokenSession::WaitUntil>(step)) {
    AwaitOther(seen);
  } else if (const auto* ready = std::get_if<TokenSession::Ready>(&step)) {
    BeQuietUntil(ready->until);
  }
  // Whoever took an attempt has given it back, sent or not.
  const std::lock_guard lock(mutex);
  done.notify_all();
}

// Waits until the exchange of another thread is over, unless one was since
// `seen`.
void SessionCredentialSource::Impl::AwaitOther(std::uint64_t seen) {
  std::unique_lock lock(mutex);
  done.wait(lock,
            [&] { return exchanges != seen || !durable->is_refreshing(); });
}

void SessionCredentialSource::Impl::Exchange(TokenSession::Send send) {
  Result<HttpResponse> outcome = transport->Send(send.request, HttpLimits());
  WipeText(send.request.body);
  durable->Complete(send.attempt, outcome);
  if (outcome.ok()) WipeText(outcome->body);
  const std::lock_guard lock(mutex);
  ++exchanges;
  BeQuietUntil(WallTime{});
}

std::unique_ptr<SessionCredentialSource> SessionCredentialSource::Create(
    std::unique_ptr<TokenSession> session,
    std::shared_ptr<HttpTransport> transport, const Clock* clock,
    std::shared_ptr<TokenStore> store) {
  constexpr std::chrono::seconds kLockWait{10};
  auto durable = DurableSession::Create(std::move(session), std::move(store),
                                        {clock, kLockWait});
  return std::unique_ptr<SessionCredentialSource>(new SessionCredentialSource(
      std::make_unique<Impl>(std::move(durable), std::move(transport))));
}

SessionCredentialSource::SessionCredentialSource(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

SessionCredentialSource::~SessionCredentialSource() = default;

Result<CredentialHeader> SessionCredentialSource::HeaderFor(
    std::string_view method, std::string_view url) {
  DurableSession& durable = *impl_->durable;
  WallTime now = durable.Now();
  if (!impl_->IsQuiet(now)) {
    impl_->Attend(false);
    now = durable.Now();
  }
  // What DurableSession::HeaderFor would do, with the time that is known.
  const TokenSession& session = durable.session();
  auto header = session.HeaderFor(method, url, now);
  if (header.ok() || header.status().reason() != Reason::kTokenExpired) {
    return header;
  }
  Status cause = session.last_error();
  if (cause.ok()) return header;
  return cause;
}

bool SessionCredentialSource::Renew(std::uint64_t generation) {
  const DurableSession& durable = *impl_->durable;
  const TokenSession& session = durable.session();
  if (session.generation() == generation) {
    const std::uint64_t seen = impl_->Exchanges();
    impl_->durable->Invalidate(generation);
    if (!durable.is_refreshing()) impl_->Attend(false);
    // Another thread may have taken the attempt, before or meanwhile.
    impl_->AwaitOther(seen);
  }
  return session.generation() != generation &&
         durable.health() != SessionHealth::kEnded;
}

Status SessionCredentialSource::Refresh() {
  const TokenSession& session = impl_->durable->session();
  const std::uint64_t seen = impl_->Exchanges();
  if (session.is_refreshing()) {
    impl_->AwaitOther(seen);
    return session.last_error();
  }
  if (session.tokens().refresh.empty()) {
    return Status(Reason::kRefreshInvalid, "the session has no refresh token");
  }
  impl_->Attend(true);
  return session.last_error();
}

Status SessionCredentialSource::store_error() const {
  return impl_->durable->store_error();
}

TokenSession& SessionCredentialSource::session() {
  return impl_->durable->session();
}

}  // namespace clone_auth

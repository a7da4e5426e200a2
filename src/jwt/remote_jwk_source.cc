#include "clone/remote_jwk_source.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <variant>

#include "base/macros.h"

namespace clone_auth {
namespace {

using std::chrono::milliseconds;

// How long a request leaves a fetch that is due to a host that calls RunDue().
// A key set of the shortest lifetime, 60 s, is then still fetched in time.
constexpr std::chrono::seconds kPatience{5};

// Less than what an attempt is given until it counts as lost.
constexpr milliseconds kLongest{30'000};

Status Invalid(std::string message) {
  return Status(Reason::kInvalidArgument, std::move(message));
}

}  // namespace

struct RemoteJwkSource::Impl {
  using Lock = std::unique_lock<std::mutex>;
  using Deadline = std::chrono::steady_clock::time_point;

  Impl(RemoteJwkOptions o, JwkFetcher f, HttpTransport* t, const Clock* c)
      : options(std::move(o)), fetcher(std::move(f)), transport(t), clock(c) {}

  Deadline WaitsEnd() const {
    return std::chrono::steady_clock::now() + options.wait;
  }
  Status Unavailable() const;
  void Exchange(Lock& lock, const JwkFetcher::Send& send);
  bool AwaitAnswer(Lock& lock, Deadline deadline);

  const RemoteJwkOptions options;
  std::mutex mutex;
  std::condition_variable answered;
  std::uint64_t answers = 0;
  JwkFetcher fetcher;
  std::atomic<std::uint64_t> generation{0};
  HttpTransport* const transport;
  const Clock* const clock;
};

Status RemoteJwkSource::Impl::Unavailable() const {
  const Status& why = fetcher.last_error();
  std::string message = "the issuer's keys cannot be had";
  if (!why.ok()) message += ": " + std::string(why.message());
  return Status(Reason::kKeySetUnavailable, std::move(message));
}

// The lock is not held while the issuer is asked.
void RemoteJwkSource::Impl::Exchange(Lock& lock, const JwkFetcher::Send& send) {
  HttpLimits limits;
  limits.total = options.request_timeout;
  limits.connect = options.request_timeout;
  limits.max_body = kJwkMaxAnswer;
  lock.unlock();
  const auto outcome = transport->Send(send.request, limits);
  lock.lock();
  fetcher.Complete(send.attempt, outcome, clock->Now());
  generation.store(fetcher.generation(), std::memory_order_release);
  ++answers;
  answered.notify_all();
}

// False where the answer that another thread awaits did not come in time.
bool RemoteJwkSource::Impl::AwaitAnswer(Lock& lock, Deadline deadline) {
  return answered.wait_until(
      lock, deadline, [this, before = answers] { return answers != before; });
}

Result<std::unique_ptr<RemoteJwkSource>> RemoteJwkSource::Create(
    RemoteJwkOptions options, HttpTransport* transport, const Clock* clock,
    RandomSource* random) {
  if (transport == nullptr || clock == nullptr) {
    return Invalid("a remote key set needs a transport and a clock");
  }
  if (options.request_timeout < milliseconds(1) ||
      options.request_timeout > kLongest) {
    return Invalid("a request to an issuer takes from 1 ms to 30 s");
  }
  if (options.wait < milliseconds(0) || options.wait > kLongest) {
    return Invalid("a verification waits for keys from 0 to 30 s");
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(JwkFetcher fetcher,
                              JwkFetcher::Create(options.fetch, random));
  return std::unique_ptr<RemoteJwkSource>(
      new RemoteJwkSource(std::make_unique<Impl>(
          std::move(options), std::move(fetcher), transport, clock)));
}

RemoteJwkSource::RemoteJwkSource(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}

RemoteJwkSource::~RemoteJwkSource() = default;

std::uint64_t RemoteJwkSource::generation() const {
  return impl_->generation.load(std::memory_order_acquire);
}

Result<JwkSnapshot> RemoteJwkSource::Current(WallTime now) {
  const auto deadline = impl_->WaitsEnd();
  Impl::Lock lock(impl_->mutex);
  JwkFetcher& fetcher = impl_->fetcher;
  for (;; now = impl_->clock->Now()) {
    const JwkFetcher::Step step = fetcher.Poll(now, kPatience);
    if (const auto* ready = std::get_if<JwkFetcher::Ready>(&step)) {
      return JwkSnapshot{*fetcher.KeysAt(now), fetcher.generation(),
                         ready->until};
    }
    if (const auto* send = std::get_if<JwkFetcher::Send>(&step)) {
      impl_->Exchange(lock, *send);
    } else if (!fetcher.is_waiting() || !impl_->AwaitAnswer(lock, deadline)) {
      return impl_->Unavailable();
    }
  }
}

Result<bool> RemoteJwkSource::Renew(std::uint64_t seen, WallTime now) {
  const auto deadline = impl_->WaitsEnd();
  Impl::Lock lock(impl_->mutex);
  JwkFetcher& fetcher = impl_->fetcher;
  for (; fetcher.generation() == seen; now = impl_->clock->Now()) {
    const JwkFetcher::Step step = fetcher.Renew(now);
    if (const auto* send = std::get_if<JwkFetcher::Send>(&step)) {
      impl_->Exchange(lock, *send);
    } else if (fetcher.is_waiting()) {
      if (!impl_->AwaitAnswer(lock, deadline)) return impl_->Unavailable();
    } else if (std::holds_alternative<JwkFetcher::Ready>(step)) {
      return false;
    } else {
      return impl_->Unavailable();
    }
  }
  return true;
}

WallTime RemoteJwkSource::RunDue(WallTime now) {
  Impl::Lock lock(impl_->mutex);
  for (;; now = impl_->clock->Now()) {
    const JwkFetcher::Step step = impl_->fetcher.Poll(now);
    if (const auto* ready = std::get_if<JwkFetcher::Ready>(&step)) {
      return ready->until;
    }
    if (const auto* wait = std::get_if<JwkFetcher::WaitUntil>(&step)) {
      return wait->time;
    }
    impl_->Exchange(lock, std::get<JwkFetcher::Send>(step));
  }
}

Status RemoteJwkSource::last_error() const {
  const Impl::Lock lock(impl_->mutex);
  return impl_->fetcher.last_error();
}

}  // namespace clone_auth

#include "worker.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "clone/random.h"
#include "response_text.h"
#include "session.h"

namespace auth_server {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds kTick{200};
/// After accept() failed, as it does where no file descriptor is left.
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

Worker::Worker(clone_auth::IdentityService& service, LogSink& sink,
               const ConnectionLimits& limits)
    : service_(service), limits_(limits), log_(sink) {
  // Ids only have to differ; without random bytes they start at zero.
  if (!clone_auth::SystemRandom().Fill(&id_base_, sizeof id_base_).ok()) {
    id_base_ = 0;
  }
}

void Worker::Run(Acceptor acceptor) {
  acceptor_ = &acceptor;
  asio::co_spawn(io_, Accept(acceptor), asio::detached);
  asio::co_spawn(io_, Tick(), asio::detached);
  io_.run();
  log_.Flush();
}

void Worker::Stop() {
  asio::post(io_, [this] {
    stopping_ = true;
    error_code ignored;
    acceptor_->close(ignored);
    for (Session* session : sessions_) session->EndIfIdle();
    tick_.cancel();
  });
}

Task<void> Worker::Accept(Acceptor& acceptor) {
  Timer pause(io_.get_executor());
  while (!stopping_) {
    error_code error;
    Socket socket =
        co_await acceptor.async_accept(asio::redirect_error(kAwait, error));
    if (!error) {
      asio::co_spawn(io_, Serve(*this, std::move(socket)), asio::detached);
    } else if (error != asio::error::operation_aborted) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::redirect_error(kAwait, error));
    }
  }
}

/// One timer for all connections of the worker: none of them pays for one of
/// its own with each request.
Task<void> Worker::Tick() {
  while (!stopping_ || !sessions_.empty()) {
    error_code cancelled;
    tick_.expires_after(kTick);
    co_await tick_.async_wait(asio::redirect_error(kAwait, cancelled));
    const auto now = SteadyClock::now();
    for (Session* session : sessions_) session->CheckDeadline(now);
    log_.Flush();
  }
}

void Worker::Enter(Session* session) {
  sessions_.insert(session);
  metrics_.connections_accepted.Add(1);
  metrics_.connections_open.Add(1);
}

void Worker::Leave(Session* session) {
  sessions_.erase(session);
  metrics_.connections_open.Subtract(1);
}

const std::string& Worker::Date() {
  const std::int64_t second =
      clone_auth::ToUnixSeconds(clone_auth::SystemClock().Now()).count();
  if (second != date_second_) {
    date_second_ = second;
    date_ = HttpDate(second);
  }
  return date_;
}

std::string Worker::NextRequestId() {
  static constexpr char kDigits[] = "0123456789abcdef";
  // An odd factor runs through all values before one comes again.
  constexpr std::uint64_t kSpread = 0x9e3779b97f4a7c15;
  std::uint64_t value = id_base_ + ++next_id_ * kSpread;
  std::string id(16, '0');
  for (char& digit : id) {
    digit = kDigits[value & 15];
    value >>= 4;
  }
  return id;
}

}  // namespace auth_server

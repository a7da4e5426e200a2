#include "session.h"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

namespace auth_server {
namespace {

using State = RequestReader::State;
using boost::system::error_code;
using clone_auth::HttpResponse;
using clone_auth::Reason;

std::string PeerAddress(const Socket& socket) {
  error_code error;
  const auto peer = socket.remote_endpoint(error);
  if (error) return {};
  // An IPv4 client of a socket for both is written as one.
  const auto address = peer.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6())
        .to_string();
  }
  return address.to_string();
}

}  // namespace

Session::Session(Worker& worker, Socket socket)
    : worker_(worker),
      socket_(std::move(socket)),
      peer_(PeerAddress(socket_)),
      reader_(worker.limits()),
      reply_arrived_(worker.io().get_executor(), Time::max()) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  worker_.Enter(this);
}

Session::~Session() {
  FreeBody();
  worker_.Leave(this);
}

Task<void> Session::Run() {
  while (co_await Receive()) {
    Begin();
    close_ = worker_.stopping() || !reader_.keep_alive();
    co_await Answer();
    const bool sent = co_await Send();
    Record();
    FreeBody();
    if (!sent || close_) break;
    served_ = true;
    reader_.Next();
  }
  co_await Linger();
}

/// True: a whole request is here. What is none is answered here.
Task<bool> Session::Receive() {
  seen_ = State::kComplete;
  while (reader_.state() < State::kComplete) {
    SetReadDeadline();
    if (reader_.TakeExpectation() &&
        !co_await Write("HTTP/1.1 100 Continue\r\n\r\n")) {
      co_return false;
    }
    const auto space = reader_.Space();
    const auto buffer = asio::buffer(space.data(), space.size());
    error_code error;
    std::size_t size = 0;
    if (worker_.stopping() && reader_.state() == State::kEmpty) {
      // No waiting any more, but what has come already is served.
      size = socket_.read_some(buffer, error);
    } else {
      size = co_await socket_.async_read_some(
          buffer, asio::redirect_error(kAwait, error));
      if (error == asio::error::operation_aborted && !timed_out_) continue;
    }
    if (error) {
      // Whoever sent nothing, or went away, gets no answer.
      const bool told = timed_out_ || error == asio::error::eof;
      if (!told || reader_.state() == State::kEmpty) co_return false;
      break;
    }
    reader_.Commit(size);
    if (!CountBody()) break;
  }
  if (reader_.state() == State::kComplete && !crowded_) co_return true;
  Begin();
  response_ = ErrorResponse(WhyRefused());
  FreeBody();
  close_ = true;
  co_await Send();
  Record();
  co_return false;
}

/// Large bodies are few, and many of them an attack; so what they all take at
/// once is bounded. Small ones are not counted, or a flood would keep them out.
bool Session::CountBody() {
  constexpr std::size_t kSmall = 64 * 1024;
  const std::size_t size = reader_.request().body.size();
  if (size <= kSmall) return true;
  Cell& all = worker_.metrics().large_body_bytes;
  all.Add(size - body_bytes_);
  body_bytes_ = size;
  crowded_ = all.value() > worker_.limits().max_bodies_bytes;
  return !crowded_;
}

void Session::FreeBody() {
  worker_.metrics().large_body_bytes.Subtract(body_bytes_);
  body_bytes_ = 0;
  reader_.request().body = std::string();
}

Refusal Session::WhyRefused() const {
  if (crowded_) return {503, Reason::kOverloaded, {}};
  if (reader_.state() == State::kRefused) return reader_.refusal();
  if (timed_out_) {
    return {408, Reason::kTimeout, "The request came too slowly."};
  }
  return {400, Reason::kInvalidArgument,
          "The request ends before it is whole."};
}

/// Keeps what is needed of the request after it was handed on.
void Session::Begin() {
  began_ = SteadyClock::now();
  method_ = reader_.request().method;
  target_ = reader_.request().target;
}

void Session::SetReadDeadline() {
  const State state = reader_.state();
  if (state == seen_) return;
  seen_ = state;
  const auto& limits = worker_.limits();
  const auto idle = served_ ? limits.idle : limits.header;
  deadline_ = SteadyClock::now() + (state == State::kEmpty  ? idle
                                    : state == State::kHead ? limits.header
                                                            : limits.body);
}

Task<void> Session::Answer() {
  deadline_ = Time::max();
  auto& request = reader_.request();
  request.peer_address = peer_;
  reply_.store(Reply::kPending);
  // The service answers before it goes, and it goes before the sessions do.
  worker_.service().HandleAsync(
      std::move(request),
      [this](HttpResponse response) { Deliver(std::move(response)); });
  if (reply_.exchange(Reply::kAwaited) == Reply::kHere) co_return;
  error_code cancelled;
  co_await reply_arrived_.async_wait(asio::redirect_error(kAwait, cancelled));
}

/// In whatever thread has the answer.
void Session::Deliver(HttpResponse response) {
  response_ = std::move(response);
  if (reply_.exchange(Reply::kHere) == Reply::kPending) return;
  // Runs in the worker's thread, so not before the session waits.
  asio::post(worker_.io(), [this] { reply_arrived_.cancel(); });
}

Task<bool> Session::Send() {
  Compose();
  co_return co_await Write(out_);
}

void Session::Compose() {
  request_id_ = worker_.NextRequestId();
  close_ = close_ || worker_.stopping();
  ResponseContext context;
  context.date = worker_.Date();
  context.request_id = request_id_;
  context.head_only = method_ == "HEAD";
  context.keep_alive = !close_;
  context.http_1_0 = reader_.is_http_1_0();
  WriteResponse(response_, context, out_);
}

Task<bool> Session::Write(std::string_view bytes) {
  error_code error;
  while (true) {
    const std::size_t size =
        socket_.write_some(asio::buffer(bytes.data(), bytes.size()), error);
    bytes.remove_prefix(size);
    if (bytes.empty()) co_return true;
    if (error && error != asio::error::would_block) co_return false;
    deadline_ = SteadyClock::now() + worker_.limits().write;
    co_await socket_.async_wait(Socket::wait_write,
                                asio::redirect_error(kAwait, error));
    if (error) co_return false;
  }
}

/// Closing while the client still sends would make its system throw our answer
/// away; so what it sends is read for a while, and dropped.
Task<void> Session::Linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  if (error || reader_.state() == State::kEmpty || worker_.stopping()) {
    co_return;
  }
  deadline_ = SteadyClock::now() + worker_.limits().body;
  lingering_ = true;
  std::string dropped(16 * 1024, '\0');
  while (!error) {
    co_await socket_.async_read_some(asio::buffer(dropped),
                                     asio::redirect_error(kAwait, error));
  }
}

void Session::CheckDeadline(Time now) {
  if (now < deadline_) return;
  timed_out_ = true;
  error_code ignored;
  socket_.cancel(ignored);
}

void Session::EndIfIdle() {
  if (reader_.state() != State::kEmpty && !lingering_) return;
  error_code ignored;
  socket_.cancel(ignored);
}

void Session::Record() {
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(
      SteadyClock::now() - began_);
  worker_.metrics().CountAnswer(method_, target_, response_, took);
  const std::string* refusal = response_.status == 401
                                   ? response_.headers.Find("X-Refusal-Id")
                                   : nullptr;
  worker_.log().Add({request_id_, peer_, method_, target_, response_.status,
                     took, refusal == nullptr ? std::string_view() : *refusal});
}

Task<void> Serve(Worker& worker, Socket socket) {
  Session session(worker, std::move(socket));
  co_await session.Run();
}

}  // namespace auth_server

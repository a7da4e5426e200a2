#include "listener.h"

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <string_view>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

namespace adversarial {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using clone_auth::HttpRequest;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;
using clone_auth::testing::Delivery;
using Received = http::request<http::string_body>;

constexpr std::size_t kMaxBody = 1024 * 1024;

HttpRequest RequestOf(const Received& received) {
  HttpRequest request;
  request.method = std::string(received.method_string());
  request.target = std::string(received.target());
  for (const auto& field : received) {
    request.headers.Add(std::string(field.name_string()),
                        std::string(field.value()));
  }
  request.body = received.body();
  return request;
}

std::string TextOf(const Delivery& delivery, bool is_head) {
  const auto& response = delivery.response;
  const auto status =
      http::int_to_status(static_cast<unsigned>(response.status));
  std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " +
                     std::string(http::obsolete_reason(status)) + "\r\n";
  for (const auto& [name, value] : response.headers) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  text +=
      "Content-Length: " + std::to_string(response.body.size()) + "\r\n\r\n";
  if (is_head) return text;
  const std::string_view body = response.body;
  return text.append(body.substr(0, delivery.cut_at.value_or(body.size())));
}

/// Until the other end is gone; what it still sends is dropped.
asio::awaitable<void> WaitUntilGone(tcp::socket& socket) {
  std::array<char, 1024> dropped{};
  for (error_code error; !error;) {
    co_await socket.async_read_some(
        asio::buffer(dropped),
        asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> Wait(const asio::any_io_executor& executor,
                           std::chrono::seconds time) {
  asio::steady_timer timer(executor, time);
  error_code ignored;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

/// True: the connection can take another request.
asio::awaitable<bool> Send(tcp::socket& socket, const Delivery& delivery,
                           bool is_head) {
  if (delivery.is_withheld) co_await WaitUntilGone(socket);
  if (delivery.is_withheld || delivery.is_lost) co_return false;
  if (delivery.after.count() > 0) {
    co_await Wait(socket.get_executor(), delivery.after);
  }
  const std::string text = TextOf(delivery, is_head);
  error_code error;
  co_await asio::async_write(socket, asio::buffer(text),
                             asio::redirect_error(asio::use_awaitable, error));
  co_return !error && !delivery.cut_at;
}

/// What is no HTTP gets the end of the connection for an answer.
asio::awaitable<void> Serve(tcp::socket socket,
                            const Listener::Handler& handler) {
  boost::beast::flat_buffer buffer;
  for (bool is_open = true; is_open;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kMaxBody);
    error_code error;
    co_await http::async_read(socket, buffer, parser,
                              asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    const Received& received = parser.get();
    const Delivery delivery = handler(RequestOf(received));
    const bool is_head = received.method() == http::verb::head;
    is_open = co_await Send(socket, delivery, is_head) && parser.keep_alive();
  }
  error_code ignored;
  socket.shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace

struct Listener::Impl {
  error_code Bind(std::uint16_t port) {
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
    return error;
  }

  asio::awaitable<void> Accept() {
    for (;;) {
      error_code error;
      tcp::socket socket = co_await acceptor.async_accept(
          asio::redirect_error(asio::use_awaitable, error));
      if (error) {
        // No descriptor may be left: time for others to end.
        co_await Wait(io.get_executor(), std::chrono::seconds(1));
        continue;
      }
      socket.set_option(tcp::no_delay(true), error);
      asio::co_spawn(io, Serve(std::move(socket), handler), asio::detached);
    }
  }

  Handler handler;
  // Its end destroys the connections that are left, which use the handler.
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
};

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Listener::~Listener() = default;

Result<std::unique_ptr<Listener>> Listener::Bind(std::uint16_t port) {
  auto impl = std::make_unique<Impl>();
  if (const error_code error = impl->Bind(port)) {
    return Status(Reason::kUnreachable, "cannot listen on port " +
                                            std::to_string(port) + ": " +
                                            error.message());
  }
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

std::uint16_t Listener::port() const {
  error_code ignored;
  return impl_->acceptor.local_endpoint(ignored).port();
}

void Listener::Run(Handler handler) {
  impl_->handler = std::move(handler);
  asio::signal_set signals(impl_->io, SIGINT, SIGTERM);
  signals.async_wait([this](const error_code&, int) { impl_->io.stop(); });
  asio::co_spawn(impl_->io, impl_->Accept(), asio::detached);
  impl_->io.run();
}

}  // namespace adversarial

#pragma once

// One thread of the server: an io_context, an acceptor of its own on the
// shared port (SO_REUSEPORT), and the connections that it accepted. Nothing
// here is shared with another worker but the service and the log.

#include <chrono>
#include <string>
#include <unordered_set>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "access_log.h"
#include "clone/service.h"
#include "metrics.h"
#include "options.h"

namespace auth_server {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

// Everything is typed on the executor of io_context: the polymorphic default
// costs a virtual call and a reference count at each step.
using Executor = asio::io_context::executor_type;
template <typename T>
using Task = asio::awaitable<T, Executor>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;
using Timer =
    asio::basic_waitable_timer<SteadyClock, asio::wait_traits<SteadyClock>,
                               Executor>;
inline constexpr asio::use_awaitable_t<Executor> kAwait;

class Session;

class Worker {
 public:
  Worker(clone_auth::IdentityService& service, LogSink& sink,
         const ConnectionLimits& limits);

  /// Serves until Stop() was called and the last connection ended.
  void Run(Acceptor acceptor);

  /// No new connection, and each one here ends with its current request. May
  /// be called from any thread.
  void Stop();
  /// Ends Run() whatever is in flight. May be called from any thread.
  void Abandon() { io_.stop(); }

  // For the sessions, in the worker's thread.
  clone_auth::IdentityService& service() { return service_; }
  const ConnectionLimits& limits() const { return limits_; }
  AccessLog& log() { return log_; }
  WorkerMetrics& metrics() { return metrics_; }
  bool stopping() const { return stopping_; }
  /// The value of the Date field, made once a second.
  const std::string& Date();
  std::string NextRequestId();
  void Enter(Session* session);
  void Leave(Session* session);

  asio::io_context& io() { return io_; }

 private:
  Task<void> Accept(Acceptor& acceptor);
  Task<void> Tick();

  clone_auth::IdentityService& service_;
  const ConnectionLimits& limits_;
  AccessLog log_;
  WorkerMetrics metrics_;
  bool stopping_ = false;
  std::int64_t date_second_ = -1;
  std::string date_;
  std::uint64_t id_base_ = 0;
  std::uint64_t next_id_ = 0;
  std::unordered_set<Session*> sessions_;
  Acceptor* acceptor_ = nullptr;
  // The last member: its end destroys the sessions that are left.
  asio::io_context io_{1};
  Timer tick_{io_.get_executor()};
};

/// Serves one connection to its end.
Task<void> Serve(Worker& worker, Socket socket);

}  // namespace auth_server

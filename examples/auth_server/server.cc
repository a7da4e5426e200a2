#include "server.h"

#include <sys/resource.h>

#include <atomic>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "admin_socket.h"
#include "listen.h"
#include "metrics_server.h"
#include "metrics_text.h"
#include "worker.h"

namespace auth_server {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;

void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int ThreadCount(int wanted) {
  if (wanted > 0) return wanted;
  const unsigned cores = std::thread::hardware_concurrency();
  return cores == 0 ? 1 : static_cast<int>(cores);
}

}  // namespace

class Server::Impl {
 public:
  Status Bind(const Options& options) {
    auto resolved = Resolve(options.listen);
    if (!resolved.ok()) return std::move(resolved).status();
    tcp::endpoint endpoint = *resolved;
    error_code error = CheckIsFree(control_, endpoint);
    for (int i = 0; !error && i < ThreadCount(options.threads); ++i) {
      acceptors_.emplace_back(control_.get_executor());
      error = BindOne(acceptors_.back(), endpoint, true);
      // With port 0 the first one chooses for all.
      if (!error) endpoint = acceptors_.back().local_endpoint(error);
    }
    if (error) return CannotListen(options.listen, error);
    url_ = UrlOf(endpoint);
    return BindMetrics(options);
  }

  Status Run(const Options& options, clone_auth::IdentityService& service) {
    RaiseDescriptorLimit();
    sink_ = std::make_unique<LogSink>(options.log_format, options.quiet,
                                      options.service.scheme.prefix);
    std::vector<Acceptor> listening;
    for (Acceptor& bound : acceptors_) {
      workers_.push_back(
          std::make_unique<Worker>(service, *sink_, options.connections));
      if (Status status = Listen(bound, *workers_.back(), listening);
          !status.ok()) {
        return status;
      }
    }
    const auto admin =
        AdminSocket::Open(options.database_path, service.operations());
    if (!admin.ok()) sink_->Event("warning", admin.status().message());
    ArmSignals(options.connections);
    running_ = static_cast<int>(workers_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      threads.emplace_back([this, i, &listening] {
        workers_[i]->Run(std::move(listening[i]));
        if (--running_ == 0) asio::post(control_, [this] { Finish(); });
      });
    }
    ServeMetrics(service.operations());
    Announce();
    control_.run();
    if (metrics_ != nullptr) metrics_->Stop();
    for (std::thread& thread : threads) thread.join();
    return Status();
  }

  std::string url_;

 private:
  Status BindMetrics(const Options& options) {
    if (!options.metrics_listen) return Status();
    auto bound = MetricsServer::Bind(*options.metrics_listen);
    if (!bound.ok()) return bound.status();
    metrics_ = std::move(bound).value();
    return Status();
  }

  void ServeMetrics(clone_auth::ServiceOperations& operations) {
    if (metrics_ == nullptr) return;
    AllMetrics all;
    for (const auto& worker : workers_) all.push_back(&worker->metrics());
    metrics_->Serve([all = std::move(all), &operations,
                     started = clone_auth::SystemClock().Now()] {
      return MetricsText(all, operations, started);
    });
  }

  void Announce() const {
    std::printf("listening on %s\n", url_.c_str());
    if (metrics_ != nullptr) {
      std::printf("metrics on %s/metrics\n", metrics_->url().c_str());
    }
    std::fflush(stdout);
  }

  /// Hands the bound socket to the worker's own io_context.
  static Status Listen(Acceptor& bound, Worker& worker,
                       std::vector<Acceptor>& listening) {
    error_code error;
    const auto protocol = bound.local_endpoint(error).protocol();
    Acceptor acceptor(worker.io().get_executor());
    if (!error) bound.listen(asio::socket_base::max_listen_connections, error);
    if (!error) acceptor.assign(protocol, bound.release(error), error);
    if (error) {
      return Status(Reason::kUnreachable, "cannot listen: " + error.message());
    }
    listening.push_back(std::move(acceptor));
    return Status();
  }

  void ArmSignals(const ConnectionLimits& limits) {
    signals_.async_wait([this, &limits](const error_code& error, int) {
      if (error) return;
      sink_->Event("info", "stopping");
      for (auto& worker : workers_) worker->Stop();
      const auto abandon = [this](const error_code& cancelled) {
        if (cancelled) return;
        for (auto& worker : workers_) worker->Abandon();
      };
      patience_.expires_after(limits.shutdown);
      patience_.async_wait(abandon);
      // Whoever asks twice does not want to wait.
      signals_.async_wait(
          [abandon](const error_code& cancelled, int) { abandon(cancelled); });
    });
  }

  void Finish() {
    signals_.cancel();
    patience_.cancel();
  }

  asio::io_context control_{1};
  asio::signal_set signals_{control_, SIGINT, SIGTERM};
  asio::steady_timer patience_{control_};
  std::vector<Acceptor> acceptors_;
  std::unique_ptr<LogSink> sink_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<MetricsServer> metrics_;
  std::atomic<int> running_{0};
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::Bind(const Options& options) {
  auto impl = std::make_unique<Impl>();
  if (Status status = impl->Bind(options); !status.ok()) return status;
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

const std::string& Server::url() const { return impl_->url_; }

Status Server::Run(const Options& options,
                   clone_auth::IdentityService& service) {
  return impl_->Run(options, service);
}

}  // namespace auth_server

#include "metrics_server.h"

#include <chrono>
#include <utility>

#include "listen.h"
#include "request_reader.h"
#include "response_text.h"

namespace auth_server {
namespace {

using boost::system::error_code;
using clone_auth::HttpResponse;
using clone_auth::Reason;
using clone_auth::Result;
using State = RequestReader::State;

constexpr std::chrono::seconds kPatience{5};

Deadline Soon() { return std::chrono::steady_clock::now() + kPatience; }

HttpResponse Answer(const clone_auth::HttpRequest& request,
                    const MetricsServer::Source& source) {
  const std::string_view target = request.target;
  if (target.substr(0, target.find('?')) != "/metrics") {
    return ErrorResponse({404, Reason::kNotFound, {}});
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refused = ErrorResponse({405, Reason::kMethodNotAllowed, {}});
    refused.headers.Add("Allow", "GET, HEAD");
    return refused;
  }
  HttpResponse response;
  response.status = 200;
  response.headers.Add("Content-Type",
                       "text/plain; version=0.0.4; charset=utf-8");
  response.headers.Add("Cache-Control", "no-store");
  response.body = source();
  return response;
}

void ServeOne(int connection, const MetricsServer::Source& source) {
  const ConnectionLimits limits;
  RequestReader reader(limits);
  const Deadline deadline = Soon();
  while (reader.state() < State::kComplete) {
    const auto got = ReadSome(connection, reader.Space(), deadline);
    if (!got || *got == 0) return;
    reader.Commit(*got);
  }
  const bool is_whole = reader.state() == State::kComplete;
  const HttpResponse response = is_whole ? Answer(reader.request(), source)
                                         : ErrorResponse(reader.refusal());
  const std::string date = HttpDate(
      clone_auth::ToUnixSeconds(clone_auth::SystemClock().Now()).count());
  ResponseContext context;
  context.date = date;
  context.head_only = is_whole && reader.request().method == "HEAD";
  context.keep_alive = false;
  std::string bytes;
  WriteResponse(response, context, bytes);
  WriteAll(connection, bytes, Soon());
}

}  // namespace

Result<std::unique_ptr<MetricsServer>> MetricsServer::Bind(
    const HostPort& address) {
  const auto endpoint = Resolve(address);
  if (!endpoint.ok()) return endpoint.status();
  asio::io_context io;
  Acceptor acceptor(io.get_executor());
  error_code error = BindOne(acceptor, *endpoint, false);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  asio::ip::tcp::endpoint taken;
  if (!error) taken = acceptor.local_endpoint(error);
  if (error) return CannotListen(address, error);
  return std::unique_ptr<MetricsServer>(
      new MetricsServer(UrlOf(taken), Descriptor(acceptor.release(error))));
}

MetricsServer::MetricsServer(std::string url, Descriptor listening)
    : url_(std::move(url)), listening_(std::move(listening)) {}

void MetricsServer::Serve(Source source) {
  listener_ = std::make_unique<SideListener>(
      std::move(listening_), [source = std::move(source)](int connection) {
        ServeOne(connection, source);
      });
}

}  // namespace auth_server

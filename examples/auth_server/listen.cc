#include "listen.h"

#include <sys/socket.h>

#include <boost/asio/ip/v6_only.hpp>

namespace auth_server {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;
using ReusePort =
    asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

}  // namespace

Result<tcp::endpoint> Resolve(const HostPort& address) {
  asio::io_context io;
  tcp::resolver resolver(io);
  error_code error;
  const auto found = resolver.resolve(address.host, address.port,
                                      tcp::resolver::passive, error);
  if (error || found.empty()) {
    return Status(Reason::kInvalidArgument, "no such address: " + address.host);
  }
  return found.begin()->endpoint();
}

error_code BindOne(Acceptor& acceptor, const tcp::endpoint& endpoint,
                   bool shared) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && shared) acceptor.set_option(ReusePort(true), error);
  if (!error && endpoint.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only(false), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  return error;
}

error_code CheckIsFree(asio::io_context& io, const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return {};
  Acceptor probe(io.get_executor());
  return BindOne(probe, endpoint, false);
}

std::string UrlOf(tcp::endpoint endpoint) {
  if (endpoint.address().is_unspecified()) {
    endpoint.address(endpoint.protocol() == tcp::v6()
                         ? asio::ip::address(asio::ip::address_v6::loopback())
                         : asio::ip::address_v4::loopback());
  }
  const std::string host = endpoint.address().to_string();
  const std::string port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "http://[" + host + "]:" + port
                                    : "http://" + host + ":" + port;
}

Status CannotListen(const HostPort& address, const error_code& error) {
  return Status(Reason::kUnreachable, "cannot listen on " + address.host + ":" +
                                          address.port + ": " +
                                          error.message());
}

}  // namespace auth_server

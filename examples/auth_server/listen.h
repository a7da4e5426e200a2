#pragma once

// Addresses and ports, taken from the system.

#include <string>

#include <boost/system/error_code.hpp>

#include "clone/result.h"
#include "options.h"
#include "worker.h"

namespace auth_server {

/// Error: invalid_argument.
clone_auth::Result<asio::ip::tcp::endpoint> Resolve(const HostPort& address);

/// Binds one acceptor. With `shared`, others of this process may bind the same
/// port.
boost::system::error_code BindOne(Acceptor& acceptor,
                                  const asio::ip::tcp::endpoint& endpoint,
                                  bool shared);

/// A port that is shared could be shared with another server of the same user
/// by mistake; so it must be free first.
boost::system::error_code CheckIsFree(asio::io_context& io,
                                      const asio::ip::tcp::endpoint& endpoint);

/// "http://HOST:PORT"; the loopback where it is any address.
std::string UrlOf(asio::ip::tcp::endpoint endpoint);

clone_auth::Status CannotListen(const HostPort& address,
                                const boost::system::error_code& error);

}  // namespace auth_server

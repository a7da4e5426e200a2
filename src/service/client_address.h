#pragma once

// Who sent a request: the connection's other end, or what trusted proxies say
// in X-Forwarded-For. Immutable; may be shared between threads.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clone/http.h"
#include "clone/result.h"

namespace clone_auth::service {

/// An address of either family; IPv4 is mapped into IPv6 (RFC 4291 section
/// 2.5.5.2).
using IpAddress = std::array<std::uint8_t, 16>;

class TrustedProxies {
 public:
  /// Takes "10.0.0.1", "10.0.0.0/8", "::1", "fd00::/8". Error:
  /// invalid_argument, naming the one that is none.
  static Result<TrustedProxies> Create(
      const std::vector<std::string>& networks);

  /// The name to count attempts under: the address of the last hop that is no
  /// trusted proxy; for IPv6 its network of 64 bits, since a host may choose
  /// the rest.
  std::string ClientOf(const HttpRequest& request) const;

  /// The same hop's whole address, to tell people.
  std::string AddressOf(const HttpRequest& request) const;

 private:
  struct Network {
    IpAddress address{};
    int bits = 128;
  };
  bool Trusts(const IpAddress& address) const;
  /// The last hop that is no trusted proxy, which `peer` may be.
  IpAddress LastHop(const HttpRequest& request, const IpAddress& peer) const;

  std::vector<Network> networks_;
};

}  // namespace clone_auth::service

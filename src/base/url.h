#pragma once

// The parts of an absolute http or https URL (RFC 3986) that decide where a
// credential may go.

#include <cstdint>
#include <string>
#include <string_view>

#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

struct Url {
  std::string scheme;  ///< "http" or "https"
  std::string host;    ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string target;  ///< path and query; "/" at least; no fragment

  /// Scheme, host and port, written one way: "https://api.example:443".
  std::string Origin() const;

  /// True for 127.0.0.0/8, ::1 and "localhost".
  bool IsLoopback() const;
};

/// Refuses what an attacker could hide a host in: user information, blanks,
/// control characters, bytes beyond ASCII, backslashes. Error: url_malformed.
Result<Url> ParseUrl(std::string_view text);

/// Ok for https and for plain http to loopback. Error: insecure_url.
Status RequireSecure(const Url& url);

/// Percent-encodes everything but unreserved characters (RFC 3986 section
/// 2.3), for one segment of a path or one value of a query.
std::string EncodeUrlComponent(std::string_view text);

}  // namespace clone_auth

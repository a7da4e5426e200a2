#pragma once

// HTTP messages as plain values (RFC 9110), and the interface through which
// the client side sends them. The same types are what IdentityService takes
// and returns, so a server of any make can mount it. Messages belong to one
// thread at a time; a transport may be shared between threads.

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "clone/result.h"

namespace clone_auth {

struct HttpHeader {
  std::string name;
  std::string value;
};

/// Header fields in the order in which they came. Names compare without
/// regard to ASCII case (RFC 9110 section 5.1).
class HttpHeaders {
 public:
  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<HttpHeader> fields) : fields_(fields) {}

  void Add(std::string name, std::string value);

  /// Replaces every field of that name by this one.
  void Set(std::string_view name, std::string value);

  /// Overwrites what stands in the fields of that name, and removes them.
  void Wipe(std::string_view name);

  /// The value of the first field of that name; null where there is none.
  const std::string* Find(std::string_view name) const;

  /// How many fields have that name.
  std::size_t Count(std::string_view name) const;

  std::vector<HttpHeader>::const_iterator begin() const {
    return fields_.begin();
  }
  std::vector<HttpHeader>::const_iterator end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  void reserve(std::size_t count) { fields_.reserve(count); }

 private:
  std::vector<HttpHeader> fields_;
};

/// True if `a` and `b` differ at most in the case of ASCII letters.
bool EqualsIgnoreAsciiCase(std::string_view a, std::string_view b);

struct HttpRequest {
  std::string method = "GET";
  /// Absolute URL where we send it, path and query where we received it.
  std::string target;
  HttpHeaders headers;
  std::string body;
  /// Received requests: the address of the connection's other end, without
  /// port. Empty otherwise.
  std::string peer_address;
};

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;
};

/// How much time and size one exchange may take.
struct HttpLimits {
  std::chrono::milliseconds total{30'000};   ///< from call to last byte
  std::chrono::milliseconds connect{5'000};  ///< name, TCP and TLS
  std::size_t max_body = 1024 * 1024;        ///< bytes, after decoding
  std::size_t max_headers = 64 * 1024;       ///< bytes, names and values
};

/// Sends one request and waits for its answer. Redirects are never followed.
class HttpTransport {
 public:
  virtual ~HttpTransport() = default;

  /// Any answer is a value, whatever its status. Errors: url_malformed,
  /// insecure_url, address_refused, unreachable, tls_failed, timeout,
  /// connection_lost, answer_too_large, answer_malformed.
  virtual Result<HttpResponse> Send(const HttpRequest& request,
                                    const HttpLimits& limits) = 0;
};

struct CurlTransportOptions {
  /// File of certificate authorities (PEM) to trust instead of the system's.
  std::string ca_file;
  /// Proxy URL. Empty means none, whatever the environment says.
  std::string proxy;
  /// Sent as User-Agent.
  std::string user_agent = "clone-auth";
  /// Allows plain http to hosts other than loopback. Whoever is on the path
  /// then reads every credential.
  bool allow_insecure_http = false;
  /// Refuses to connect to loopback, private, link-local and other addresses
  /// that are not everybody's, whatever name led there: for URLs that somebody
  /// else had a say in. Not together with a proxy, which connects itself.
  bool public_addresses_only = false;
  /// Connections that are kept open for the next request, each with three
  /// descriptors. 0 for what asks once an hour, such as a session's refresh:
  /// then none is open in between.
  std::size_t max_idle_connections = 16;
};

/// The transport on libcurl: keeps connections open between calls, speaks
/// HTTP/2 where the server does, always verifies TLS, follows no redirect,
/// reads no .netrc and no proxy from the environment, keeps no cookies. If it
/// is the first in the process to use libcurl, that wipes what it frees, and
/// the library that this code is in is never unloaded.
/// Errors: invalid_argument (no such CA file, or options that contradict each
/// other), internal.
Result<std::unique_ptr<HttpTransport>> MakeCurlTransport(
    CurlTransportOptions options = {});

}  // namespace clone_auth

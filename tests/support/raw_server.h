#pragma once

// A loopback TCP server for tests that says byte for byte what it is told to,
// and remembers byte for byte what it heard. Each connection has a thread of
// its own, which runs the handler; when the handler returns, the connection is
// closed.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/test_certificate.h"

namespace clone_auth::testing {

/// One connection, as its handler sees it.
class RawConnection {
 public:
  virtual ~RawConnection() = default;

  /// The next whole request, head and body; empty once there is no more.
  virtual std::string ReadRequest() = 0;

  /// False if the other end is gone.
  virtual bool Write(std::string_view bytes) = 0;

  /// Lets `time` pass. False as soon as the other end is gone.
  virtual bool Pause(std::chrono::milliseconds time) = 0;

  /// Blocks until the other end is gone.
  virtual void WaitUntilGone() = 0;

  /// Makes the closing an RST, so that the other end sees a broken connection.
  virtual void BreakOff() = 0;
};

struct RawServerOptions {
  /// Speaks TLS with this certificate.
  const TestCertificate* certificate = nullptr;
  /// The highest TLS version, as OpenSSL numbers them; 0: the newest.
  int max_tls_version = 0;
  /// The ciphers up to TLS 1.2, as OpenSSL names them; empty: its own choice.
  std::string ciphers = {};
  /// What is agreed on whatever the client offers (ALPN, RFC 7301).
  std::string protocol = "http/1.1";
};

class RawServer {
 public:
  using Handler = std::function<void(RawConnection&)>;

  explicit RawServer(Handler handler, RawServerOptions options = {});

  /// Answers every request of a connection with `answer`.
  explicit RawServer(std::string answer, RawServerOptions options = {});

  /// Ends every connection and waits for the handlers to return.
  ~RawServer();

  std::uint16_t port() const;

  /// "http://127.0.0.1:PORT", or https.
  std::string Url(std::string_view path = "") const;

  /// Everything that came, in the order of its coming.
  std::string received() const;
  /// What ReadRequest() returned, over all connections.
  std::vector<std::string> requests() const;
  /// How many connections were accepted.
  int connections() const;
  /// How many bytes were written.
  std::size_t written() const;
  /// The protocols that the last TLS client offered (ALPN, RFC 7301), joined
  /// by commas.
  std::string offered_protocols() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// An answer with this status line, headers ("Name: value\r\n" each) and body,
/// and its Content-Length.
std::string HttpAnswer(std::string_view status, std::string_view headers,
                       std::string_view body);

}  // namespace clone_auth::testing

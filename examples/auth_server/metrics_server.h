#pragma once

// GET /metrics on a port of its own, in a thread of its own.

#include <functional>
#include <memory>
#include <string>

#include "clone/result.h"
#include "options.h"
#include "side_listener.h"

namespace auth_server {

class MetricsServer {
 public:
  using Source = std::function<std::string()>;

  /// Takes the port. Errors: invalid_argument, unreachable.
  static clone_auth::Result<std::unique_ptr<MetricsServer>> Bind(
      const HostPort& address);

  /// "http://HOST:PORT", with the port that was taken.
  const std::string& url() const { return url_; }

  /// From now on scrapes are answered with what `source` gives, in several
  /// threads, until Stop().
  void Serve(Source source);
  void Stop() { listener_.reset(); }

 private:
  MetricsServer(std::string url, Descriptor listening);

  std::string url_;
  Descriptor listening_;
  std::unique_ptr<SideListener> listener_;
};

}  // namespace auth_server

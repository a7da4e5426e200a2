#pragma once

// Listens, serves with one worker a core, and ends on SIGTERM or SIGINT.

#include <memory>
#include <string>

#include "clone/result.h"
#include "clone/service.h"
#include "options.h"

namespace auth_server {

class Server {
 public:
  /// Takes the address and port; nothing is accepted yet. Errors:
  /// invalid_argument (no such address), unreachable (in use, not allowed).
  static clone_auth::Result<std::unique_ptr<Server>> Bind(
      const Options& options);
  ~Server();

  /// "http://HOST:PORT", with the port that was taken.
  const std::string& url() const;

  /// Serves until a signal, then finishes what is in flight. Prints one line
  /// when it accepts connections. `options` and `service` must outlive the
  /// call; the workers live as long as the server, which has to outlive the
  /// service.
  clone_auth::Status Run(const Options& options,
                         clone_auth::IdentityService& service);

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace auth_server

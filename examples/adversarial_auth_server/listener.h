#pragma once

// HTTP/1.1 on the loopback, in one thread: hands each request on, and delivers
// the answer as badly as it is told to.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "clone/http.h"
#include "clone/result.h"
#include "clone/testing/adversarial_auth_server.h"

namespace adversarial {

class Listener {
 public:
  using Handler = std::function<clone_auth::testing::Delivery(
      const clone_auth::HttpRequest& request)>;

  /// Takes the port; 0: a free one. Error: unreachable.
  static clone_auth::Result<std::unique_ptr<Listener>> Bind(std::uint16_t port);
  ~Listener();

  std::uint16_t port() const;

  /// Serves until SIGTERM or SIGINT, then lets every connection go.
  void Run(Handler handler);

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace adversarial

#pragma once

// Where a browser comes back to after a sign-in on this machine (RFC 8252
// section 7.3): a socket on the loopback interface, on a port that the system
// picks, which nobody else can share. It hears whatever a browser sends and
// goes on listening until the one request comes that is waited for. No thread;
// belongs to one thread at a time.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "clone/callback.h"
#include "clone/clock.h"
#include "clone/result.h"

namespace clone_auth {

class LoopbackListener {
 public:
  /// Listens on 127.0.0.1, or [::1] where there is no IPv4. `path` begins with
  /// '/'; `clock` is borrowed, null: the system's. Errors: invalid_argument,
  /// unreachable (neither address can be bound).
  static Result<LoopbackListener> Create(std::string path = "/callback",
                                         const Clock* clock = nullptr);

  LoopbackListener(LoopbackListener&&) noexcept;
  LoopbackListener& operator=(LoopbackListener&&) noexcept;
  /// Closes whatever is open yet.
  ~LoopbackListener();

  /// Where to send the browser back to: "http://127.0.0.1:49152/callback".
  const std::string& redirect_uri() const;

  /// Says what the target (path and query) of a request is.
  using Judge = std::function<Callback(std::string_view target)>;

  /// Hears requests for `time`, or until a signal comes. True: `judge` was
  /// given one that is no stray, which was answered with a page for the person
  /// (a few words, nothing of the request in them), and the port is closed.
  /// `judge` sees the GET requests to this very address; whatever else comes is
  /// sent away: other methods and hosts, heads of more than 64 KiB, and
  /// connections that take more than 10 s over their request or are the oldest
  /// of more than
  /// 16. Error: unreachable.
  Result<bool> Hear(const Judge& judge, std::chrono::milliseconds time);

 private:
  struct Impl;
  explicit LoopbackListener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

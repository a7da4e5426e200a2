#pragma once

// Serves the few connections of a socket that is not the service's own: one
// thread accepts, and each connection has a thread for its short life. None of
// them is a thread that answers requests of the service.

#include <atomic>
#include <functional>
#include <list>
#include <thread>

#include "blocking_io.h"

namespace auth_server {

class SideListener {
 public:
  /// Serves one connection to its end, within a time of its own choice.
  using Handler = std::function<void(int connection)>;

  /// `listening` is a socket that listens; `handler` is called in several
  /// threads.
  SideListener(Descriptor listening, Handler handler);
  /// Takes no more, and waits for the connections that are here.
  ~SideListener();
  SideListener(const SideListener&) = delete;
  SideListener& operator=(const SideListener&) = delete;

 private:
  struct Connection {
    Descriptor socket;
    std::atomic<bool> is_over{false};
    std::thread thread;
  };

  void Run();
  void Accept();
  void Reap();
  void Wake() const;

  const Descriptor listening_;
  const Handler handler_;
  const Descriptor wake_;
  std::atomic<bool> stopping_{false};
  std::list<Connection> connections_;  // of the thread that accepts
  std::thread thread_;
};

}  // namespace auth_server

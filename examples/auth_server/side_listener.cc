#include "side_listener.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace auth_server {
namespace {

constexpr std::size_t kMostConnections = 16;
/// After accept() failed, as it does where no file descriptor is left.
constexpr int kPauseMillis = 100;

}  // namespace

SideListener::SideListener(Descriptor listening, Handler handler)
    : listening_(std::move(listening)),
      handler_(std::move(handler)),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { Run(); }) {}

SideListener::~SideListener() {
  stopping_ = true;
  Wake();
  thread_.join();
  // What was asked for is still answered; what was not, is not waited for.
  for (Connection& connection : connections_) {
    shutdown(connection.socket.get(), SHUT_RD);
  }
  for (Connection& connection : connections_) connection.thread.join();
}

void SideListener::Run() {
  while (!stopping_) {
    Reap();
    pollfd states[] = {{wake_.get(), POLLIN, 0}, {listening_.get(), POLLIN, 0}};
    // The others wait in the system's queue.
    const bool is_full = connections_.size() >= kMostConnections;
    poll(states, is_full ? 1 : 2, -1);
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got =
        read(wake_.get(), &count, sizeof count);
    if (!stopping_ && !is_full && states[1].revents != 0) Accept();
  }
}

void SideListener::Accept() {
  Descriptor socket(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!socket.ok()) {
    pollfd state{wake_.get(), POLLIN, 0};
    poll(&state, 1, kPauseMillis);
    return;
  }
  Connection& connection = connections_.emplace_back();
  connection.socket = std::move(socket);
  connection.thread = std::thread([this, &connection] {
    handler_(connection.socket.get());
    // The other side may not have to wait for the thread's end to be noticed.
    shutdown(connection.socket.get(), SHUT_RDWR);
    connection.is_over = true;
    Wake();
  });
}

void SideListener::Reap() {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (!it->is_over) {
      ++it;
      continue;
    }
    it->thread.join();
    it = connections_.erase(it);
  }
}

void SideListener::Wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t put = write(wake_.get(), &one, sizeof one);
}

}  // namespace auth_server

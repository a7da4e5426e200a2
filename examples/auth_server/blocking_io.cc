#include "blocking_io.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace auth_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

bool Await(int fd, short event, Deadline deadline) {
  constexpr milliseconds kLongest{3'600'000};
  while (true) {
    const auto now = steady_clock::now();
    if (now >= deadline) return false;
    const auto left = std::chrono::ceil<milliseconds>(
        std::min<steady_clock::duration>(deadline - now, kLongest));
    pollfd state{fd, event, 0};
    const int ready = poll(&state, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool MayTryAgain() {
  return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK;
}

}  // namespace

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

std::optional<std::size_t> ReadSome(int fd, std::span<char> space,
                                    Deadline deadline) {
  while (Await(fd, POLLIN, deadline)) {
    const ssize_t got = recv(fd, space.data(), space.size(), MSG_DONTWAIT);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (!MayTryAgain()) break;
  }
  return std::nullopt;
}

bool WriteAll(int fd, std::string_view bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (!Await(fd, POLLOUT, deadline)) return false;
    const ssize_t sent =
        send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && !MayTryAgain()) return false;
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace auth_server

#pragma once

// Sockets that a thread of its own may wait for, up to a point in time.

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace auth_server {

/// Closes what it holds. An empty one holds -1.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();

  bool ok() const { return fd_ >= 0; }
  int get() const { return fd_; }

 private:
  int fd_;
};

using Deadline = std::chrono::steady_clock::time_point;

/// How many bytes came, 0 at the end; empty where it failed or took too long.
std::optional<std::size_t> ReadSome(int fd, std::span<char> space,
                                    Deadline deadline);

/// False where it failed or took too long.
bool WriteAll(int fd, std::string_view bytes, Deadline deadline);

}  // namespace auth_server

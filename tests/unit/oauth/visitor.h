#pragma once

// What connects to a loopback listener in tests, byte for byte.

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

namespace clone_auth::testing {

class Visitor {
 public:
  /// Connects to the authority of `url`, which is on 127.0.0.1.
  explicit Visitor(const std::string& url)
      : authority_(url.substr(7, url.find('/', 7) - 7)),
        fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(Port());
    EXPECT_EQ(
        connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  Visitor(Visitor&& other) noexcept
      : authority_(other.authority_), fd_(std::exchange(other.fd_, -1)) {}
  ~Visitor() {
    if (fd_ >= 0) close(fd_);
  }

  std::uint16_t Port() const {
    return static_cast<std::uint16_t>(
        std::atoi(authority_.c_str() + authority_.find(':') + 1));
  }

  /// False once the other end is gone.
  bool Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// A request with the Host that belongs there.
  void Request(const std::string& method, const std::string& target) {
    Write(method + " " + target + " HTTP/1.1\r\nHost: " + authority_ +
          "\r\n\r\n");
  }

  /// All that comes until the other end closes.
  std::string ReadAll() {
    std::string all;
    std::array<char, 4096> bytes;
    ssize_t size = 0;
    while ((size = recv(fd_, bytes.data(), bytes.size(), 0)) > 0) {
      all.append(bytes.data(), static_cast<std::size_t>(size));
    }
    if (size < 0) all += " broken";
    return all;
  }

  /// True once the other end has closed and nothing is left to read.
  bool IsClosed() {
    char byte = 0;
    return recv(fd_, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
  }

 private:
  std::string authority_;
  int fd_;
};

}  // namespace clone_auth::testing

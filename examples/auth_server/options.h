#pragma once

// What the server is told: by flags, by a config file, by the environment.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "admin_call.h"
#include "clone/service.h"

namespace auth_server {

enum class LogFormat { kText, kJson };

/// How long and how large the parts of an exchange may be.
struct ConnectionLimits {
  std::chrono::seconds header{15};  ///< from the first byte to the empty line
  std::chrono::seconds body{30};    ///< from there to the last byte
  std::chrono::seconds idle{75};    ///< between two requests
  std::chrono::seconds write{30};   ///< for the client to take an answer
  std::chrono::seconds shutdown{10};
  std::size_t max_header_bytes = 64 * 1024;
  std::size_t max_header_fields = 100;
  std::size_t max_body_bytes = 1024 * 1024;
  /// Of all bodies beyond 64 KiB that a thread holds at once.
  std::size_t max_bodies_bytes = 64 * 1024 * 1024;
};

struct HostPort {
  std::string host;
  std::string port;
};

struct Options {
  HostPort listen{"127.0.0.1", "8080"};
  std::optional<HostPort> metrics_listen;
  std::string database_path;
  int threads = 0;  ///< 0: one a core
  LogFormat log_format = LogFormat::kText;
  bool quiet = false;
  AdminCall admin;
  ConnectionLimits connections;
  clone_auth::ServiceOptions service;
};

struct ParsedOptions {
  Options options;
  /// Set where the program is to end at once: 0 after --help, 2 after a
  /// mistake, which was then written to standard error.
  std::optional<int> exit_code;
};

ParsedOptions ParseOptions(int argc, char** argv);

}  // namespace auth_server

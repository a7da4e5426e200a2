#pragma once

// What the program is told on its command line.

#include <cstdint>
#include <optional>
#include <vector>

#include "clone/testing/adversarial_auth_server.h"
#include "clone/testing/fault.h"

namespace adversarial {

struct Options {
  std::uint16_t port = 8090;
  std::vector<clone_auth::testing::Fault> faults;
  /// Without URLs, which are those of the port that is taken.
  clone_auth::testing::AdversarialAuthServerOptions server;
};

struct ParsedOptions {
  Options options;
  /// Set where the program is to end at once: 0 after --help or --list-faults,
  /// 2 after a mistake, which was then written to standard error.
  std::optional<int> exit_code;
};

ParsedOptions ParseOptions(int argc, char** argv);

}  // namespace adversarial

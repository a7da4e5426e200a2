#pragma once

// What an operator asks for at the command line.

#include <chrono>
#include <cstdint>
#include <string>

#include "clone/service_operations.h"

namespace auth_server {

struct AdminCall {
  std::string command;  ///< such as "account disable"; empty: serve
  std::string email;
  std::string id;
  std::string file;
  bool without_revocation_log = false;
  int uses = 1;
  std::uint32_t pepper = 0;
  std::chrono::seconds publish_ahead = clone_auth::kSigningKeyPublishAhead;
  bool json = false;
};

}  // namespace auth_server

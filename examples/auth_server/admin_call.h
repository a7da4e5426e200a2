#pragma once

// What an operator asks for at the command line.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

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
  std::string head;  ///< of an audit trail, kept before; empty: none
  int limit = 100;   ///< rows of the audit trail
  // Of an import.
  std::string signing_key_file;  ///< read here, unlike `file`
  std::string key_owner;
  std::string user_table = "auth_user";
  std::vector<std::string> permissions;
  bool json = false;
};

}  // namespace auth_server

#pragma once

// How an operator's commands reach a server that runs: through a socket beside
// the database, `<database>.admin`, for the user of the server and for root.
// Each connection carries one request and its answer, each a line of JSON.

#include <memory>
#include <string>

#include "clone/result.h"
#include "clone/service_operations.h"
#include "side_listener.h"

namespace auth_server {

std::string AdminSocketPath(const std::string& database_path);

class AdminSocket {
 public:
  /// `operations` must outlive it. Error: store_unavailable.
  static clone_auth::Result<std::unique_ptr<AdminSocket>> Open(
      const std::string& database_path,
      clone_auth::ServiceOperations& operations);
  /// Answers what was asked, and removes the socket.
  ~AdminSocket();

 private:
  AdminSocket(std::string path, Descriptor listening,
              clone_auth::ServiceOperations& operations);

  std::string path_;
  SideListener listener_;
};

}  // namespace auth_server

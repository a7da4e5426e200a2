#include "local_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace auth_server {
namespace {

using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;

Status Failure(Reason reason, const std::string& path) {
  return Status(reason, "The admin socket '" + path +
                            "' cannot be used: " + std::strerror(errno) + ".");
}

Descriptor NewSocket() {
  return Descriptor(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/// An address holds 107 bytes; what is longer is named through a descriptor of
/// the file or of its folder.
sockaddr_un AddressOf(const std::string& path, const std::string& short_path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& named =
      path.size() < sizeof address.sun_path ? path : short_path;
  named.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

std::string ByDescriptor(const Descriptor& opened) {
  return "/proc/self/fd/" + std::to_string(opened.get());
}

}  // namespace

Result<Descriptor> ListenAt(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  const Descriptor opened(
      open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  Descriptor listening = NewSocket();
  if (!opened.ok() || !listening.ok()) {
    return Failure(Reason::kStoreUnavailable, path);
  }
  // Its file is made with the mode that the socket has then.
  const std::string draft = "/.clone-auth-admin-" + std::to_string(getpid());
  const std::string draft_path = folder + draft;
  const sockaddr_un address =
      AddressOf(draft_path, ByDescriptor(opened) + draft);
  unlink(draft_path.c_str());
  const bool bound =
      fchmod(listening.get(), S_IRUSR | S_IWUSR) == 0 &&
      bind(listening.get(), reinterpret_cast<const sockaddr*>(&address),
           sizeof address) == 0;
  // It listens before it gets its name: whoever finds it is served.
  if (bound && listen(listening.get(), SOMAXCONN) == 0 &&
      rename(draft_path.c_str(), path.c_str()) == 0) {
    return listening;
  }
  Status failure = Failure(Reason::kStoreUnavailable, path);
  if (bound) unlink(draft_path.c_str());
  return failure;
}

Result<Descriptor> ConnectTo(const std::string& path) {
  const Descriptor opened(open(path.c_str(), O_PATH | O_CLOEXEC));
  Descriptor connection = NewSocket();
  if (!connection.ok()) return Failure(Reason::kStoreUnavailable, path);
  const sockaddr_un address = AddressOf(path, ByDescriptor(opened));
  if (opened.ok() &&
      connect(connection.get(), reinterpret_cast<const sockaddr*>(&address),
              sizeof address) == 0) {
    return connection;
  }
  // A server that ended without its leave has left the file.
  const bool nobody = errno == ENOENT || errno == ECONNREFUSED;
  const bool denied = errno == EACCES || errno == EPERM;
  return Failure(nobody   ? Reason::kNotFound
                 : denied ? Reason::kPermissionDenied
                          : Reason::kStoreUnavailable,
                 path);
}

uid_t PeerOf(int connection) {
  ucred peer{};
  socklen_t size = sizeof peer;
  const bool known =
      getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
  return known ? peer.uid : static_cast<uid_t>(-1);
}

}  // namespace auth_server

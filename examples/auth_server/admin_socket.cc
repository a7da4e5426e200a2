#include "admin_socket.h"

#include <unistd.h>

#include <array>
#include <optional>
#include <utility>

#include "admin_commands.h"
#include "clone/secret.h"
#include "local_socket.h"

namespace auth_server {
namespace {

using clone_auth::JsonValue;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::ServiceOperations;
using clone_auth::Status;

constexpr std::chrono::seconds kPatience{5};
constexpr std::size_t kMostBytes = 16 * 1024;

/// The line that comes, or empty for what is too long or too slow.
std::optional<std::string> ReadLine(int connection) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string line;
  std::array<char, 4096> piece;
  while (line.size() <= kMostBytes) {
    const auto got = ReadSome(connection, piece, deadline);
    if (!got || *got == 0) return std::nullopt;
    line.append(piece.data(), *got);
    const std::size_t end = line.find('\n');
    if (end == line.npos) continue;
    line.resize(end);
    return line;
  }
  return std::nullopt;
}

Result<std::string> Answer(std::string line, ServiceOperations& operations) {
  const auto request = JsonValue::Parse(line);
  // It may hold a password.
  clone_auth::WipeBytes(line.data(), line.size());
  if (!request.ok()) return request.status();
  return Execute(operations, *request);
}

void Serve(int connection, ServiceOperations& operations) {
  const uid_t peer = PeerOf(connection);
  if (peer != geteuid() && peer != 0) return;
  auto line = ReadLine(connection);
  const Result<std::string> answer =
      line ? Answer(std::move(*line), operations)
           : Result<std::string>(Status(Reason::kInvalidArgument,
                                        "That is not one line of JSON."));
  WriteAll(connection, ToLine(answer),
           std::chrono::steady_clock::now() + kPatience);
}

}  // namespace

std::string AdminSocketPath(const std::string& database_path) {
  return database_path + ".admin";
}

Result<std::unique_ptr<AdminSocket>> AdminSocket::Open(
    const std::string& database_path, ServiceOperations& operations) {
  std::string path = AdminSocketPath(database_path);
  auto listening = ListenAt(path);
  if (!listening.ok()) return listening.status();
  return std::unique_ptr<AdminSocket>(new AdminSocket(
      std::move(path), std::move(listening).value(), operations));
}

AdminSocket::AdminSocket(std::string path, Descriptor listening,
                         ServiceOperations& operations)
    : path_(std::move(path)),
      listener_(std::move(listening), [&operations](int connection) {
        Serve(connection, operations);
      }) {}

// The database is still ours, so nobody else's socket is there.
AdminSocket::~AdminSocket() { unlink(path_.c_str()); }

}  // namespace auth_server

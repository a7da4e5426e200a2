#include "admin_client.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "admin_commands.h"
#include "admin_socket.h"
#include "admin_view.h"
#include "clone/secret.h"
#include "clone/service.h"
#include "local_socket.h"
#include "support/terminal.h"

namespace auth_server {
namespace {

using clone_auth::IdentityService;
using clone_auth::JsonValue;
using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;
using std::chrono::steady_clock;

/// A server that starts has the database a moment before it has its socket, and
/// another command has it for as long as it takes.
constexpr std::chrono::seconds kPatience{3};
constexpr std::chrono::milliseconds kPause{50};
/// For the server to take a request; the answer may take its time.
constexpr std::chrono::seconds kSendPatience{5};

struct RemedyRow {
  Reason reason;
  std::string_view remedy;
};

constexpr std::array kRemedies = {
    RemedyRow{Reason::kNotConfigured,
              "Check --database; a server makes it when it first runs."},
    RemedyRow{Reason::kNotFound,
              "See what there is with 'account list' and 'key list'."},
    RemedyRow{Reason::kValidationFailed, "Choose another."},
    RemedyRow{Reason::kFileInsecure,
              "Run the command as the user that the server runs as."},
    RemedyRow{Reason::kPermissionDenied,
              "Run the command as the user that the server runs as, or as "
              "root."},
    RemedyRow{Reason::kStoreUnavailable,
              "Check the file, its folder and the disk, or end the process "
              "that has it."},
    RemedyRow{Reason::kConnectionLost,
              "See the server's log; whether it was done is not known."},
};

std::string_view RemedyOf(const Status& status, const AdminCall& call) {
  if (call.command == "restore" &&
      status.reason() == Reason::kStoreUnavailable) {
    return "Stop the server first; what was there is unchanged.";
  }
  if (call.command == "why" && status.reason() == Reason::kNotFound) {
    return "Give the whole id, and the database of the server that made it.";
  }
  const bool about_peppers = call.command.rfind("pepper ", 0) == 0;
  if (about_peppers && (status.reason() == Reason::kNotFound ||
                        status.reason() == Reason::kRotationPending)) {
    return "See what there is, and how far it is, with 'pepper list'.";
  }
  for (const RemedyRow& row : kRemedies) {
    if (row.reason == status.reason()) return row.remedy;
  }
  return status.remedy();
}

Result<Secret> AskForPassword() {
  auto password = console::ReadSecret("New password: ");
  if (!password.ok() || !console::AsksForSecrets()) return password;
  const auto again = console::ReadSecret("The same again: ");
  if (!again.ok()) return again.status();
  if (!ConstantTimeEquals(*password, *again)) {
    return Status(Reason::kInvalidArgument, "the two are not the same");
  }
  return password;
}

/// The file's text without the line's end behind it.
Result<Secret> ReadSigningKey(const std::string& path) {
  constexpr std::size_t kMost = 4096;
  std::ifstream file(path, std::ios::binary);
  Secret buffer = Secret::OfSize(kMost);
  file.read(buffer.MutableBytes(), static_cast<std::streamsize>(kMost));
  std::string_view text =
      buffer.Reveal().substr(0, static_cast<std::size_t>(file.gcount()));
  text = text.substr(0, text.find_last_not_of("\r\n") + 1);
  if (text.empty() || !file.eof()) {
    return Status(Reason::kInvalidArgument,
                  "'" + path + "' is no file with a signing key in it.");
  }
  return Secret::CopyOf(text);
}

/// The request as one line of JSON.
Result<Secret> RequestOf(const AdminCall& call) {
  JsonWriter json;
  json.BeginObject().Name("command").String(call.command);
  json.Name("uses").Int(call.uses);
  json.Name("id").String(call.id);
  json.Name("email").String(call.email);
  json.Name("head").String(call.head);
  json.Name("limit").Int(call.limit);
  // The server may be in another folder.
  std::error_code ignored;
  json.Name("file").String(
      std::filesystem::absolute(call.file, ignored).string());
  json.Name("publish_ahead").Int(call.publish_ahead.count());
  json.Name("pepper").Int(std::int64_t{call.pepper});
  json.Name("key_owner").String(call.key_owner);
  json.Name("user_table").String(call.user_table);
  json.Name("permissions").BeginArray();
  for (const std::string& name : call.permissions) json.String(name);
  json.EndArray();
  if (!call.signing_key_file.empty()) {
    const auto key = ReadSigningKey(call.signing_key_file);
    if (!key.ok()) return key.status();
    json.Name("signing_key").String(key->Reveal());
  }
  if (call.command == "account set-password") {
    const auto password = AskForPassword();
    if (!password.ok()) return password.status();
    json.Name("password").String(password->Reveal());
  }
  std::string line = json.EndObject().Take() + "\n";
  Secret request = Secret::CopyOf(line);
  clone_auth::WipeBytes(line.data(), line.size());
  return request;
}

Result<JsonValue> AskServer(const Descriptor& connection,
                            const Secret& request) {
  const Status lost(Reason::kConnectionLost,
                    "The running server has closed its admin socket.");
  if (!WriteAll(connection.get(), request.Reveal(),
                steady_clock::now() + kSendPatience)) {
    return lost;
  }
  std::string line;
  std::array<char, 16 * 1024> piece;
  while (line.empty() || line.back() != '\n') {
    const auto got = ReadSome(connection.get(), piece, Deadline::max());
    if (!got || *got == 0) return lost;
    line.append(piece.data(), *got);
  }
  return FromLine(line);
}

bool IsServed(const std::string& database) {
  const Descriptor keys(
      open((database + ".keys").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  return keys.ok() && flock(keys.get(), LOCK_SH | LOCK_NB) != 0 &&
         errno == EWOULDBLOCK;
}

/// Rows are sealed anew while the service is open. Where that does not go on,
/// the next one that opens the database does it.
void AwaitPeppers(clone_auth::ServiceOperations& operations) {
  auto progress = operations.PepperProgress();
  auto end = steady_clock::now() + kPatience;
  while (progress.running && steady_clock::now() < end) {
    std::this_thread::sleep_for(kPause);
    const auto now = operations.PepperProgress();
    if (now.done != progress.done) end = steady_clock::now() + kPatience;
    progress = now;
  }
}

Result<JsonValue> DoHere(const Options& options, const Secret& request) {
  auto settings = options.service;
  // No token is issued, so it does not matter by whom.
  if (settings.issuer.empty()) settings.issuer = "http://127.0.0.1";
  settings.keep_algorithm = true;
  auto service = IdentityService::OpenSqlite(options.database_path, settings);
  if (!service.ok()) return service.status();
  const auto parsed = JsonValue::Parse(request.Reveal());
  if (!parsed.ok()) return parsed.status();
  const auto answer = Execute((*service)->operations(), *parsed);
  if (!answer.ok()) return answer.status();
  AwaitPeppers((*service)->operations());
  return FromLine(ToLine(answer));
}

Status CheckDatabase(const std::string& path, uid_t& owner) {
  struct stat state {};
  if (stat(path.c_str(), &state) != 0) {
    const std::string why = std::strerror(errno);
    if (errno == ENOENT || errno == ENOTDIR) {
      return Status(Reason::kNotConfigured, "no such database: '" + path + "'");
    }
    return Status(
        errno == EACCES ? Reason::kPermissionDenied : Reason::kStoreUnavailable,
        "The database '" + path + "' cannot be used: " + why + ".");
  }
  owner = state.st_uid;
  return Status();
}

Result<JsonValue> Do(const Options& options, const Secret& request) {
  const std::string& database = options.database_path;
  const std::string socket = AdminSocketPath(database);
  const auto end = steady_clock::now() + kPatience;
  while (true) {
    uid_t owner = 0;
    if (Status status = CheckDatabase(database, owner); !status.ok()) {
      return status;
    }
    const auto connection = ConnectTo(socket);
    if (connection.ok()) {
      const uid_t peer = PeerOf(connection->get());
      if (peer == owner || peer == 0) return AskServer(*connection, request);
      return Status(Reason::kPermissionDenied,
                    "The admin socket '" + socket +
                        "' is of another user than the database.");
    }
    if (connection.status().reason() != Reason::kNotFound) {
      return connection.status();
    }
    auto done = DoHere(options, request);
    if (done.ok() || done.status().reason() != Reason::kStoreUnavailable ||
        !IsServed(database)) {
      return done;
    }
    if (steady_clock::now() > end) {
      return Status(Reason::kStoreUnavailable,
                    "A process has the database and does not answer at '" +
                        socket + "'.");
    }
    std::this_thread::sleep_for(kPause);
  }
}

/// Never through a server: it may not run.
Result<JsonValue> Restore(const Options& options) {
  clone_auth::RestoreOptions how;
  how.without_revocation_log = options.admin.without_revocation_log;
  const auto restored = IdentityService::RestoreSqlite(options.database_path,
                                                       options.admin.file, how);
  if (!restored.ok()) return restored.status();
  JsonWriter json;
  json.BeginObject().Name("set_aside");
  if (restored->set_aside.empty()) {
    json.Null();
  } else {
    json.String(restored->set_aside);
  }
  json.Name("replayed").Int(static_cast<std::int64_t>(restored->replayed));
  json.Name("all_revoked").Bool(restored->all_revoked).EndObject();
  return JsonValue::Parse(json.Take());
}

Result<JsonValue> Run(const Options& options) {
  if (options.admin.command == "restore") return Restore(options);
  const auto request = RequestOf(options.admin);
  return request.ok() ? Do(options, *request)
                      : Result<JsonValue>(request.status());
}

}  // namespace

int RunAdmin(const Options& options) {
  const AdminCall& call = options.admin;
  console::Output out({"clone-auth-server", call.json, false, std::nullopt});
  const auto answer = Run(options);
  if (answer.ok()) {
    Show(call, *answer, out);
  } else {
    out.Complain(answer.status(), RemedyOf(answer.status(), call));
  }
  return out.Finish() && answer.ok() ? 0 : 1;
}

}  // namespace auth_server

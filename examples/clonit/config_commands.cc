// config edit, path.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "clone/credential_source.h"
#include "commands.h"
#include "workspace.h"

namespace clonit {
namespace {

using clone_auth::DefaultSourceOptions;
using clone_auth::JsonWriter;
using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Status;

constexpr std::string_view kTemplate =
    "# The settings of clonit.\n"
    "cloud:\n"
    "  # Where the cloud is.\n"
    "  url:\n"
    "  # For machines only: an API key goes before a session.\n"
    "  # api_key:\n";

/// As the commands will have it, except that a variable of this run's
/// environment does not hide what the file says.
DefaultSourceOptions FileAlone(const Options& options) {
  DefaultSourceOptions alone;
  alone.config_file = options.config_file;
  alone.environment =
      [](const std::string& name) -> std::optional<std::string> {
    if (name.rfind("CLONE_API_", 0) == 0) return std::nullopt;
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  return alone;
}

/// The file in use. It is found whatever stands in it: a server that is named
/// already is not looked for there.
Result<std::string> FileInUse(const Options& options) {
  auto alone = FileAlone(options);
  alone.base_url = "http://localhost";
  const auto server = clone_auth::FindDefaultServer(std::move(alone));
  if (!server.ok()) return server.status();
  if (server->config_file.empty()) {
    return Status(Reason::kNotConfigured,
                  "there is no home folder for a config file; set HOME");
  }
  return server->config_file;
}

Status CannotMake(const std::string& path, const std::string& why) {
  return Status(Reason::kStoreUnavailable, "cannot make " + path + ": " + why);
}

/// Makes the file with a hint of what belongs in it, unless it is there.
Status MakeFile(const std::string& path) {
  const std::filesystem::path folder =
      std::filesystem::path(path).parent_path();
  std::error_code error;
  const mode_t before = umask(077);
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  umask(before);
  if (error) return CannotMake(folder.string(), error.message());
  const int file =
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) {
    return errno == EEXIST ? Status() : CannotMake(path, std::strerror(errno));
  }
  const ssize_t written = write(file, kTemplate.data(), kTemplate.size());
  close(file);
  if (written != static_cast<ssize_t>(kTemplate.size())) {
    return CannotMake(path, "it cannot be written");
  }
  return Status();
}

std::string Editor() {
  for (const char* name : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "vi";
}

/// Runs the editor, which may be a command with arguments, on the file.
Status Edit(const std::string& editor, const std::string& path) {
  const std::string script = editor + " \"$1\"";
  const pid_t child = fork();
  if (child < 0) return Status(Reason::kInternal, std::strerror(errno));
  if (child == 0) {
    std::signal(SIGPIPE, SIG_DFL);
    execl("/bin/sh", "sh", "-c", script.c_str(), "sh", path.c_str(),
          static_cast<char*>(nullptr));
    _exit(127);
  }
  // Ctrl-C is the editor's while it runs.
  const auto interrupt = std::signal(SIGINT, SIG_IGN);
  const auto quit = std::signal(SIGQUIT, SIG_IGN);
  int outcome = 0;
  while (waitpid(child, &outcome, 0) < 0 && errno == EINTR) {
  }
  std::signal(SIGINT, interrupt);
  std::signal(SIGQUIT, quit);
  if (WIFEXITED(outcome) && WEXITSTATUS(outcome) == 0) return Status();
  return Status(Reason::kInvalidArgument,
                "the editor '" + editor + "' did not end well");
}

/// What the commands would say of the file.
Status Check(const Options& options, const std::string& path) {
  const auto server = clone_auth::FindDefaultServer(FileAlone(options));
  if (!server.ok()) return server.status();
  if (server->base_url.empty()) {
    return Status(Reason::kNotConfigured, "cloud.url is not set in " + path);
  }
  auto alone = FileAlone(options);
  alone.config_file = path;
  const auto found = clone_auth::MakeDefaultSource(std::move(alone));
  // That nobody is signed in, or elsewhere, is no fault of the file.
  const Reason reason = found.status().reason();
  const bool is_fine = found.ok() || reason == Reason::kNotConfigured ||
                       reason == Reason::kForeignOrigin;
  return is_fine ? Status() : found.status();
}

}  // namespace

ExitCode Commands::ConfigPath(const Options& options, Output& out) {
  const auto path = FileInUse(options);
  if (!path.ok()) return out.Fail(path.status());
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("config").String(*path);
    json.Name("session").String(SessionFile(*path)).EndObject();
    out.Print(json);
  } else {
    out.PrintRaw(*path);
  }
  return ExitCode::kOk;
}

ExitCode Commands::EditConfig(const Options& options, Output& out) {
  const auto path = FileInUse(options);
  if (!path.ok()) return out.Fail(path.status());
  if (const Status made = MakeFile(*path); !made.ok()) return out.Fail(made);
  if (const Status edited = Edit(Editor(), *path); !edited.ok()) {
    return out.Fail(edited);
  }
  if (const Status fine = Check(options, *path); !fine.ok()) {
    return out.Fail(fine);
  }
  if (out.json()) {
    JsonWriter json;
    json.BeginObject().Name("config").String(*path).EndObject();
    out.Print(json);
  } else {
    out.Note(*path + " is fine");
  }
  return ExitCode::kOk;
}

}  // namespace clonit

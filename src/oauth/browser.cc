#include "clone/browser.h"

#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "base/macros.h"
#include "base/url.h"
#include "credential/private_file.h"

namespace clone_auth {
namespace {

#ifdef __APPLE__
constexpr const char* kOpener = "open";
#else
constexpr const char* kOpener = "xdg-open";
#endif

std::optional<std::string> FromProcess(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

bool IsSet(const BrowserEnvironment& environment, const std::string& name) {
  return !environment(name).value_or("").empty();
}

bool HasDisplay(const BrowserEnvironment& environment) {
#ifdef __APPLE__
  return !IsSet(environment, "SSH_CONNECTION");
#else
  return IsSet(environment, "DISPLAY") || IsSet(environment, "WAYLAND_DISPLAY");
#endif
}

// What opens a page may be a script, and not each quotes what it is given.
Status CheckHarmless(const std::string& url) {
  CLONE_AUTH_RETURN_IF_ERROR(ParseUrl(url).status());
  constexpr std::string_view kHarmless =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
      "-._~:/?#[]@&+,=%";
  if (url.find_first_not_of(kHarmless) == std::string::npos) return Status();
  return Status(Reason::kUrlMalformed,
                "the URL holds a character that no browser is given");
}

void DetachStandardStreams() {
  const int nothing = open("/dev/null", O_RDWR);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    dup2(nothing, fd);
  }
  if (nothing > STDERR_FILENO) close(nothing);
}

// Between fork and exec other threads are gone with whatever locks they held,
// so only what POSIX calls async-signal-safe is called. The process that
// becomes the browser is left to init, which buries it.
[[noreturn]] void BecomeBrowser(char* const* arguments, int report) {
  setsid();
  const pid_t browser = fork();
  if (browser > 0) _exit(0);
  if (browser == 0) {
    DetachStandardStreams();
    execvp(arguments[0], arguments);
  }
  const int error = errno;
  (void)!write(report, &error, sizeof error);
  _exit(127);
}

// Ok once the program runs: then exec has closed the pipe.
Status Start(const std::string& program, const std::string& url) {
  std::string program_text = program;
  std::string url_text = url;
  char* const arguments[] = {program_text.data(), url_text.data(), nullptr};
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return Status(Reason::kInternal);
  const FileDescriptor read_end(ends[0]);
  FileDescriptor write_end(ends[1]);
  const pid_t child = fork();
  if (child == 0) BecomeBrowser(arguments, write_end.get());
  write_end = FileDescriptor();
  if (child < 0) return Status(Reason::kInternal, "no process can be started");
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  int error = 0;
  ssize_t size = 0;
  do {
    size = read(read_end.get(), &error, sizeof error);
  } while (size < 0 && errno == EINTR);
  if (size == 0) return Status();
  return Status(Reason::kNotFound,
                "the program that opens a browser cannot be run");
}

}  // namespace

Status OpenBrowser(const std::string& url,
                   const BrowserEnvironment& environment) {
  CLONE_AUTH_RETURN_IF_ERROR(CheckHarmless(url));
  const BrowserEnvironment& variables = environment ? environment : FromProcess;
  const std::string chosen = variables("BROWSER").value_or("");
  if (!chosen.empty()) return Start(chosen, url);
  if (!HasDisplay(variables)) {
    return Status(Reason::kNotFound,
                  "there is no display, and BROWSER names no program");
  }
  return Start(kOpener, url);
}

}  // namespace clone_auth

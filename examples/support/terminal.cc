#include "support/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace console {
namespace {

using clone_auth::Reason;
using clone_auth::Result;
using clone_auth::Secret;
using clone_auth::Status;

// More than any token or password that a server takes.
constexpr std::size_t kLongest = 20'000;
constexpr std::array kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

volatile std::sig_atomic_t caught = 0;

void Catch(int number) { caught = number; }

/// While it lives, the signals that would end or stop the program are only
/// noted, and only while it waits: none slips in between.
class CaughtSignals {
 public:
  CaughtSignals() {
    caught = 0;
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int number : kSignals) sigaddset(&blocked, number);
    sigprocmask(SIG_BLOCK, &blocked, &mask_);
    struct sigaction action {};
    action.sa_handler = Catch;
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], nullptr, &before_[i]);
      if (before_[i].sa_handler == SIG_IGN) continue;
      sigaction(kSignals[i], &action, nullptr);
    }
  }
  ~CaughtSignals() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
      sigaction(kSignals[i], &before_[i], nullptr);
    }
    sigprocmask(SIG_SETMASK, &mask_, nullptr);
  }
  CaughtSignals(const CaughtSignals&) = delete;
  CaughtSignals& operator=(const CaughtSignals&) = delete;

  /// False where a signal came before there was something to read.
  bool AwaitInput(int fd) const {
    pollfd wanted{fd, POLLIN, 0};
    return ppoll(&wanted, 1, nullptr, &mask_) >= 0 || errno != EINTR;
  }

 private:
  sigset_t mask_{};
  std::array<struct sigaction, kSignals.size()> before_{};
};

/// No echo while it lives.
class Silence {
 public:
  explicit Silence(int fd) : fd_(fd) {
    if (tcgetattr(fd, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
    is_silent_ = tcsetattr(fd, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (is_silent_) tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  bool is_silent() const { return is_silent_; }

 private:
  int fd_;
  bool is_silent_ = false;
  termios before_{};
};

void Show(int fd, std::string_view text) {
  // A terminal that cannot show the prompt can still be typed on.
  [[maybe_unused]] const ssize_t written = write(fd, text.data(), text.size());
}

Status NoTerminal() {
  return Status(
      Reason::kInternal,
      std::string("the terminal cannot be used: ") + std::strerror(errno));
}

/// Bytes up to the end of the line or of the file. `await` tells when to read,
/// and false where a signal came first.
template <typename Await>
Result<Secret> ReadLine(int fd, const Await& await) {
  Secret buffer = Secret::OfSize(kLongest + 1);
  std::size_t size = 0;
  while (await()) {
    const ssize_t got = read(fd, buffer.MutableBytes() + size, 1);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return NoTerminal();
    if (got == 0 || buffer.MutableBytes()[size] == '\n') break;
    if (++size > kLongest) {
      return Status(Reason::kInvalidArgument, "that is too long");
    }
  }
  std::string_view line = buffer.Reveal().substr(0, size);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return Secret::CopyOf(line);
}

Result<Secret> AskOnce(int terminal, const std::string& prompt) {
  const CaughtSignals signals;
  const Silence silence(terminal);
  if (!silence.is_silent()) return NoTerminal();
  Show(terminal, prompt);
  auto line = ReadLine(terminal, [&] { return signals.AwaitInput(terminal); });
  Show(terminal, "\n");
  return line;
}

Result<Secret> Ask(const std::string& prompt) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
  if (terminal < 0) return NoTerminal();
  for (;;) {
    auto line = AskOnce(terminal, prompt);
    if (caught == 0) {
      close(terminal);
      return line;
    }
    // The terminal is as it was: now the signal may do what it does. After a
    // stop the program goes on here and asks again.
    std::raise(caught);
  }
}

}  // namespace

bool ShowsColours(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  if (term == nullptr || std::string_view(term) == "dumb") return false;
  return isatty(fd) == 1;
}

std::size_t TerminalWidth(int fd) {
  winsize size{};
  if (isatty(fd) != 1) return 0;
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

bool AsksForSecrets() { return isatty(STDIN_FILENO) == 1; }

Result<Secret> ReadSecret(const std::string& prompt) {
  auto line = AsksForSecrets() ? Ask(prompt)
                               : ReadLine(STDIN_FILENO, [] { return true; });
  if (line.ok() && line->empty()) {
    return Status(Reason::kInvalidArgument, "nothing was entered");
  }
  return line;
}

}  // namespace console

#pragma once

// Ctrl-C, for a command that waits for a person.

#include <chrono>
#include <csignal>

namespace clonit {

/// While it lives, the first Ctrl-C is only noted, so that the command can end
/// in good order; the next one ends the program. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  bool came() const;

  /// Sleeps for `time`, or until a signal comes.
  void SleepFor(std::chrono::nanoseconds time) const;

 private:
  struct sigaction before_ {};
};

}  // namespace clonit

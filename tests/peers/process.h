#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace clone_auth::testing {

/// A program that runs as long as this lives, or until it is waited for.
class Process {
 public:
  explicit Process(const std::vector<std::string>& command);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  /// The next line of its output; what is left where it ends.
  std::string ReadLine();

  /// What follows "listening on " in the next line; empty if that is another.
  std::string ReadUrl();

  /// Its exit code; -1 if a signal ended it.
  int Wait();

 private:
  pid_t child_ = -1;
  int output_ = -1;
};

}  // namespace clone_auth::testing

#include "peers/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string_view>

namespace clone_auth::testing {

Process::Process(const std::vector<std::string>& command) {
  std::vector<char*> words;
  for (const std::string& word : command) {
    words.push_back(const_cast<char*>(word.c_str()));
  }
  words.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return;
  child_ = fork();
  if (child_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    dup2(ends[1], STDOUT_FILENO);
    execvp(words[0], words.data());
    std::perror(words[0]);
    _exit(127);
  }
  close(ends[1]);
  output_ = ends[0];
}

Process::~Process() {
  if (child_ > 0) kill(child_, SIGTERM);
  Wait();
  if (output_ >= 0) close(output_);
}

std::string Process::ReadLine() {
  std::string line;
  char c = 0;
  while (read(output_, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

std::string Process::ReadUrl() {
  constexpr std::string_view kReady = "listening on ";
  const std::string line = ReadLine();
  return line.rfind(kReady, 0) == 0 ? line.substr(kReady.size()) : "";
}

int Process::Wait() {
  int status = -1;
  if (child_ > 0) waitpid(child_, &status, 0);
  child_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace clone_auth::testing

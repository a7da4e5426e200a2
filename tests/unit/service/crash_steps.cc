#include "unit/service/crash_steps.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

#include "gtest/gtest.h"

namespace {

// Steps until the end; less than zero: none comes.
std::atomic<int> steps_left{-1};

void Step() {
  if (steps_left >= 0 && steps_left-- == 0)
    _exit(clone_auth::testing::kCrashed);
}

}  // namespace

// In the place of the C library's, for this program and SQLite's library.
extern "C" {

int rename(const char* from, const char* to) noexcept {
  Step();
  return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int link(const char* from, const char* to) noexcept {
  Step();
  return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlink(const char* path) noexcept {
  Step();
  return unlinkat(AT_FDCWD, path, 0);
}

int fsync(int file) {
  Step();
  return static_cast<int>(syscall(SYS_fsync, file));
}

int fdatasync(int file) {
  Step();
  return static_cast<int>(syscall(SYS_fdatasync, file));
}

}  // extern "C"

namespace clone_auth::testing {

int RunForSteps(int steps, const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    steps_left = steps;
    _exit(work() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace clone_auth::testing

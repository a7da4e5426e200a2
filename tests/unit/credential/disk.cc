#include "unit/credential/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <utility>

#include "gtest/gtest.h"

namespace {

using clone_auth::testing::kCrashed;

constexpr long kNoLimit = -1;
constexpr int kNever = -1;

std::atomic<bool> is_quick{false};
std::atomic<long> room{kNoLimit};
std::atomic<int> sync_count{0};
std::atomic<int> steps_until_crash{kNever};
std::atomic<int> steps_until_failure{kNever};
int failure = 0;
std::string_view failing;
std::function<void()> on_sync;

bool IsHere(std::atomic<int>& steps) { return steps >= 0 && steps-- == 0; }

// False where the step `name` is to fail, with errno set.
bool Step(std::string_view name) {
  if (IsHere(steps_until_crash)) _exit(kCrashed);
  const bool counts = failing.empty() || failing == name;
  if (!counts || !IsHere(steps_until_failure)) return true;
  errno = failure;
  return false;
}

int Sync(long call, int file) {
  return is_quick ? 0 : static_cast<int>(syscall(call, file));
}

// A write of which as much takes place as there is room for, and half of the
// last before a crash.
template <typename Call>
ssize_t Write(std::string_view name, size_t size, const Call& call) {
  const bool is_last = steps_until_crash == 0;
  if (!is_last && !Step(name)) return -1;
  if (is_last) size /= 2;
  if (const long left = room; left != kNoLimit) {
    if (left == 0 && size > 0) {
      errno = ENOSPC;
      return -1;
    }
    size = std::min(size, static_cast<size_t>(left));
    room -= static_cast<long>(size);
  }
  const ssize_t written = call(size);
  if (is_last) Step(name);
  return written;
}

}  // namespace

// In the place of the C library's, for this program.
extern "C" {

ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return Write("pwrite", size, [&](size_t part) {
    return syscall(SYS_pwrite64, file, bytes, part, offset);
  });
}

ssize_t write(int file, const void* bytes, size_t size) {
  struct stat info {};
  const bool is_file = fstat(file, &info) == 0 && S_ISREG(info.st_mode);
  if (!is_file) return syscall(SYS_write, file, bytes, size);
  return Write("write", size, [&](size_t part) {
    return syscall(SYS_write, file, bytes, part);
  });
}

int ftruncate(int file, off_t size) noexcept {
  if (!Step("ftruncate")) return -1;
  return static_cast<int>(syscall(SYS_ftruncate, file, size));
}

int fdatasync(int file) {
  if (!Step("fdatasync")) return -1;
  if (on_sync) on_sync();
  ++sync_count;
  return Sync(SYS_fdatasync, file);
}

int fsync(int file) {
  if (!Step("fsync")) return -1;
  return Sync(SYS_fsync, file);
}

int fcntl(int file, int command, ...) {
  std::va_list arguments;
  va_start(arguments, command);
  void* const argument = va_arg(arguments, void*);
  va_end(arguments);
  if (command == F_OFD_SETLK && !Step("fcntl")) return -1;
  return static_cast<int>(syscall(SYS_fcntl, file, command, argument));
}

int renameat(int from, const char* name, int to, const char* other) noexcept {
  if (!Step("renameat")) return -1;
  return static_cast<int>(syscall(SYS_renameat, from, name, to, other));
}

int linkat(int from, const char* name, int to, const char* other,
           int flags) noexcept {
  if (!Step("linkat")) return -1;
  return static_cast<int>(syscall(SYS_linkat, from, name, to, other, flags));
}

int unlinkat(int folder, const char* name, int flags) noexcept {
  if (!Step("unlinkat")) return -1;
  return static_cast<int>(syscall(SYS_unlinkat, folder, name, flags));
}

}  // extern "C"

namespace clone_auth::testing {

Disk::Disk() {
  is_quick = true;
  sync_count = 0;
}

Disk::~Disk() {
  is_quick = false;
  room = kNoLimit;
  steps_until_failure = kNever;
  failing = {};
  on_sync = nullptr;
}

void Disk::SetRoom(long bytes) { room = bytes; }
void Disk::SetRoomAgain() { room = kNoLimit; }

void Disk::Fail(int step, int error, std::string_view name) {
  failure = error;
  failing = name;
  steps_until_failure = step;
}

bool Disk::HasFailed() const { return steps_until_failure < 0; }

void Disk::OnSync(std::function<void()> call) { on_sync = std::move(call); }

int Disk::syncs() const { return sync_count; }

int RunUntilStep(int step, const std::function<bool()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    steps_until_crash = step;
    _exit(work() ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace clone_auth::testing

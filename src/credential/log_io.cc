#include "credential/log_io.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/macros.h"

namespace clone_auth {

Status DiskFailure(std::string_view what, std::string_view name) {
  const std::string why = std::generic_category().message(errno);
  return Status(Reason::kStoreUnavailable, "cannot " + std::string(what) + " " +
                                               std::string(name) + ": " + why);
}

Result<std::uint64_t> FileSize(int fd, const std::string& name) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return DiskFailure("look at", name);
  return static_cast<std::uint64_t>(info.st_size);
}

Result<std::size_t> ReadAt(int fd, std::uint64_t offset, char* to,
                           std::size_t size, const std::string& name) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return DiskFailure("read", name);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status WriteAt(int fd, std::uint64_t offset, std::string_view bytes,
               const std::string& name) {
  while (!bytes.empty()) {
    const ssize_t written =
        pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return DiskFailure("write", name);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
  return Status();
}

Status CutAt(int fd, std::uint64_t size, const std::string& name) {
  if (ftruncate(fd, static_cast<off_t>(size)) != 0) {
    return DiskFailure("cut", name);
  }
  return Status();
}

Status SyncData(int fd, const std::string& name) {
  if (fdatasync(fd) != 0) return DiskFailure("make safe", name);
  return Status();
}

LogWindow::LogWindow(int fd, std::uint64_t file_size, std::string name)
    : fd_(fd),
      file_size_(file_size),
      name_(std::move(name)),
      bytes_(Secret::OfSize(static_cast<std::size_t>(
          std::min<std::uint64_t>(kMaxWindow, file_size)))) {}

Result<std::string_view> LogWindow::At(std::uint64_t offset, std::size_t size) {
  const std::uint64_t left = file_size_ - std::min(offset, file_size_);
  size = static_cast<std::size_t>(
      std::min<std::uint64_t>(std::min(size, kMaxWindow), left));
  if (offset < start_ || offset + size > start_ + filled_) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(bytes_.size(), left));
    start_ = offset;
    filled_ = 0;
    CLONE_AUTH_ASSIGN_OR_RETURN(
        filled_, ReadAt(fd_, offset, bytes_.MutableBytes(), wanted, name_));
  }
  const std::size_t from = static_cast<std::size_t>(offset - start_);
  return bytes_.Reveal().substr(from, std::min(size, filled_ - from));
}

}  // namespace clone_auth

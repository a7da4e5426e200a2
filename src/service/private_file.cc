#include "service/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "service/try.h"

namespace clone_auth::service {
namespace {

Status DiskFailure(const std::string& path) {
  return FileFailure(path,
                     std::string("cannot be used: ") + std::strerror(errno));
}

Status Sync(const std::string& path, int flags) {
  const OpenFile file(open(path.c_str(), O_RDONLY | O_CLOEXEC | flags));
  return file.ok() && fsync(file.get()) == 0 ? Status() : DiskFailure(path);
}

}  // namespace

Status FileFailure(const std::string& path, const std::string& what) {
  return Status(Reason::kStoreUnavailable,
                "The file '" + path + "' " + what + ".");
}

bool Exists(const std::string& path) {
  struct stat state;
  return lstat(path.c_str(), &state) == 0;
}

Result<OpenFile> NewPrivateFile(const std::string& path) {
  OpenFile file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                     S_IRUSR | S_IWUSR));
  if (!file.ok()) return DiskFailure(path);
  return file;
}

Status WriteAll(const OpenFile& file, std::string_view text,
                const std::string& path) {
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return DiskFailure(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return Status();
}

Status SyncFile(const std::string& path) { return Sync(path, 0); }

Status SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return Sync(folder.empty() ? "." : folder, O_DIRECTORY);
}

Status CopyPrivately(const std::string& from, const std::string& to) {
  const OpenFile source(open(from.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!source.ok()) return DiskFailure(from);
  CLONE_AUTH_TRY_ASSIGN(const OpenFile target, NewPrivateFile(to));
  std::array<char, 64 * 1024> buffer;
  while (true) {
    const ssize_t got = read(source.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return DiskFailure(from);
    if (got == 0) break;
    CLONE_AUTH_TRY(
        WriteAll(target, {buffer.data(), static_cast<std::size_t>(got)}, to));
  }
  // It may have been the key file.
  WipeBytes(buffer.data(), buffer.size());
  return fsync(target.get()) == 0 ? Status() : DiskFailure(to);
}

Status Link(const std::string& path, const std::string& name) {
  if (link(path.c_str(), name.c_str()) == 0) return Status();
  if (errno != EEXIST) return DiskFailure(name);
  return Status(Reason::kAlreadyExists,
                "The file '" + name + "' exists already.");
}

Status Rename(const std::string& path, const std::string& name) {
  return rename(path.c_str(), name.c_str()) == 0 ? Status() : DiskFailure(name);
}

Status Remove(const std::string& path) {
  return unlink(path.c_str()) == 0 || errno == ENOENT ? Status()
                                                      : DiskFailure(path);
}

Status RemoveDatabase(const std::string& path) {
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) {
    CLONE_AUTH_TRY(Remove(path + suffix));
  }
  return Status();
}

std::string FreeName(const std::string& path) {
  std::string name = path;
  for (int number = 2; Exists(name); ++number) {
    name = path + "-" + std::to_string(number);
  }
  return name;
}

}  // namespace clone_auth::service

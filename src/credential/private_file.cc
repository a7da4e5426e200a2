#include "credential/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/macros.h"

namespace clone_auth {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kFolderMode = 0700;

Status Unavailable(const char* what, const std::string& name) {
  return Status(Reason::kStoreUnavailable,
                "cannot " + std::string(what) + " " + name + ": " +
                    std::generic_category().message(errno));
}

Status Insecure(const std::string& name, const char* why) {
  return Status(Reason::kFileInsecure, name + " " + why);
}

Status CheckFile(int fd, const std::string& name) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return Unavailable("look at", name);
  if (!S_ISREG(info.st_mode)) return Insecure(name, "is no regular file");
  if (info.st_uid != geteuid()) return Insecure(name, "is somebody else's");
  if ((info.st_mode & 077) != 0) return Insecure(name, "is open to others");
  if (info.st_nlink > 1) return Insecure(name, "has a second name");
  return Status();
}

std::optional<struct stat> Look(int folder, const std::string& name) {
  struct stat info {};
  if (fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::nullopt;
  }
  return info;
}

bool AreOne(const struct stat& a, const struct stat& b) {
  return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

// In a sticky folder, such as /tmp, others cannot replace what is ours.
Status CheckFolder(int fd, const std::string& path) {
  struct stat info {};
  if (fstat(fd, &info) != 0) return Unavailable("look at", path);
  if (info.st_uid != geteuid() && info.st_uid != 0) {
    return Insecure(path, "is somebody else's folder");
  }
  if ((info.st_mode & 022) != 0 && (info.st_mode & S_ISVTX) == 0) {
    return Insecure(path, "is a folder that others may write");
  }
  return Status();
}

Status MakeFolders(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string folder = path.substr(0, end);
    if (mkdir(folder.c_str(), kFolderMode) != 0 && errno != EEXIST) {
      return Unavailable("make", folder);
    }
    if (end == std::string::npos) return Status();
  }
}

int OpenFolder(const std::string& path) {
  return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

Status WriteAll(int fd, std::string_view content, const std::string& name) {
  while (!content.empty()) {
    const ssize_t written = write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Unavailable("write", name);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(fd) != 0) return Unavailable("write", name);
  return Status();
}

// A name of its own is not needed, as only one Replace is under way; so there
// is never more than one leftover, and the next Replace removes it.
std::string TemporaryName(const std::string& name) { return name + ".tmp"; }

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) close(fd_);
}

Result<PrivateFolder> PrivateFolder::Open(const std::string& path,
                                          bool create) {
  FileDescriptor fd(OpenFolder(path));
  if (!fd.is_open() && errno == ENOENT) {
    if (!create) return Status(Reason::kNotFound);
    CLONE_AUTH_RETURN_IF_ERROR(MakeFolders(path));
    fd = FileDescriptor(OpenFolder(path));
  }
  if (!fd.is_open()) return Unavailable("open", path);
  CLONE_AUTH_RETURN_IF_ERROR(CheckFolder(fd.get(), path));
  return PrivateFolder(std::move(fd));
}

Result<std::optional<std::string>> PrivateFolder::Read(
    const std::string& name, std::size_t limit) const {
  // Without O_NONBLOCK, a FIFO at this place would block for ever.
  const FileDescriptor file(openat(
      fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return std::optional<std::string>();
    if (errno == ELOOP) return Insecure(name, "is a symbolic link");
    return Unavailable("open", name);
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckFile(file.get(), name));
  std::string content(limit + 1, '\0');
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got =
        read(file.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Unavailable("read", name);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > limit) {
    return Status(Reason::kTooLarge, name + " is larger than what is accepted");
  }
  content.resize(size);
  return std::optional<std::string>(std::move(content));
}

Status PrivateFolder::Replace(const std::string& name,
                              std::string_view content) const {
  const std::string temporary = TemporaryName(name);
  unlinkat(fd_.get(), temporary.c_str(), 0);
  const FileDescriptor file(openat(fd_.get(), temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                   kFileMode));
  if (!file.is_open()) return Unavailable("make", temporary);
  const Status written = WriteAll(file.get(), content, temporary);
  if (!written.ok()) {
    unlinkat(fd_.get(), temporary.c_str(), 0);
    return written;
  }
  if (renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) != 0) {
    const Status failed = Unavailable("replace", name);
    unlinkat(fd_.get(), temporary.c_str(), 0);
    return failed;
  }
  if (fsync(fd_.get()) != 0) return Unavailable("write", name);
  return Status();
}

Status PrivateFolder::SetAside(const std::string& name) const {
  const std::string aside = name + ".damaged";
  if (renameat(fd_.get(), name.c_str(), fd_.get(), aside.c_str()) != 0) {
    return Unavailable("set aside", name);
  }
  return Status();
}

Status PrivateFolder::Remove(const std::string& name) const {
  for (const std::string& file : {TemporaryName(name), name}) {
    if (unlinkat(fd_.get(), file.c_str(), 0) != 0 && errno != ENOENT) {
      return Unavailable("remove", file);
    }
  }
  if (fsync(fd_.get()) != 0) return Unavailable("remove", name);
  return Status();
}

Result<FileDescriptor> PrivateFolder::OpenFile(const std::string& name) const {
  FileDescriptor file(openat(fd_.get(), name.c_str(),
                             O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) {
    if (errno == ENOENT) return Status(Reason::kNotFound);
    if (errno == ELOOP) return Insecure(name, "is a symbolic link");
    if (errno == EISDIR) return Insecure(name, "is no regular file");
    return Unavailable("open", name);
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckFile(file.get(), name));
  return file;
}

Result<FileDescriptor> PrivateFolder::NewFile(const std::string& name) const {
  CLONE_AUTH_RETURN_IF_ERROR(Unlink(name));
  FileDescriptor file(openat(fd_.get(), name.c_str(),
                             O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode));
  if (!file.is_open()) return Unavailable("make", name);
  return file;
}

bool PrivateFolder::Exists(const std::string& name) const {
  return Look(fd_.get(), name).has_value();
}

bool PrivateFolder::IsNameOf(const std::string& name,
                             const FileDescriptor& file) const {
  const auto named = Look(fd_.get(), name);
  struct stat opened {};
  return named && fstat(file.get(), &opened) == 0 && AreOne(*named, opened);
}

bool PrivateFolder::AreOneFile(const std::string& name,
                               const std::string& other) const {
  const auto first = Look(fd_.get(), name);
  const auto second = Look(fd_.get(), other);
  return first && second && AreOne(*first, *second);
}

Status PrivateFolder::Rename(const std::string& from,
                             const std::string& to) const {
  if (renameat(fd_.get(), from.c_str(), fd_.get(), to.c_str()) != 0) {
    return Unavailable("replace", to);
  }
  return Status();
}

Status PrivateFolder::Link(const std::string& name,
                           const std::string& second) const {
  if (linkat(fd_.get(), name.c_str(), fd_.get(), second.c_str(), 0) == 0) {
    return Status();
  }
  if (errno == EEXIST) return Status(Reason::kAlreadyExists);
  return Unavailable("make", second);
}

Status PrivateFolder::Unlink(const std::string& name) const {
  if (unlinkat(fd_.get(), name.c_str(), 0) != 0 && errno != ENOENT) {
    return Unavailable("remove", name);
  }
  return Status();
}

Status PrivateFolder::Sync(const std::string& name) const {
  if (fsync(fd_.get()) != 0) return Unavailable("write", name);
  return Status();
}

Result<FileDescriptor> PrivateFolder::OpenLockFile(
    const std::string& name) const {
  FileDescriptor file(openat(
      fd_.get(), name.c_str(),
      O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, kFileMode));
  if (!file.is_open()) {
    if (errno == ELOOP) return Insecure(name, "is a symbolic link");
    return Unavailable("open", name);
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckFile(file.get(), name));
  return file;
}

}  // namespace clone_auth

#pragma once

// Files that hold secrets: opened without following links, used only where
// they are this user's own and closed to others, replaced as a whole.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "clone/result.h"

namespace clone_auth {

/// Closes what it holds.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~FileDescriptor();

  int get() const { return fd_; }
  /// Leaves it to somebody else.
  int Release() { return std::exchange(fd_, -1); }
  bool is_open() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// A folder of this user's or the system's, in which nobody else can replace
/// files. It is held open, so that the path may change under it unnoticed.
class PrivateFolder {
 public:
  /// Makes the folder (0700) if `create`. Errors: not_found, file_insecure,
  /// store_unavailable.
  static Result<PrivateFolder> Open(const std::string& path, bool create);

  /// What `name` holds, at most `limit` bytes; empty where there is none.
  /// Errors: file_insecure, too_large, store_unavailable.
  Result<std::optional<std::string>> Read(const std::string& name,
                                          std::size_t limit) const;

  /// Replaces `name` by `content` (0600), on the disk when it returns. Not
  /// for two callers at once. Error: store_unavailable, with what was there
  /// still there.
  Status Replace(const std::string& name, std::string_view content) const;

  /// Renames `name` so that it ends in `.damaged`, in the place of what was set
  /// aside before. Error: store_unavailable.
  Status SetAside(const std::string& name) const;

  /// Removes `name` and what a Replace that was cut short left behind. Ok
  /// where there is none. Error: store_unavailable.
  Status Remove(const std::string& name) const;

  /// Opens `name` to be locked and makes it (0600) where there is none.
  /// Errors: file_insecure, store_unavailable.
  Result<FileDescriptor> OpenLockFile(const std::string& name) const;

  /// Opens `name` to read and write. Errors: not_found, file_insecure,
  /// store_unavailable.
  Result<FileDescriptor> OpenFile(const std::string& name) const;

  /// Makes `name` (0600), in the place of what stood there. Error:
  /// store_unavailable.
  Result<FileDescriptor> NewFile(const std::string& name) const;

  bool Exists(const std::string& name) const;
  /// True if `name` is the file that `file` has open, or that `other` names.
  bool IsNameOf(const std::string& name, const FileDescriptor& file) const;
  bool AreOneFile(const std::string& name, const std::string& other) const;

  /// Renames, gives a second name that must be free, removes where there is
  /// something, and brings what was done to names on the disk. Errors:
  /// store_unavailable; already_exists of Link.
  Status Rename(const std::string& from, const std::string& to) const;
  Status Link(const std::string& name, const std::string& second) const;
  Status Unlink(const std::string& name) const;
  Status Sync(const std::string& name) const;

 private:
  explicit PrivateFolder(FileDescriptor fd) : fd_(std::move(fd)) {}
  FileDescriptor fd_;
};

}  // namespace clone_auth

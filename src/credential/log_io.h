#pragma once

// Reading and writing at places of a file, whole or not at all. Errors are
// store_unavailable, with the name and what the system says.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// After a call that failed: "cannot `what` `name`: ", and why.
Status DiskFailure(std::string_view what, std::string_view name);

Result<std::uint64_t> FileSize(int fd, const std::string& name);

/// Reads `size` bytes, or as many as there are before the end, into `to`.
Result<std::size_t> ReadAt(int fd, std::uint64_t offset, char* to,
                           std::size_t size, const std::string& name);

Status WriteAt(int fd, std::uint64_t offset, std::string_view bytes,
               const std::string& name);

/// Cuts the file off at `size`.
Status CutAt(int fd, std::uint64_t size, const std::string& name);

/// On return all of the file is on the disk.
Status SyncData(int fd, const std::string& name);

/// A stretch of a file in memory that is wiped, moved along with whoever reads
/// it from its start to its end.
class LogWindow {
 public:
  LogWindow(int fd, std::uint64_t file_size, std::string name);

  /// The `size` bytes at `offset`, or what there is of them; at most
  /// kMaxWindow. Valid until the next call.
  static constexpr std::size_t kMaxWindow = std::size_t{1} << 20;
  Result<std::string_view> At(std::uint64_t offset, std::size_t size);

  std::uint64_t file_size() const { return file_size_; }

 private:
  const int fd_;
  const std::uint64_t file_size_;
  const std::string name_;
  Secret bytes_;
  std::uint64_t start_ = 0;
  std::size_t filled_ = 0;
};

}  // namespace clone_auth

#pragma once

// The memory of what was taken away, beside the database and older than no
// backup of it: an append-only file with a line for each revoked key, each
// key whose end was set, each disabled or enabled account and each new
// password. Restoring a backup
// replays what came after it, so that nothing revoked comes back.
//
// The first line names the log; each line ends with a checksum over itself
// and all before it. A last line without its end was never answered and does
// not count. May be shared between threads.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"
#include "service/key_file.h"

namespace clone_auth::service {

struct Revocation {
  enum class Kind : std::uint8_t {
    kKeyRevoked,
    kAccountDisabled,
    kAccountEnabled,
    kPasswordSet,
    kKeyEnds,
  };
  Kind kind = Kind::kKeyRevoked;
  Uuid subject;               ///< the key or the account
  WallTime when{};            ///< with kKeyEnds: when it does, at the latest
  std::string password_hash;  ///< with kPasswordSet
};

/// A place between two lines, and what was written up to there.
struct LogPosition {
  Uuid log;
  std::int64_t offset = 0;  ///< bytes from the start
  std::array<std::uint8_t, 16> checksum{};
};

class RevocationLog {
 public:
  /// Makes the file, which must not exist, under the name `id`. Error:
  /// store_unavailable.
  static Result<std::unique_ptr<RevocationLog>> Make(const std::string& path,
                                                     const Uuid& id);

  /// Opens a file of that name and cuts off a line without its end. Errors:
  /// not_found; file_insecure; config_malformed, where it is broken or
  /// another's; store_unavailable.
  static Result<std::unique_ptr<RevocationLog>> Open(const std::string& path,
                                                     const Uuid& id);

  /// Calls `visit` with every line after `start`, changing nothing. Errors:
  /// those of Open; backup_unusable, where `start` is no place in it.
  static Status Read(const std::string& path, const LogPosition& start,
                     const std::function<void(const Revocation&)>& visit);

  /// The line is safe on the disk before this returns. Error:
  /// store_unavailable.
  Status Append(const Revocation& revocation);

  /// Where the next line will be.
  LogPosition position() const;

 private:
  RevocationLog(std::string path, OpenFile file, const LogPosition& end)
      : path_(std::move(path)), file_(std::move(file)), end_(end) {}

  std::string path_;
  OpenFile file_;
  mutable std::mutex mutex_;
  LogPosition end_;
  /// A failed write could not be undone.
  bool broken_ = false;
};

}  // namespace clone_auth::service

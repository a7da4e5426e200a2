#pragma once

// The memory of what was taken away, beside the database and older than no
// backup of it: an append-only file with a line for each revoked key, each
// key whose end was set, each disabled or enabled account and each new
// password. Restoring a backup replays what came after it, and a service that
// opens goes by all of it, so that nothing revoked comes back.
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
#include <utility>

#include "clone/result.h"
#include "clone/uuid.h"
#include "service/key_file.h"
#include "service/revocation.h"
#include "service/taken_away.h"

namespace clone_auth::service {

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

  /// What the lines amounted to when it was opened, given away once.
  TakenAway TakeSummary() { return std::exchange(at_start_, {}); }

 private:
  RevocationLog(std::string path, OpenFile file, const LogPosition& end,
                TakenAway at_start)
      : path_(std::move(path)),
        file_(std::move(file)),
        end_(end),
        at_start_(std::move(at_start)) {}

  std::string path_;
  OpenFile file_;
  mutable std::mutex mutex_;
  LogPosition end_;
  TakenAway at_start_;
  /// A failed write could not be undone.
  bool broken_ = false;
};

}  // namespace clone_auth::service

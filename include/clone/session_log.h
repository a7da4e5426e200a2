#pragma once

// The sessions of many users in one append-only file, for hosts that refresh
// thousands of them: those that are saved at once share one write and one
// fdatasync. The file has one owner at a time, the process that has it open.
// May be shared between threads; not to be used in a child after a fork. Stores
// of the log keep it open when the log itself is gone.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "clone/clock.h"
#include "clone/result.h"
#include "clone/status.h"
#include "clone/token_store.h"

namespace clone_auth {

struct SessionLogOptions {
  /// The file is written anew, without what nobody can ask for any more, when
  /// that has come to more bytes than this and than all that is stored.
  std::uint64_t compact_after = std::uint64_t{16} << 20;
};

class SessionLogCore;

class SessionLog {
 public:
  /// Opens the log at `path`, or makes it (0600; its folder 0700). What a crash
  /// left half written at its end is cut off. Where something else in it is
  /// damaged, all that can be read is kept, and the file as it was stays beside
  /// it under a name that ends in `.damaged-1`, `-2` and so on: see warning().
  /// `clock` outlives the log and its stores. Errors: store_unavailable, also
  /// where somebody else has it open; file_insecure (others may read or write
  /// it, or it is no regular file of one name); config_malformed, where it is
  /// no log at all; schema_unknown.
  static Result<std::unique_ptr<SessionLog>> Create(
      std::string path, SessionLogOptions options = {},
      const Clock& clock = SystemClock());

  ~SessionLog();
  SessionLog(const SessionLog&) = delete;
  SessionLog& operator=(const SessionLog&) = delete;

  /// The session under `key`, 1 to 1,024 bytes that name it in this log. All
  /// stores of one key are one session with one lock, for the threads of this
  /// process. Errors beyond those of TokenStore: invalid_argument from every
  /// call, where the key has another length; too_large from Save, for more than
  /// 64 KiB. After a failed fdatasync nobody knows what is on the disk: saving
  /// then fails with store_unavailable until the log is opened again. A full
  /// disk is no such failure: saving works again once there is room.
  std::shared_ptr<TokenStore> StoreFor(std::string key) const;

  /// Those under which a session is stored, in no order.
  std::vector<std::string> keys() const;
  std::size_t size() const;

  /// Of the file, in bytes.
  std::uint64_t file_size() const;

  /// Writes the file anew with what is stored alone. Whoever loads does not
  /// wait for it, and whoever saves only for its end. Happens unasked, in a
  /// thread that has saved: see SessionLogOptions. Error: store_unavailable,
  /// with the log as it was; only where the folder could not be made safe on
  /// the disk is that as final as a failed fdatasync.
  Status Compact();

  /// What was wrong with the file when it was opened, and where it was put
  /// (config_malformed); ok if nothing was. Sessions may then be missing, or
  /// older than they were: their refresh tokens may be used up.
  const Status& warning() const;

 private:
  explicit SessionLog(std::shared_ptr<SessionLogCore> core);

  std::shared_ptr<SessionLogCore> core_;
};

}  // namespace clone_auth

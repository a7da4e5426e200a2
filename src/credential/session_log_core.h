#pragma once

// What a SessionLog and its stores share. May be shared between threads: the
// one that writes does so for all that wait by then, and nobody waits for the
// disk with the mutex held.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/clock.h"
#include "clone/result.h"
#include "clone/session_log.h"
#include "clone/token_store.h"
#include "credential/key_locks.h"
#include "credential/log_copy.h"
#include "credential/log_frame.h"
#include "credential/log_index.h"
#include "credential/log_scan.h"
#include "credential/private_file.h"

namespace clone_auth {

class SessionLogCore {
 public:
  static Result<std::shared_ptr<SessionLogCore>> Open(
      const std::string& path, const SessionLogOptions& options,
      const Clock& clock);

  KeyLocks& locks() { return locks_; }
  const Status& warning() const { return warning_; }

  Result<std::optional<StoredSession>> Load(const std::string& key);
  Status Save(const std::string& key, const StoredSession& session);
  Status Clear(const std::string& key);
  Status Compact();

  std::vector<std::string> keys() const;
  std::size_t size() const;
  std::uint64_t file_size() const;

 private:
  using Lock = std::unique_lock<std::mutex>;
  using File = std::shared_ptr<const FileDescriptor>;

  // A record on its way to the disk.
  struct Pending {
    const std::string& key;
    const LogRecordKind kind;
    const Secret frame;
    bool is_done = false;
    Status status = {};
    // Done, or next to write.
    std::condition_variable turned = {};
  };

  SessionLogCore(PrivateFolder folder, std::string name,
                 FileDescriptor lock_file, const SessionLogOptions& options,
                 const Clock& clock);

  // At the start: session_log_open.cc.
  Status Start();
  Status SweepLeftovers();
  Status OpenOrMake();
  Status ReadAll();
  Status SetDamagedAside(std::uint64_t frames);
  Result<std::string> LinkAside();

  // Saving: session_log_core.cc.
  Status Write(LogRecordKind kind, const std::string& key,
               std::string_view payload);
  void WriteBatch(Lock& lock);
  Status Append(const FileDescriptor& file, std::uint64_t offset,
                std::string_view bytes);
  Status TakeBack(const FileDescriptor& file, std::uint64_t end);
  void Apply(const Pending& pending, std::uint64_t offset);
  void FinishWriting();
  Status Break(Status why);
  std::uint64_t DeadBytes() const;

  // Writing anew: session_log_compaction.cc.
  Status CompactNow(Lock& lock);
  Status CopyAndSwitch();
  Status CopyPlaces(LogCopy& copy) const;
  Status AddCleared(LogCopy& copy);
  Status Switch(LogCopy& copy, FileDescriptor file);
  Status Replace(LogCopy& copy, FileDescriptor file);

  std::string TemporaryName() const { return name_ + ".tmp"; }
  std::string AsideName(int number) const {
    return name_ + ".damaged-" + std::to_string(number);
  }

  const PrivateFolder folder_;
  const std::string name_;
  const FileDescriptor lock_file_;
  const std::uint64_t compact_after_;
  const Clock& clock_;
  KeyLocks locks_;
  Status warning_;

  mutable std::mutex mutex_;
  // Awaited by compactions: the turn to write, and the end of another.
  std::condition_variable turned_;
  File file_;
  LogIndex index_;
  std::uint64_t end_ = 0;
  std::vector<Pending*> waiting_;
  bool is_writing_ = false;
  bool is_compacting_ = false;
  bool is_switch_due_ = false;  // it is the compaction's turn to write next
  // While it is compacted: whose records may have been copied before.
  std::vector<std::string> cleared_;
  std::uint64_t compact_next_;  // dead bytes at which it is tried again
  Status failure_;              // final

  // The one that writes alone may touch it: a write was cut short, and what is
  // left of it stands behind the end.
  bool must_cut_ = false;
};

}  // namespace clone_auth

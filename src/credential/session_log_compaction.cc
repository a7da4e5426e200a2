#include <algorithm>
#include <array>
#include <utility>

#include "base/macros.h"
#include "credential/session_log_core.h"

namespace clone_auth {
namespace {

// Whoever loads waits while so many places are looked up, and no longer.
constexpr std::size_t kAtOnce = 256;

}  // namespace

Status SessionLogCore::Compact() {
  Lock lock(mutex_);
  turned_.wait(lock, [this] { return !is_compacting_; });
  return CompactNow(lock);
}

// While no other compaction is under way.
Status SessionLogCore::CompactNow(Lock& lock) {
  if (!failure_.ok()) return failure_;
  is_compacting_ = true;
  cleared_.clear();
  lock.unlock();
  Status status = CopyAndSwitch();
  lock.lock();
  is_compacting_ = false;
  compact_next_ = compact_after_ + (status.ok() ? 0 : DeadBytes());
  turned_.notify_all();
  return status;
}

// Most is copied while others save; only what they saved meanwhile is copied
// while they wait.
Status SessionLogCore::CopyAndSwitch() {
  CLONE_AUTH_ASSIGN_OR_RETURN(FileDescriptor file,
                              folder_.NewFile(TemporaryName()));
  Lock lock(mutex_);
  const File current = file_;
  const std::uint64_t live_bytes = index_.live_bytes();
  lock.unlock();
  LogCopy copy(current->get(), file.get(), TemporaryName(), live_bytes);
  Status status = CopyPlaces(copy);
  if (status.ok()) status = copy.Flush();
  if (status.ok()) {
    lock.lock();
    is_switch_due_ = true;
    turned_.wait(lock, [this] { return !is_writing_; });
    is_switch_due_ = false;
    is_writing_ = true;
    lock.unlock();
    status = Switch(copy, std::move(file));
    lock.lock();
    FinishWriting();
    lock.unlock();
  }
  if (status.ok()) return status;
  // The next one, or the next opening, sweeps what cannot be removed now.
  [[maybe_unused]] const Status removed = folder_.Unlink(TemporaryName());
  return status;
}

Status SessionLogCore::CopyPlaces(LogCopy& copy) const {
  std::array<LogPlace, kAtOnce> places;
  for (std::size_t first = 0;; first += places.size()) {
    std::size_t count = 0;
    {
      const Lock lock(mutex_);
      const std::vector<LogPlace>& all = index_.places();
      if (first >= all.size()) return Status();
      count = std::min(places.size(), all.size() - first);
      std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(first), count,
                  places.begin());
    }
    for (std::size_t i = 0; i < count; ++i) {
      CLONE_AUTH_RETURN_IF_ERROR(copy.Take(first + i, places[i]));
    }
  }
}

// What was copied of a session and cleared after that must not come to life
// when the log is read. Where something was saved under the key since, that
// stands behind the copy.
Status SessionLogCore::AddCleared(LogCopy& copy) {
  std::vector<std::string> keys;
  {
    const Lock lock(mutex_);
    for (std::string& key : cleared_) {
      if (!index_.Find(key)) keys.push_back(std::move(key));
    }
    cleared_.clear();
  }
  for (const std::string& key : keys) {
    CLONE_AUTH_RETURN_IF_ERROR(
        copy.Add(EncodeLogFrame({LogRecordKind::kCleared, key, {}}).Reveal()));
  }
  return Status();
}

// By the one that writes.
Status SessionLogCore::Switch(LogCopy& copy, FileDescriptor file) {
  Lock lock(mutex_);
  const File current = file_;
  if (!failure_.ok()) return failure_;
  lock.unlock();
  if (!folder_.IsNameOf(name_, *current)) {
    return Break(Status(Reason::kStoreUnavailable,
                        name_ + " was moved or removed; open the log again"));
  }
  CLONE_AUTH_RETURN_IF_ERROR(CopyPlaces(copy));
  CLONE_AUTH_RETURN_IF_ERROR(AddCleared(copy));
  CLONE_AUTH_RETURN_IF_ERROR(copy.Flush());
  return Replace(copy, std::move(file));
}

// The name now is that of the copy, whose bytes are on the disk.
Status SessionLogCore::Replace(LogCopy& copy, FileDescriptor file) {
  CLONE_AUTH_RETURN_IF_ERROR(folder_.Rename(TemporaryName(), name_));
  // Until this is over, a crash may bring back either file; what was saved to
  // one would be missing in the other.
  const Status synced = folder_.Sync(name_);
  if (!synced.ok()) return Break(synced);
  const Lock lock(mutex_);
  file_ = std::make_shared<const FileDescriptor>(std::move(file));
  end_ = copy.end();
  index_.MoveTo(copy.TakePlaces());
  must_cut_ = false;
  return Status();
}

}  // namespace clone_auth

#include "credential/session_log_core.h"

#include <cstring>
#include <utility>

#include "base/macros.h"
#include "credential/log_io.h"
#include "credential/session_payload.h"

namespace clone_auth {

Result<std::optional<StoredSession>> SessionLogCore::Load(
    const std::string& key) {
  Lock lock(mutex_);
  const auto place = index_.Find(key);
  // Stays open while somebody reads it, even if another takes its place.
  const File file = file_;
  lock.unlock();
  if (!place) return std::optional<StoredSession>();

  Secret frame = Secret::OfSize(place->size);
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::size_t got,
                              ReadAt(file->get(), place->offset,
                                     frame.MutableBytes(), place->size, name_));
  const auto decoded = DecodedLogRecord::Of(frame.Reveal().substr(0, got));
  std::optional<StoredSession> session;
  if (decoded && decoded->record().kind == LogRecordKind::kSession &&
      decoded->record().key == key) {
    session = DecodeSession(decoded->record().payload);
  }
  if (!session) {
    return Status(Reason::kConfigMalformed,
                  "a session in " + name_ + " is damaged; sign in again");
  }
  return session;
}

Status SessionLogCore::Save(const std::string& key,
                            const StoredSession& session) {
  const Secret payload = EncodeSession(session, clock_.Now());
  if (payload.size() > kMaxLogPayload) {
    return Status(Reason::kTooLarge,
                  "a session of more than 64 KiB cannot be stored");
  }
  return Write(LogRecordKind::kSession, key, payload.Reveal());
}

Status SessionLogCore::Clear(const std::string& key) {
  {
    const Lock lock(mutex_);
    if (failure_.ok() && !index_.Find(key)) return Status();
  }
  return Write(LogRecordKind::kCleared, key, {});
}

Status SessionLogCore::Write(LogRecordKind kind, const std::string& key,
                             std::string_view payload) {
  Pending pending{key, kind, EncodeLogFrame({kind, key, payload})};
  Lock lock(mutex_);
  waiting_.push_back(&pending);
  while (!pending.is_done) {
    if (is_writing_ || is_switch_due_) {
      pending.turned.wait(lock);
    } else {
      WriteBatch(lock);
    }
  }
  const bool is_due = !is_compacting_ && failure_.ok() &&
                      DeadBytes() > compact_next_ &&
                      DeadBytes() > index_.live_bytes();
  if (is_due) {
    // What was to be saved is; if this fails, the file only stays larger.
    [[maybe_unused]] const Status compacted = CompactNow(lock);
  }
  return std::move(pending.status);
}

// Writes what waits, for whoever waits.
void SessionLogCore::WriteBatch(Lock& lock) {
  is_writing_ = true;
  const std::vector<Pending*> batch = std::exchange(waiting_, {});
  const File file = file_;
  const std::uint64_t begin = end_;
  Status status = failure_;
  lock.unlock();

  if (status.ok()) {
    std::size_t size = 0;
    for (const Pending* pending : batch) size += pending->frame.size();
    Secret bytes = Secret::OfSize(size);
    char* to = bytes.MutableBytes();
    for (const Pending* pending : batch) {
      std::memcpy(to, pending->frame.Reveal().data(), pending->frame.size());
      to += pending->frame.size();
    }
    status = Append(*file, begin, bytes.Reveal());
  }

  lock.lock();
  for (Pending* pending : batch) {
    if (status.ok()) Apply(*pending, end_);
    pending->status = status;
    pending->is_done = true;
    // It ends with the wait, which goes on when the mutex is free.
    pending->turned.notify_one();
  }
  FinishWriting();
}

// Whose turn it is next need not be the one that takes it.
void SessionLogCore::FinishWriting() {
  is_writing_ = false;
  if (is_switch_due_) {
    turned_.notify_all();
  } else if (!waiting_.empty()) {
    waiting_.front()->turned.notify_one();
  }
}

void SessionLogCore::Apply(const Pending& pending, std::uint64_t offset) {
  const auto size = static_cast<std::uint32_t>(pending.frame.size());
  if (pending.kind == LogRecordKind::kSession) {
    index_.Put(pending.key, {offset, size});
  } else {
    index_.Remove(pending.key);
    if (is_compacting_) cleared_.push_back(pending.key);
  }
  end_ = offset + size;
}

Status SessionLogCore::Append(const FileDescriptor& file, std::uint64_t offset,
                              std::string_view bytes) {
  if (!folder_.IsNameOf(name_, file)) {
    return Break(Status(Reason::kStoreUnavailable,
                        name_ + " was moved or removed; open the log again"));
  }
  if (must_cut_) CLONE_AUTH_RETURN_IF_ERROR(TakeBack(file, offset));
  Status written = WriteAt(file.get(), offset, bytes, name_);
  if (!written.ok()) {
    // Otherwise a record that was refused could come to life with the next.
    must_cut_ = true;
    [[maybe_unused]] const Status cut = TakeBack(file, offset);
    return written;
  }
  // The kernel forgets what it could not write, and says so once.
  const Status synced = SyncData(file.get(), name_);
  return synced.ok() ? synced : Break(synced);
}

Status SessionLogCore::TakeBack(const FileDescriptor& file, std::uint64_t end) {
  CLONE_AUTH_RETURN_IF_ERROR(CutAt(file.get(), end, name_));
  const Status synced = SyncData(file.get(), name_);
  if (!synced.ok()) return Break(synced);
  must_cut_ = false;
  return Status();
}

Status SessionLogCore::Break(Status why) {
  const Lock lock(mutex_);
  failure_ = Status(why.reason(), std::string(why.message()) +
                                      "; nothing more is stored in it until "
                                      "it is opened again");
  return failure_;
}

std::uint64_t SessionLogCore::DeadBytes() const {
  return end_ - LogHeader().size() - index_.live_bytes();
}

std::vector<std::string> SessionLogCore::keys() const {
  const Lock lock(mutex_);
  return index_.keys();
}

std::size_t SessionLogCore::size() const {
  const Lock lock(mutex_);
  return index_.size();
}

std::uint64_t SessionLogCore::file_size() const {
  const Lock lock(mutex_);
  return end_;
}

}  // namespace clone_auth

#include <fcntl.h>

#include <cerrno>
#include <utility>

#include "base/macros.h"
#include "credential/log_io.h"
#include "credential/session_log_core.h"

namespace clone_auth {
namespace {

constexpr int kMostSetAside = 1000;

struct SplitPath {
  std::string folder;
  std::string name;
};

SplitPath Split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

// One owner, in this process too: the lock belongs to the open file.
Status LockFor(const std::string& name, const FileDescriptor& file) {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  if (fcntl(file.get(), F_OFD_SETLK, &range) == 0) return Status();
  if (errno != EAGAIN && errno != EACCES) {
    return DiskFailure("lock", name + ".lock");
  }
  return Status(Reason::kStoreUnavailable,
                name +
                    " is open already, in another process or in this one; "
                    "a log has one owner at a time");
}

}  // namespace

SessionLogCore::SessionLogCore(PrivateFolder folder, std::string name,
                               FileDescriptor lock_file,
                               const SessionLogOptions& options,
                               const Clock& clock)
    : folder_(std::move(folder)),
      name_(std::move(name)),
      lock_file_(std::move(lock_file)),
      compact_after_(options.compact_after),
      clock_(clock),
      compact_next_(options.compact_after) {}

Result<std::shared_ptr<SessionLogCore>> SessionLogCore::Open(
    const std::string& path, const SessionLogOptions& options,
    const Clock& clock) {
  SplitPath split = Split(path);
  CLONE_AUTH_ASSIGN_OR_RETURN(PrivateFolder folder,
                              PrivateFolder::Open(split.folder, true));
  CLONE_AUTH_ASSIGN_OR_RETURN(FileDescriptor lock_file,
                              folder.OpenLockFile(split.name + ".lock"));
  CLONE_AUTH_RETURN_IF_ERROR(LockFor(split.name, lock_file));
  std::shared_ptr<SessionLogCore> core(
      new SessionLogCore(std::move(folder), std::move(split.name),
                         std::move(lock_file), options, clock));
  CLONE_AUTH_RETURN_IF_ERROR(core->Start());
  return core;
}

Status SessionLogCore::Start() {
  CLONE_AUTH_RETURN_IF_ERROR(SweepLeftovers());
  CLONE_AUTH_RETURN_IF_ERROR(OpenOrMake());
  CLONE_AUTH_RETURN_IF_ERROR(ReadAll());
  // What a process that was killed wrote may be in the kernel's memory alone,
  // and from now on is gone by.
  CLONE_AUTH_RETURN_IF_ERROR(SyncData(file_->get(), name_));
  return folder_.Sync(name_);
}

// Of a compaction, or of a damaged file that had its second name and kept the
// first.
Status SessionLogCore::SweepLeftovers() {
  CLONE_AUTH_RETURN_IF_ERROR(folder_.Unlink(TemporaryName()));
  for (int i = 1; folder_.Exists(AsideName(i)); ++i) {
    if (folder_.AreOneFile(name_, AsideName(i))) {
      return folder_.Unlink(AsideName(i));
    }
  }
  return Status();
}

Status SessionLogCore::OpenOrMake() {
  auto file = folder_.OpenFile(name_);
  if (!file.ok() && file.status().reason() != Reason::kNotFound) {
    return file.status();
  }
  const std::string_view header = LogHeader().Reveal();
  if (file.ok()) {
    // Less than a header is a log in which nothing was ever stored.
    std::string start(header.size(), '\0');
    CLONE_AUTH_ASSIGN_OR_RETURN(
        const std::size_t size,
        ReadAt(file->get(), 0, start.data(), start.size(), name_));
    if (size == header.size() || header.compare(0, size, start, 0, size) != 0) {
      file_ = std::make_shared<const FileDescriptor>(std::move(*file));
      return Status();
    }
  }
  CLONE_AUTH_ASSIGN_OR_RETURN(FileDescriptor made,
                              folder_.NewFile(TemporaryName()));
  LogCopy nothing(-1, made.get(), TemporaryName(), 0);
  CLONE_AUTH_RETURN_IF_ERROR(nothing.Flush());
  return Replace(nothing, std::move(made));
}

Status SessionLogCore::ReadAll() {
  bool has_header = false;
  bool is_known = true;
  CLONE_AUTH_ASSIGN_OR_RETURN(
      const LogScan scan,
      ScanLog(
          file_->get(), name_,
          [&](std::uint64_t offset, std::size_t size, const LogRecord& record) {
            const std::string key(record.key);
            if (record.kind == LogRecordKind::kSession) {
              index_.Put(key, {offset, static_cast<std::uint32_t>(size)});
            } else if (record.kind == LogRecordKind::kCleared) {
              index_.Remove(key);
            } else if (offset == 0) {
              has_header = true;
              is_known = record.payload == kLogFormat;
            }
          }));
  if (!is_known) {
    return Status(Reason::kSchemaUnknown,
                  name_ + " was made by a newer version");
  }
  if (scan.frames == 0) {
    return Status(Reason::kConfigMalformed,
                  name_ +
                      " is no log of sessions, or nothing in it can be "
                      "read; move it away to begin a new one");
  }
  end_ = scan.end;
  if (scan.is_damaged || !has_header) return SetDamagedAside(scan.frames);
  return scan.end < scan.size ? CutAt(file_->get(), scan.end, name_) : Status();
}

// Writes what can be read to a new file, which takes the name when the damaged
// one has another.
Status SessionLogCore::SetDamagedAside(std::uint64_t frames) {
  CLONE_AUTH_ASSIGN_OR_RETURN(FileDescriptor file,
                              folder_.NewFile(TemporaryName()));
  const File damaged = file_;
  LogCopy copy(damaged->get(), file.get(), TemporaryName(),
               index_.live_bytes());
  CLONE_AUTH_RETURN_IF_ERROR(CopyPlaces(copy));
  CLONE_AUTH_RETURN_IF_ERROR(copy.Flush());
  CLONE_AUTH_ASSIGN_OR_RETURN(const std::string aside, LinkAside());
  CLONE_AUTH_RETURN_IF_ERROR(Replace(copy, std::move(file)));
  warning_ = Status(
      Reason::kConfigMalformed,
      name_ + " was damaged and is kept as " + aside + "; " +
          std::to_string(frames) + " records could be read, and " +
          std::to_string(index_.size()) +
          " sessions are there, of which some may be older than they were");
  return Status();
}

Result<std::string> SessionLogCore::LinkAside() {
  for (int i = 1; i <= kMostSetAside; ++i) {
    const Status linked = folder_.Link(name_, AsideName(i));
    if (linked.ok()) return AsideName(i);
    if (linked.reason() != Reason::kAlreadyExists) return linked;
  }
  return Status(Reason::kStoreUnavailable,
                name_ +
                    " is damaged, and too many damaged files stand beside "
                    "it; move them away");
}

}  // namespace clone_auth

#include "service/sqlite/restore.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include "service/key_file.h"
#include "service/private_file.h"
#include "service/sqlite/api_key_rows.h"
#include "service/sqlite/restored.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

Status Unusable(const std::string& backup, const std::string& what) {
  return Status(Reason::kBackupUnusable,
                "The backup '" + backup + "' " + what + ".");
}

// One restore at a time in this folder, for as long as this lives. A server
// has the key file locked instead.
Result<OpenFile> LockFolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  OpenFile opened(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened.ok()) return FileFailure(folder, "is no folder");
  if (flock(opened.get(), LOCK_EX | LOCK_NB) != 0) {
    return FileFailure(folder, "is in use: another restore is at work in it");
  }
  return opened;
}

Result<std::optional<KeyFile>> LoadPresentKeys(const std::string& path,
                                               const ServiceOptions& times) {
  auto keys = KeyFile::Load(path, times);
  if (keys.ok()) return std::optional<KeyFile>(*std::move(keys));
  if (keys.status().reason() == Reason::kNotFound) {
    return std::optional<KeyFile>();
  }
  return keys.status();
}

Result<KeyFile> LoadKeysOf(const std::string& backup,
                           const ServiceOptions& times) {
  const std::string path = backup + ".keys";
  auto keys = KeyFile::Load(path, times);
  if (keys.ok() || keys.status().reason() != Reason::kNotFound) return keys;
  return Unusable(backup, "lacks '" + path +
                              "', the keys that it was made with; put that "
                              "file beside it");
}

/// What was taken away since a backup; nothing where nobody knows.
using Since = std::optional<std::vector<Revocation>>;

// `present` is the log that the database at the target writes. One that it no
// longer writes lacks what was revoked since it began another.
Result<Since> ReadSince(const std::string& log, const Uuid& present,
                        const std::string& backup,
                        const std::optional<BackupRecord>& record,
                        bool may_do_without) {
  std::vector<Revocation> since;
  Status status =
      Unusable(backup, "does not say which revocation log goes with it");
  if (record.has_value() && !present.IsNil() &&
      present != record->position.log) {
    status = Unusable(backup,
                      "was made before the database began a new revocation "
                      "log");
  } else if (record.has_value()) {
    status = RevocationLog::Read(
        log, record->position,
        [&](const Revocation& revocation) { since.push_back(revocation); });
  }
  if (status.ok()) return Since(std::move(since));
  if (status.reason() == Reason::kFileInsecure ||
      status.reason() == Reason::kStoreUnavailable) {
    return status;
  }
  if (may_do_without) return Since();
  return Status(Reason::kBackupUnusable,
                std::string(status.message()) +
                    " What was revoked since the backup is known to that log "
                    "alone: put the right one at '" +
                    log +
                    "', or restore without it, which revokes every API key "
                    "and makes every password unusable.");
}

std::string AsideNameOf(const std::string& path, WallTime now) {
  std::string time =
      ToText(std::chrono::time_point_cast<std::chrono::seconds>(now));
  time.erase(std::remove_if(time.begin(), time.end(),
                            [](char c) { return c == '-' || c == ':'; }),
             time.end());
  return FreeName(path + ".before-restore-" + time);
}

// The names that are there stay until something else has them.
Status SetAside(const std::string& path, const std::string& aside,
                bool with_log) {
  for (const char* suffix : {"", ".keys"}) {
    if (!Exists(path + suffix)) continue;
    CLONE_AUTH_TRY(Link(path + suffix, aside + suffix));
  }
  // Left only beside a broken file. SQLite would replay them onto the new one.
  for (const char* suffix : {"-wal", "-journal"}) {
    if (!Exists(path + suffix)) continue;
    CLONE_AUTH_TRY(Rename(path + suffix, aside + suffix));
  }
  CLONE_AUTH_TRY(Remove(path + "-shm"));
  if (with_log && Exists(path + ".revoked")) {
    CLONE_AUTH_TRY(Rename(path + ".revoked", aside + ".revoked"));
  }
  return SyncFolderOf(path);
}

/// The new database while it is not in its place.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)) {}
  ~Draft() { (void)RemoveDatabase(path_); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Status CheckNames(const std::string& path, const std::string& backup) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(backup, ignored)) {
    return Unusable(backup, "does not exist or is not a file");
  }
  if (std::filesystem::is_symlink(path, ignored)) {
    return FileFailure(path, "is a link; name the file that it leads to");
  }
  return Status();
}

// Fills the draft; the target is not touched. Returns how many revocations
// were replayed, nothing where all was taken away.
Result<std::optional<std::size_t>> Prepare(
    const std::string& path, const std::string& backup,
    const TargetState& target, const std::string& draft,
    const ApiKeySealer& sealer, const AuditChain& chain, bool rows_are_sealed,
    bool may_do_without, WallTime now) {
  CLONE_AUTH_TRY(RemoveDatabase(draft));
  CLONE_AUTH_TRY(CopyPrivately(backup, draft));
  CLONE_AUTH_TRY_ASSIGN(const Restorable made, OpenDraft(draft, backup));
  if (!target.service.IsNil() && !made.service.IsNil() &&
      target.service != made.service) {
    return Unusable(backup, "is of another service than the database '" + path +
                                "'; name the database it is of, or a "
                                "file that does not exist yet");
  }
  if (!rows_are_sealed) {
    CLONE_AUTH_TRY(SealOlderRows(*made.database, sealer));
  }
  CLONE_AUTH_TRY_ASSIGN(const Since since,
                        ReadSince(path + ".revoked", target.log, backup,
                                  made.record, may_do_without));
  std::optional<std::size_t> replayed;
  if (since.has_value()) {
    CLONE_AUTH_TRY(Replay(*made.database, sealer, chain, *since, now));
    replayed = since->size();
  } else {
    CLONE_AUTH_TRY(TakeAllAway(*made.database, sealer, chain, now));
  }
  // So that it is one file.
  CLONE_AUTH_TRY(made.database->Execute("PRAGMA journal_mode=DELETE"));
  return replayed;
}

}  // namespace

Result<RestoredBackup> Restore(const std::string& path,
                               const std::string& backup,
                               const RestoreOptions& options) {
  const Clock& clock =
      options.clock != nullptr ? *options.clock : SystemClock();
  RandomSource& random =
      options.random != nullptr ? *options.random : SystemRandom();
  // What it says of lifetimes is raised by whoever opens the service next.
  ServiceOptions times;
  times.clock = &clock;
  times.random = &random;
  CLONE_AUTH_TRY(CheckNames(path, backup));
  CLONE_AUTH_TRY_ASSIGN(const OpenFile folder, LockFolderOf(path));
  CLONE_AUTH_TRY_ASSIGN(const std::optional<KeyFile> present,
                        LoadPresentKeys(path + ".keys", times));
  CLONE_AUTH_TRY_ASSIGN(const KeyFile keys_then, LoadKeysOf(backup, times));
  CLONE_AUTH_TRY_ASSIGN(const TargetState target, CloseTarget(path));
  CLONE_AUTH_TRY_ASSIGN(
      KeyFile keys,
      KeyFile::Renew(keys_then, present.has_value() ? &*present : nullptr,
                     times));
  CLONE_AUTH_TRY_ASSIGN(const auto sealer, keys.MakeSealer());
  const AuditChain chain(keys.audit_key.Clone());
  const Draft draft(path + ".restore");
  const WallTime now = RoundedDown(clock.Now());
  CLONE_AUTH_TRY_ASSIGN(
      const std::optional<std::size_t> replayed,
      Prepare(path, backup, target, draft.path(), *sealer, chain,
              keys_then.rows_are_sealed, options.without_revocation_log, now));
  CLONE_AUTH_TRY(SyncFile(draft.path()));

  RestoredBackup restored;
  restored.replayed = replayed.value_or(0);
  restored.all_revoked = !replayed.has_value();
  const std::string aside = AsideNameOf(path, now);
  if (target.exists) restored.set_aside = aside;
  CLONE_AUTH_TRY(SetAside(path, aside, restored.all_revoked));
  CLONE_AUTH_TRY(keys.SaveAs(path + ".keys", random));
  CLONE_AUTH_TRY(Rename(draft.path(), path));
  CLONE_AUTH_TRY(SyncFolderOf(path));
  return restored;
}

}  // namespace clone_auth::service

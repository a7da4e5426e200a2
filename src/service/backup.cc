#include "service/backup.h"

#include "service/private_file.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

/// A file that goes again unless it gets a name.
class Draft {
 public:
  explicit Draft(std::string name)
      : name_(std::move(name)), path_(name_ + ".draft") {}
  ~Draft() { (void)Clear(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  const std::string& path() const { return path_; }
  /// What another attempt, cut short, left.
  Status Clear() const { return RemoveDatabase(path_); }
  Status Publish() const { return Link(path_, name_); }
  void Withdraw() const { (void)Remove(name_); }

 private:
  std::string name_;
  std::string path_;
};

Status CheckIsFree(const std::string& file) {
  if (!Exists(file)) return Status();
  return Status(Reason::kAlreadyExists,
                "The file '" + file +
                    "' exists already; a backup never replaces a file.");
}

}  // namespace

Status WriteBackup(const Context& context, const std::string& file) {
  const std::string keys_file = file + ".keys";
  CLONE_AUTH_TRY(CheckIsFree(file));
  CLONE_AUTH_TRY(CheckIsFree(keys_file));
  const Draft database(file);
  const Draft keys(keys_file);
  CLONE_AUTH_TRY(database.Clear());
  CLONE_AUTH_TRY(keys.Clear());
  CLONE_AUTH_TRY(context.directory->SaveUses());
  const auto keeping = context.peppers->KeepAll();
  // The place in the log first: what is revoked from here on is replayed, in
  // the copy or not.
  const BackupRecord record{context.directory->RevokedSoFar(), context.Now()};
  CLONE_AUTH_TRY(context.store->CopyTo(database.path(), record));
  // The keys last: none that the copy needs is missing.
  CLONE_AUTH_TRY(CopyPrivately(context.key_file, keys.path()));
  CLONE_AUTH_TRY(keys.Publish());
  const Status published = database.Publish();
  if (!published.ok()) {
    keys.Withdraw();
    return published;
  }
  return SyncFolderOf(file);
}

}  // namespace clone_auth::service

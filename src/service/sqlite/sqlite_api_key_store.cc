#include "clone/sqlite_api_key_store.h"

#include <mutex>
#include <utility>

#include "service/sqlite/api_key_rows.h"
#include "service/sqlite/database.h"
#include "service/sqlite/key_readers.h"
#include "service/sqlite/schema.h"
#include "service/try.h"

namespace clone_auth {
namespace {

using service::ApiKeyRow;
using service::Database;
using service::FindRow;
using service::InsertRow;
using service::KeyReaders;
using service::OpenRow;
using service::ReplaceRow;
using service::RevokeRow;
using service::Statement;
using service::StoredApiKey;
using service::Transaction;

constexpr std::chrono::seconds kBusyTimeout{10};

// A row holds the names one behind the other.
Status CheckPermissions(const ApiKeyRecord& record) {
  if (record.permissions == nullptr) return Status();
  for (const std::string& name : *record.permissions) {
    if (name.empty() || name.find(' ') != std::string::npos) {
      return Status(Reason::kInvalidArgument,
                    "the name of a permission is empty or has a blank");
    }
  }
  return Status();
}

class Store final : public SqliteApiKeyStore {
 public:
  Store(const std::string& path, std::shared_ptr<const ApiKeySealer> sealer,
        const Clock* clock, std::unique_ptr<Database> writer,
        std::unique_ptr<Database> watcher)
      : sealer_(sealer),
        clock_(clock),
        readers_(path, std::move(sealer)),
        writer_(std::move(writer)),
        watcher_(std::move(watcher)) {}

  Result<std::optional<ApiKeyMatch>> Find(
      const ApiKeyDigest& digest) const override {
    return readers_.Find(digest);
  }

  Status Insert(const std::vector<ApiKeyRecord>& records) override {
    for (const ApiKeyRecord& record : records) {
      CLONE_AUTH_TRY(CheckPermissions(record));
    }
    const std::lock_guard lock(writing_);
    CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                          Transaction::Begin(*writer_));
    CLONE_AUTH_TRY(service::CheckFile(*writer_));
    StoredApiKey key;
    key.created_at = clock_->Now();
    for (const ApiKeyRecord& record : records) {
      key.record = record;
      CLONE_AUTH_TRY(InsertRow(*writer_, *sealer_, key));
    }
    return transaction.Commit();
  }

  Status Revoke(const Uuid& id, WallTime when) override {
    const std::lock_guard lock(writing_);
    CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                          Transaction::Begin(*writer_));
    CLONE_AUTH_TRY(RevokeRow(*writer_, *sealer_, id, when));
    return transaction.Commit();
  }

  Status SetExpiry(const Uuid& id,
                   std::optional<WallTime> expires_at) override {
    const std::lock_guard lock(writing_);
    CLONE_AUTH_TRY_ASSIGN(Transaction transaction,
                          Transaction::Begin(*writer_));
    CLONE_AUTH_TRY_ASSIGN(std::optional<ApiKeyRow> row, FindRow(*writer_, id));
    if (!row.has_value() || !OpenRow(*sealer_, *row)) {
      return Status(Reason::kNotFound, "no key has this id");
    }
    row->key.record.expires_at = expires_at;
    CLONE_AUTH_TRY(ReplaceRow(*writer_, *sealer_, *row));
    return transaction.Commit();
  }

  Result<std::size_t> LoadInto(InMemoryApiKeyStore& memory) const override {
    const std::lock_guard lock(watching_);
    std::size_t altered = 0;
    Status status;
    CLONE_AUTH_TRY(service::ForEachRow(*watcher_, [&](ApiKeyRow& row) {
      // An older version's digest is not what anybody is looked up by.
      if (!OpenRow(*sealer_, row)) {
        ++altered;
      } else if (!row.key.hashed_with.has_value() && status.ok()) {
        status = memory.Insert(row.key.record);
      }
    }));
    CLONE_AUTH_TRY(status);
    return altered;
  }

  Result<std::uint64_t> ChangeMarker() const override {
    const std::lock_guard lock(watching_);
    CLONE_AUTH_TRY_ASSIGN(Statement row,
                          watcher_->Prepare("PRAGMA data_version"));
    CLONE_AUTH_TRY_ASSIGN(const bool is_there, row.Step());
    return is_there ? static_cast<std::uint64_t>(row.Int(0)) : 0;
  }

 private:
  std::shared_ptr<const ApiKeySealer> sealer_;
  const Clock* clock_;
  KeyReaders readers_;
  std::mutex writing_;
  std::unique_ptr<Database> writer_;
  // It never writes, so it is told of every change, our own ones too.
  mutable std::mutex watching_;
  std::unique_ptr<Database> watcher_;
};

}  // namespace

Result<std::unique_ptr<SqliteApiKeyStore>> MakeSqliteApiKeyStore(
    const std::string& path, std::shared_ptr<const ApiKeySealer> sealer,
    const Clock* clock) {
  if (sealer == nullptr) {
    return Status(Reason::kInvalidArgument, "a store needs a sealer");
  }
  CLONE_AUTH_TRY_ASSIGN(auto writer, Database::Open(path, kBusyTimeout));
  CLONE_AUTH_TRY(service::Migrate(*writer));
  // The owners of these keys need not be the service's accounts.
  CLONE_AUTH_TRY(writer->Execute("PRAGMA foreign_keys=OFF"));
  CLONE_AUTH_TRY_ASSIGN(auto watcher, Database::Open(path, kBusyTimeout));
  return std::unique_ptr<SqliteApiKeyStore>(std::make_unique<Store>(
      path, std::move(sealer), clock != nullptr ? clock : &SystemClock(),
      std::move(writer), std::move(watcher)));
}

}  // namespace clone_auth

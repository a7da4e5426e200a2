#include "service/sqlite/key_readers.h"

#include <atomic>

#include "absl/strings/str_split.h"
#include "service/sqlite/api_key_rows.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

constexpr std::chrono::seconds kBusyTimeout{2};

// How often a reader looks whether its file is still at its path.
constexpr std::uint32_t kLookAfter = 64;

constexpr char kFind[] =
    "SELECT id, owner_id, organization_id, scope, pepper_id, masked, mac,"
    " permissions, expires_at, revoked_at, rolled_from, overlap,"
    " first_used_at FROM api_keys"
    " WHERE digest = ?1 AND hashed_with IS NULL";

// Few keys take over from another one.
std::string AlsoOfRow(const Statement& row) {
  StoredApiKey key;
  key.rolled_from = row.Id(10);
  if (key.rolled_from.IsNil()) return {};
  key.overlap = std::chrono::seconds(row.Int(11));
  key.first_used_at = row.OptionalTime(12);
  return AlsoOf(key);
}

// Threads begin at places of their own, and move where a place is taken.
std::size_t& Home() {
  static std::atomic<std::size_t> next{0};
  static thread_local std::size_t home = next.fetch_add(1);
  return home;
}

}  // namespace

std::unique_lock<std::mutex> KeyReaders::Take(Reader*& reader) const {
  std::size_t& home = Home();
  for (std::size_t i = 0; i < kReaders; ++i) {
    const std::size_t at = (home + i) % kReaders;
    std::unique_lock lock(readers_[at].mutex, std::try_to_lock);
    if (!lock.owns_lock()) continue;
    home = at;
    reader = &readers_[at];
    return lock;
  }
  reader = &readers_[home % kReaders];
  return std::unique_lock(reader->mutex);
}

Status KeyReaders::Open(Reader& reader) const {
  CLONE_AUTH_TRY_ASSIGN(auto database, Database::Open(path_, kBusyTimeout));
  CLONE_AUTH_TRY(
      database->Execute("PRAGMA query_only=ON;"
                        "PRAGMA cache_size=-32768;"
                        "PRAGMA mmap_size=4294967296"));
  reader.database = std::move(database);
  return Status();
}

Result<std::optional<ApiKeyMatch>> KeyReaders::Find(
    const ApiKeyDigest& digest) const {
  Reader* reader = nullptr;
  const auto lock = Take(reader);
  if (reader->database == nullptr) CLONE_AUTH_TRY(Open(*reader));
  for (std::size_t i = 0; i < sealer_->pepper_count(); ++i) {
    auto found = FindIndex(*reader, sealer_->IndexOf(digest, i), digest);
    if (!found.ok() || found->has_value()) return found;
  }
  return std::optional<ApiKeyMatch>();
}

Result<std::optional<ApiKeyMatch>> KeyReaders::FindIndex(
    Reader& reader, const std::array<std::uint8_t, 32>& index,
    const ApiKeyDigest& digest) const {
  CLONE_AUTH_TRY_ASSIGN(Statement row,
                        reader.queries++ % kLookAfter == 0
                            ? reader.database->Prepare(kFind)
                            : reader.database->PrepareAnyway(kFind));
  CLONE_AUTH_TRY_ASSIGN(const bool is_there, row.Bind(index).Step());
  if (!is_there) return std::optional<ApiKeyMatch>();
  const SealedApiKey sealed = {static_cast<std::uint32_t>(row.Int(4)), index,
                               row.Hash(5), row.Hash(6)};
  ApiKeyRecord record;
  record.id = row.Id(0);
  record.owner = row.Id(1);
  record.organization = row.Id(2);
  record.scope = static_cast<ApiKeyScope>(row.Int(3));
  record.digest = digest;
  record.expires_at = row.OptionalTime(8);
  record.revoked_at = row.OptionalTime(9);
  std::string names = row.Text(7);
  const auto known = reader.permissions.find(names);
  if (known != reader.permissions.end()) {
    record.permissions = known->second;
  } else {
    record.permissions = std::make_shared<const std::vector<std::string>>(
        absl::StrSplit(names, ' ', absl::SkipEmpty()));
  }
  if (!sealer_->Holds(sealed, record, AlsoOfRow(row)))
    return std::optional<ApiKeyMatch>();
  if (known == reader.permissions.end()) {
    reader.permissions.emplace(std::move(names), record.permissions);
  }
  return std::optional<ApiKeyMatch>(ApiKeyMatch{
      record.id, record.owner, record.organization, record.scope, record.digest,
      record.expires_at, record.revoked_at, record.permissions.get()});
}

}  // namespace clone_auth::service

// How the directory comes to be. What the revocation log says was taken away
// is away, whatever a row says: one that somebody put back as it was before is
// as good as any other by its MAC.

#include "service/directory.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

// What of the log a key's row lacks, which it has afterwards.
void PutRight(const TakenAway& taken, ApiKeyRecord& record,
              std::vector<Revocation>& missing) {
  const auto revoked_at = taken.RevokedAt(record.id);
  if (revoked_at.has_value() && !record.revoked_at.has_value()) {
    record.revoked_at = revoked_at;
    missing.push_back(
        {Revocation::Kind::kKeyRevoked, record.id, *revoked_at, {}});
  }
  const auto end = taken.EndOf(record.id);
  if (end.has_value() &&
      (!record.expires_at.has_value() || *record.expires_at > *end)) {
    record.expires_at = end;
    missing.push_back({Revocation::Kind::kKeyEnds, record.id, *end, {}});
  }
}

}  // namespace

Result<std::unique_ptr<Directory>> Directory::Load(
    Store* store, RevocationLog* log,
    std::shared_ptr<const ApiKeySealer> sealer, const Clock* clock) {
  std::unique_ptr<Directory> directory(
      new Directory(store, log, std::move(sealer), clock));
  const TakenAway taken = log->TakeSummary();
  CLONE_AUTH_TRY(directory->LoadAccounts(taken));
  CLONE_AUTH_TRY(store->ForEachOpenSession(
      clock->Now(),
      [&](const Session& session) { directory->AddSession(session); }));
  CLONE_AUTH_TRY(directory->LoadImports());
  CLONE_AUTH_TRY(directory->LoadApiKeys(taken));
  directory->DropOrphans();
  return directory;
}

Status Directory::LoadAccounts(const TakenAway& taken) {
  std::vector<Uuid> to_disable;
  CLONE_AUTH_TRY(store_->ForEachAccount([&](const Account& account) {
    Add(account);
    if (account.enabled && taken.IsDisabled(account.id)) {
      to_disable.push_back(account.id);
    }
  }));
  for (const Uuid& id : to_disable) {
    CLONE_AUTH_TRY_ASSIGN(
        const AccountChange change,
        store_->SetEnabled(id, false, RoundedDown(clock_->Now()),
                           Actor::RevocationLog()));
    Apply(id, change, false);
  }
  rows_put_right_ += to_disable.size();
  return Status();
}

Status Directory::LoadApiKeys(const TakenAway& taken) {
  Status added;
  std::vector<Revocation> missing;
  CLONE_AUTH_TRY_ASSIGN(altered_keys_,
                        store_->ForEachApiKey([&](StoredApiKey& key) {
                          const std::size_t before = missing.size();
                          PutRight(taken, key.record, missing);
                          if (missing.size() != before) ++rows_put_right_;
                          if (added.ok()) added = Add(key);
                        }));
  CLONE_AUTH_TRY(added);
  return missing.empty()
             ? Status()
             : store_->TakeAwayAgain(missing, RoundedDown(clock_->Now()));
}

}  // namespace clone_auth::service

// The directory's changes to what came from another system, and its search for
// a key of whatever origin.

#include "service/directory.h"
#include "service/time_text.h"
#include "service/try.h"

namespace clone_auth::service {

Status Directory::LoadImports() {
  CLONE_AUTH_TRY(store_->ForEachImportedAccount(
      [this](const std::string& source, const Uuid& user) {
        imports_.AddUser(source, user);
      }));
  CLONE_AUTH_TRY(store_->ForEachForeignKey(
      [this](const ForeignKey& row) { imports_.AddKey(row); }));
  CLONE_AUTH_TRY_ASSIGN(const auto counts, store_->CountImportedKeys());
  if (!counts.empty()) imports_.NoteKeys();
  return Status();
}

void Directory::DropOrphans() {
  for (const Uuid& id : imports_.keys()) {
    if (!FindApiKey(id).ok()) imports_.RemoveKey(id);
  }
}

std::optional<Uuid> Directory::IdOf(std::string_view key) const {
  auto found = key_store_.Find(DigestApiKey(key));
  if (found.ok() && !found->has_value()) found = older_keys_.Find(key);
  if (!found.ok()) return std::nullopt;
  return found->has_value() ? (*found)->id : imports_.IdOf(key);
}

Status Directory::ImportAccounts(const std::vector<ImportedAccount>& accounts) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY(store_->ImportAccounts(accounts));
  for (const ImportedAccount& imported : accounts) {
    Add(imported.account.account);
    imports_.AddUser(imported.source, imported.account.account.id);
  }
  return Status();
}

Status Directory::ImportApiKeys(const std::vector<ImportedKey>& keys) {
  const std::lock_guard lock(changing_);
  // The store finds out only where both are sealed with one pepper.
  for (const ImportedKey& imported : keys) {
    CLONE_AUTH_TRY_ASSIGN(const auto same,
                          key_store_.Find(imported.key.record.digest));
    if (same.has_value()) return Status(Reason::kAlreadyExists);
  }
  CLONE_AUTH_TRY(store_->ImportApiKeys(keys, RoundedDown(clock_->Now())));
  for (const ImportedKey& imported : keys) {
    if (imported.row.has_value()) imports_.AddKey(*imported.row);
    CLONE_AUTH_TRY(Add(imported.key));
  }
  if (!keys.empty()) imports_.NoteKeys();
  return Status();
}

Status Directory::AdoptApiKey(const Uuid& id, const ApiKeyDigest& digest) {
  const std::lock_guard lock(changing_);
  // Somebody else may have used it first.
  if (!imports_.RowOf(id).has_value()) return Status();
  CLONE_AUTH_TRY(store_->AdoptApiKey(id, digest));
  ApiKeyRecord record;
  keys_.Write(id, [&](std::unique_ptr<Key>& key) {
    key->stored.record.digest = digest;
    record = key->stored.record;
  });
  const Status added = key_store_.Insert(record);
  // Its end may have been set in between.
  keys_.Read(id, [&](const std::unique_ptr<Key>& key) {
    (void)key_store_.SetExpiry(id, key->stored.record.expires_at);
  });
  // Found by its digest before it is found no more by its row.
  imports_.RemoveKey(id);
  return added;
}

Result<Rotated> Directory::SpendLegacyToken(const LegacySpend& spend) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY_ASSIGN(Rotated rotated, store_->SpendLegacyToken(spend));
  if (rotated.state == SessionState::kOpen) {
    // A token that is spent again leads to the session that it made.
    const bool is_there =
        sessions_.Read(rotated.session.id, [](const AtomicUuid&) {});
    if (!is_there) AddSession(rotated.session);
  } else {
    sessions_.Erase(rotated.session.id);
  }
  return rotated;
}

Result<SessionState> Directory::EndLegacyToken(const BlockedToken& token,
                                               WallTime now) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY_ASSIGN(const auto ended, store_->EndLegacyToken(token, now));
  sessions_.Erase(ended.second);
  return ended.first;
}

}  // namespace clone_auth::service

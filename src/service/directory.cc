#include "service/directory.h"

#include <algorithm>

#include "service/micros.h"
#include "service/try.h"

namespace clone_auth::service {

void Directory::Add(const Account& account) {
  accounts_.Insert(account.id, [&](AccountNow& now) {
    now.account = account;
    now.generation = account.generation;
    now.enabled = account.enabled;
  });
}

void Directory::AddSession(const Session& session) {
  sessions_.Insert(session.id,
                   [&](AtomicUuid& user) { user.Store(session.user); });
}

Status Directory::Add(const StoredApiKey& key) {
  auto made = std::make_unique<Key>();
  made->stored = key;
  if (key.last_used_at.has_value()) {
    made->last_used = ToMicros(*key.last_used_at);
  }
  made->fresh = !key.first_used_at.has_value();
  places_.Insert(key.record.id,
                 [&](std::atomic<Key*>& place) { place = made.get(); });
  // Listed before it verifies: who can use a key can see it.
  keys_.Write(key.record.id,
              [&](std::unique_ptr<Key>& entry) { entry = std::move(made); });
  if (!key.rolled_from.IsNil() && !key.record.revoked_at.has_value()) {
    rolls_.Begin(key.record.id, {key.rolled_from, key.overlap});
  }
  keys_of_.Write(key.record.owner, [&](KeysOf& owner) {
    owner.keys.push_back(key.record.id);
    if (key.record.scope == ApiKeyScope::kOrganization) {
      owner.organization_keys.push_back(key.record.id);
    }
  });
  // Until its first use a foreign key is found by its row alone.
  const auto row = imports_.RowOf(key.record.id);
  if (row.has_value() && PlaceFor(*row) == key.record.digest) return Status();
  // An edited row leads nowhere.
  if (row.has_value()) imports_.RemoveKey(key.record.id);
  return key.hashed_with.has_value()
             ? older_keys_.Insert(key.record, *key.hashed_with)
             : key_store_.Insert(key.record);
}

Result<Uuid> Directory::OrganizationAt(const Uuid& subject,
                                       std::int64_t generation) const {
  const AccountNow* now = accounts_.Find(subject);
  if (now == nullptr) return Status(Reason::kTokenRevoked);
  if (!now->enabled) return Status(Reason::kAccountDisabled);
  if (now->generation != generation) return Status(Reason::kTokenRevoked);
  return now->account.organization;
}

Status Directory::CheckToken(const Uuid& subject, const Uuid& session,
                             std::int64_t generation) const {
  CLONE_AUTH_TRY(OrganizationAt(subject, generation).status());
  Uuid user;
  const bool is_open =
      sessions_.Read(session, [&](const AtomicUuid& of) { user = of.Load(); });
  return is_open && user == subject ? Status() : Status(Reason::kTokenRevoked);
}

Status Directory::CheckKey(const VerifiedApiKey& key) const {
  const AccountNow* now = accounts_.Find(key.owner());
  const bool may = now != nullptr && now->enabled &&
                   now->account.organization == key.organization();
  return may ? Status() : Status(Reason::kAccountDisabled);
}

Account Directory::CopyOf(const AccountNow& now) {
  Account copy = now.account;
  copy.generation = now.generation;
  copy.enabled = now.enabled;
  return copy;
}

Status Directory::CheckExchangedToken(const Uuid& subject, const Uuid& key,
                                      std::int64_t generation) const {
  CLONE_AUTH_TRY_ASSIGN(const Uuid organization,
                        OrganizationAt(subject, generation));
  Status status(Reason::kTokenRevoked);
  keys_.Read(key, [&](const std::unique_ptr<Key>& entry) {
    const ApiKeyRecord& record = entry->stored.record;
    if (record.owner != subject) return;
    if (record.organization != organization) {
      status = Status(Reason::kAccountDisabled);
    } else if (record.revoked_at.has_value()) {
      status = Status(Reason::kKeyRevoked);
    } else if (record.expires_at.has_value() &&
               *record.expires_at <= clock_->Now()) {
      status = Status(Reason::kKeyExpired);
    } else {
      status = Status();
    }
  });
  return status;
}

std::optional<Account> Directory::FindAccount(const Uuid& id) const {
  const AccountNow* now = accounts_.Find(id);
  if (now == nullptr) return std::nullopt;
  return CopyOf(*now);
}

StoredApiKey Directory::CopyOf(const Key& key) {
  StoredApiKey copy = key.stored;
  const std::int64_t last_used = key.last_used.load();
  if (last_used != 0) copy.last_used_at = FromMicros(last_used);
  return copy;
}

Result<StoredApiKey> Directory::FindApiKey(const Uuid& id) const {
  StoredApiKey found;
  const bool known = keys_.Read(
      id, [&](const std::unique_ptr<Key>& key) { found = CopyOf(*key); });
  if (!known) return Status(Reason::kNotFound);
  return found;
}

ApiKeyPageOf Directory::ListApiKeys(const Uuid& owner, bool organization_only,
                                    std::size_t offset,
                                    std::size_t limit) const {
  // However many keys somebody has, only those of the page are looked at.
  ApiKeyPageOf page;
  std::vector<Uuid> ids;
  keys_of_.Read(owner, [&](const KeysOf& of) {
    const std::vector<Uuid>& all =
        organization_only ? of.organization_keys : of.keys;
    page.count = all.size();
    for (std::size_t i = offset; i < std::min(all.size(), offset + limit);
         ++i) {
      ids.push_back(all[all.size() - 1 - i]);
    }
  });
  for (const Uuid& id : ids) {
    keys_.Read(id, [&](const std::unique_ptr<Key>& key) {
      page.keys.push_back(CopyOf(*key));
    });
  }
  return page;
}

void Directory::ForEachAccount(
    const std::function<void(const Account&, std::size_t)>& use) const {
  accounts_.ForEach([&](const AccountNow& now) {
    std::size_t keys = 0;
    keys_of_.Read(now.account.id,
                  [&](const KeysOf& of) { keys = of.keys.size(); });
    use(CopyOf(now), keys);
  });
}

void Directory::ForEachApiKey(
    const std::function<void(const StoredApiKey&)>& use) const {
  keys_.ForEach([&](const std::unique_ptr<Key>& key) { use(CopyOf(*key)); });
}

std::string Directory::EmailOf(const Uuid& user) const {
  const AccountNow* now = accounts_.Find(user);
  return now == nullptr ? std::string() : now->account.email;
}

ServiceStatistics Directory::Count() const {
  ServiceStatistics count;
  count.accounts = accounts_.size();
  count.open_sessions = sessions_.size();
  count.keys = keys_.size();
  count.older_keys = older_keys_.size();
  count.altered_keys = altered_keys_;
  count.rows_put_right = rows_put_right_;
  return count;
}

Status Directory::CreateAccount(const NewAccount& account) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY(store_->CreateAccount(account));
  Add(account.account);
  return Status();
}

void Directory::Apply(const Uuid& user, const AccountChange& change,
                      bool enabled) {
  AccountNow* now = accounts_.Find(user);
  now->generation = change.generation;
  now->enabled = enabled;
  for (const Uuid& session : change.ended_sessions) sessions_.Erase(session);
}

Status Directory::SetPassword(const Uuid& user, std::string_view hash,
                              WallTime now, const Actor& actor) {
  const std::lock_guard lock(changing_);
  const std::optional<Account> account = FindAccount(user);
  if (!account.has_value()) return Status(Reason::kNotFound);
  CLONE_AUTH_TRY(log_->Append(
      {Revocation::Kind::kPasswordSet, user, now, std::string(hash)}));
  CLONE_AUTH_TRY_ASSIGN(const AccountChange change,
                        store_->SetPassword(user, hash, now, actor));
  Apply(user, change, account->enabled);
  return Status();
}

Status Directory::SetEnabled(const Uuid& user, bool enabled, WallTime now,
                             const Actor& actor) {
  const std::lock_guard lock(changing_);
  if (!FindAccount(user).has_value()) return Status(Reason::kNotFound);
  // The log is never ahead of the store in giving, nor behind it in taking.
  if (!enabled) {
    CLONE_AUTH_TRY(
        log_->Append({Revocation::Kind::kAccountDisabled, user, now, {}}));
  }
  CLONE_AUTH_TRY_ASSIGN(const AccountChange change,
                        store_->SetEnabled(user, enabled, now, actor));
  Apply(user, change, enabled);
  if (!enabled) return Status();
  return log_->Append({Revocation::Kind::kAccountEnabled, user, now, {}});
}

Status Directory::CreateSession(const NewSession& session) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY(store_->CreateSession(session));
  AddSession(session.session);
  return Status();
}

Result<Rotated> Directory::Rotate(const Rotation& rotation) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY_ASSIGN(Rotated rotated, store_->Rotate(rotation));
  if (rotated.state != SessionState::kOpen) sessions_.Erase(rotation.session);
  return rotated;
}

Result<SessionState> Directory::EndSession(const Uuid& session, WallTime now) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY_ASSIGN(const SessionState state,
                        store_->EndSession(session, now));
  sessions_.Erase(session);
  return state;
}

Status Directory::ForgetSessions(WallTime time) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY_ASSIGN(const std::vector<Uuid> forgotten,
                        store_->ForgetSessions(time));
  for (const Uuid& session : forgotten) sessions_.Erase(session);
  return Status();
}

Status Directory::InsertApiKey(const StoredApiKey& key, const Actor& actor) {
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY(store_->InsertApiKey(key, actor));
  return Add(key);
}

bool Directory::IsGood(const Uuid& key) const {
  bool good = false;
  keys_.Read(key, [&](const std::unique_ptr<Key>& entry) {
    good = !entry->stored.record.revoked_at.has_value();
  });
  return good;
}

Status Directory::RevokeApiKey(const Uuid& id, WallTime when,
                               const Actor& actor, std::string_view detail) {
  const std::lock_guard lock(changing_);
  if (!IsGood(id)) return Status(Reason::kNotFound);
  CLONE_AUTH_TRY(log_->Append({Revocation::Kind::kKeyRevoked, id, when, {}}));
  CLONE_AUTH_TRY(store_->RevokeApiKey(id, when, actor, detail));
  // It is in one of them, or about to go from the one to the other.
  older_keys_.Revoke(id, when);
  (void)key_store_.Revoke(id, when);
  keys_.Write(id, [&](std::unique_ptr<Key>& key) {
    key->stored.record.revoked_at = when;
  });
  rolls_.Cancel(id);
  return Status();
}

Result<std::size_t> Directory::RevokeHashedWith(std::uint32_t pepper_id,
                                                WallTime when) {
  std::vector<Uuid> ids;
  keys_.ForEach([&](const std::unique_ptr<Key>& key) {
    const StoredApiKey& stored = key->stored;
    if (stored.hashed_with == pepper_id && !stored.record.revoked_at) {
      ids.push_back(stored.record.id);
    }
  });
  for (const Uuid& id : ids) {
    const Status revoked = RevokeApiKey(id, when, Actor::Operator(),
                                        "hashed with a dropped pepper");
    // Somebody else may have been faster.
    if (revoked.reason() != Reason::kNotFound) CLONE_AUTH_TRY(revoked);
  }
  return ids.size();
}

Directory::Key* Directory::MarkUsed(const Uuid& id, WallTime when) {
  const std::atomic<Key*>* place = places_.Find(id);
  if (place == nullptr) return nullptr;
  Key* key = place->load();
  const std::int64_t micros = ToMicros(when);
  if (key->last_used.load(std::memory_order_relaxed) < micros) {
    key->last_used.store(micros, std::memory_order_relaxed);
  }
  if (!key->noted.load(std::memory_order_relaxed) &&
      !key->noted.exchange(true)) {
    key->next_used = used_.load();
    while (!used_.compare_exchange_weak(key->next_used, key)) {
    }
  }
  return key;
}

LogPosition Directory::RevokedSoFar() {
  // Between two changes: none is in the log and not yet in the store.
  const std::lock_guard lock(changing_);
  return log_->position();
}

Status Directory::SaveUses() {
  std::vector<std::pair<Uuid, WallTime>> uses;
  for (Key* key = used_.exchange(nullptr); key != nullptr;) {
    Key* next = key->next_used;
    // From here on another use puts it into the next list.
    key->noted = false;
    uses.emplace_back(key->stored.record.id, FromMicros(key->last_used.load()));
    key = next;
  }
  if (uses.empty()) return Status();
  const Status saved = store_->SaveLastUsed(uses);
  // What could not be saved is due again the next time.
  if (!saved.ok()) {
    for (const auto& [id, when] : uses) MarkUsed(id, when);
  }
  return saved;
}

Status Directory::RenewShown() {
  const auto shown = older_keys_.TakeShown();
  if (shown.empty()) return Status();
  const std::lock_guard lock(changing_);
  Status status = store_->SaveDigests(shown);
  if (!status.ok()) {
    older_keys_.PutBack(shown);
    return status;
  }
  for (const auto& [id, digest] : shown) {
    ApiKeyRecord record;
    keys_.Write(id, [&, &plain = digest](std::unique_ptr<Key>& key) {
      key->stored.record.digest = plain;
      key->stored.hashed_with.reset();
      record = key->stored.record;
    });
    const Status added = key_store_.Insert(record);
    if (!added.ok()) status = added;
    // Its end may have been set in between.
    keys_.Read(id, [&, &moved = id](const std::unique_ptr<Key>& key) {
      (void)key_store_.SetExpiry(moved, key->stored.record.expires_at);
    });
  }
  older_keys_.Forget(shown.size());
  return status;
}

}  // namespace clone_auth::service

#pragma once

// What every request needs, in memory: accounts, open sessions, API keys. A
// change goes to the store first and appears here only once the store has
// committed it; changes happen one at a time, so memory and store agree on
// their order. What a restored backup must not bring back is in the revocation
// log as well. Reads never touch the disk; what every request asks takes no
// lock either, the rest a shared one on one of many shards. May be shared
// between threads.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clone/api_key_store.h"
#include "clone/authenticator.h"
#include "clone/service_operations.h"
#include "service/id_map.h"
#include "service/imports.h"
#include "service/key_rolls.h"
#include "service/older_keys.h"
#include "service/revocation_log.h"
#include "service/store.h"

namespace clone_auth::service {

/// Values by id, in shards with a lock each.
template <typename Value>
class ShardedMap {
 public:
  /// Calls `use` with the value under a shared lock; false where there is
  /// none.
  template <typename Use>
  bool Read(const Uuid& id, Use use) const {
    const Shard& shard = shards_[IndexOf(id)];
    const std::shared_lock lock(shard.mutex);
    const auto found = shard.values.find(id);
    if (found == shard.values.end()) return false;
    use(found->second);
    return true;
  }

  /// Calls `change` with the value, made if need be, under the lock.
  template <typename Change>
  void Write(const Uuid& id, Change change) {
    Shard& shard = shards_[IndexOf(id)];
    const std::lock_guard lock(shard.mutex);
    change(shard.values[id]);
  }

  /// Calls `use` with every value, a shard at a time under its shared lock.
  template <typename Use>
  void ForEach(Use use) const {
    for (const Shard& shard : shards_) {
      const std::shared_lock lock(shard.mutex);
      for (const auto& [id, value] : shard.values) use(value);
    }
  }

  std::size_t size() const {
    std::size_t all = 0;
    for (const Shard& shard : shards_) {
      const std::shared_lock lock(shard.mutex);
      all += shard.values.size();
    }
    return all;
  }

  void Erase(const Uuid& id) {
    Shard& shard = shards_[IndexOf(id)];
    const std::lock_guard lock(shard.mutex);
    shard.values.erase(id);
  }

 private:
  struct alignas(64) Shard {
    mutable std::shared_mutex mutex;
    absl::flat_hash_map<Uuid, Value, std::hash<Uuid>> values;
  };
  static constexpr std::size_t kShards = 64;
  // By the last byte; the table inside hashes by the first eight.
  static std::size_t IndexOf(const Uuid& id) { return id.bytes[15] % kShards; }
  std::array<Shard, kShards> shards_;
};

struct ApiKeyPageOf {
  std::size_t count = 0;
  std::vector<StoredApiKey> keys;
};

class Directory final : public AccessState {
 public:
  /// Reads everything from `store`, which has `sealer` already. Where a row
  /// says less than what `log` read when it was opened, it is put right. Error:
  /// store_unavailable.
  static Result<std::unique_ptr<Directory>> Load(
      Store* store, RevocationLog* log,
      std::shared_ptr<const ApiKeySealer> sealer, const Clock* clock);

  Status CheckToken(const Uuid& subject, const Uuid& session,
                    std::int64_t generation) const override;
  Status CheckKey(const VerifiedApiKey& key) const override;
  Status CheckExchangedToken(const Uuid& subject, const Uuid& key,
                             std::int64_t generation) const override;

  std::optional<Account> FindAccount(const Uuid& id) const;
  /// Error: not_found.
  Result<StoredApiKey> FindApiKey(const Uuid& id) const;
  /// The owner's keys, newest first: all, or those of scope organization.
  ApiKeyPageOf ListApiKeys(const Uuid& owner, bool organization_only,
                           std::size_t offset, std::size_t limit) const;
  /// Every account, with the number of its keys, in no order.
  void ForEachAccount(
      const std::function<void(const Account&, std::size_t)>& use) const;
  /// Every key, in no order. `use` must not ask for keys.
  void ForEachApiKey(const std::function<void(const StoredApiKey&)>& use) const;
  /// Empty where there is no such account.
  std::string EmailOf(const Uuid& user) const;
  /// How many accounts, sessions and keys there are.
  ServiceStatistics Count() const;
  // For an ApiKeyVerifier.
  const ApiKeyStore& keys() const { return key_store_; }
  const OlderApiKeys& older_keys() const { return older_keys_; }
  /// The id of the key with this text, in whatever state it is. An imported
  /// one that was hashed like a password is only found once it was used here.
  std::optional<Uuid> IdOf(std::string_view key) const;

  const Imports& imports() const { return imports_; }

  // Changes: those of Store, with its errors.
  Status CreateAccount(const NewAccount& account);
  Status SetPassword(const Uuid& user, std::string_view hash, WallTime now,
                     const Actor& actor);
  Status SetEnabled(const Uuid& user, bool enabled, WallTime now,
                    const Actor& actor);
  Status CreateSession(const NewSession& session);
  Result<Rotated> Rotate(const Rotation& rotation);
  Result<SessionState> EndSession(const Uuid& session, WallTime now);
  Status ForgetSessions(WallTime time);
  Status InsertApiKey(const StoredApiKey& key, const Actor& actor);
  Status RevokeApiKey(const Uuid& id, WallTime when, const Actor& actor,
                      std::string_view detail);
  /// Revokes the older keys that were hashed with this pepper; returns how many
  /// there were.
  Result<std::size_t> RevokeHashedWith(std::uint32_t pepper_id, WallTime when);

  Status ImportAccounts(const std::vector<ImportedAccount>& accounts);
  Status ImportApiKeys(const std::vector<ImportedKey>& keys);
  /// The key with this foreign row was used, and this is its digest. Ok too
  /// where that was known by now.
  Status AdoptApiKey(const Uuid& id, const ApiKeyDigest& digest);
  Result<Rotated> SpendLegacyToken(const LegacySpend& spend);
  Result<SessionState> EndLegacyToken(const BlockedToken& token, WallTime now);

  /// Makes a key that takes over from the one that it names. Errors:
  /// not_found; key_ended; roll_pending, where that one has a successor that
  /// is not revoked, or is itself one that was not used yet.
  Status RollApiKey(const StoredApiKey& successor, const Actor& actor);
  /// Nil where the key has none that is not revoked.
  Uuid SuccessorOf(const Uuid& key) const;

  /// Remembers that the key was used; writes nothing. With its first use the
  /// end of the key that it takes over from is set, for every verification
  /// that starts later. `actor` is asked for the trail alone.
  void NoteUse(const Uuid& key, WallTime when,
               const std::function<Actor()>& actor);
  /// The key was refused because it is revoked, which is remembered once an
  /// hour.
  void NoteRefusedUse(const Uuid& key, WallTime when,
                      const std::function<Actor()>& actor);
  /// `told` is called whenever there is something for SaveKeyEvents(). Before
  /// anything is noted.
  void OnKeyEvents(std::function<void()> told) { told_ = std::move(told); }
  Status SaveKeyEvents();
  /// Saves what NoteUse remembered since the last time, in one transaction.
  Status SaveUses();
  /// Makes the keys of an older version that were shown since the last time
  /// like all others.
  Status RenewShown();
  /// A place in the revocation log before which every line is in the store.
  LogPosition RevokedSoFar();

 private:
  /// The account with what of it may change.
  struct AccountNow {
    Account account;  ///< as it was made or read
    std::atomic<std::int64_t> generation{0};
    std::atomic<bool> enabled{false};
  };
  /// The ids of somebody's keys, oldest first.
  struct KeysOf {
    std::vector<Uuid> keys;
    std::vector<Uuid> organization_keys;  ///< those of that scope
  };
  struct Key {
    StoredApiKey stored;
    /// Microseconds since 1970; 0 for never.
    std::atomic<std::int64_t> last_used{0};
    /// It is in the list that `used_` begins.
    std::atomic<bool> noted{false};
    Key* next_used = nullptr;
    /// It was never used.
    std::atomic<bool> fresh{false};
  };

  Directory(Store* store, RevocationLog* log,
            std::shared_ptr<const ApiKeySealer> sealer, const Clock* clock)
      : store_(store),
        log_(log),
        clock_(clock),
        older_keys_(std::move(sealer)) {}
  Status LoadAccounts(const TakenAway& taken);
  Status LoadApiKeys(const TakenAway& taken);
  Status LoadImports();
  /// Foreign rows of records that were altered lead nowhere.
  void DropOrphans();
  void Add(const Account& account);
  void AddSession(const Session& session);
  static Account CopyOf(const AccountNow& now);
  Status Add(const StoredApiKey& key);
  /// The account's organization, while the account is enabled and of this
  /// generation.
  Result<Uuid> OrganizationAt(const Uuid& subject,
                              std::int64_t generation) const;
  void Apply(const Uuid& user, const AccountChange& change, bool enabled);
  static StoredApiKey CopyOf(const Key& key);
  bool IsGood(const Uuid& key) const;
  bool IsFresh(const Uuid& key) const;
  /// Null where there is no such key.
  Key* MarkUsed(const Uuid& id, WallTime when);
  bool BeginUse(const Uuid& id, WallTime when);
  void EndAt(const Uuid& id, WallTime end);
  Status SaveFirstUses(const std::vector<KeyUse>& uses);

  Store* store_;
  RevocationLog* log_;
  const Clock* clock_;
  std::mutex changing_;
  IdMap<AccountNow> accounts_;
  IdMap<AtomicUuid> sessions_;  ///< open ones, with their users
  ShardedMap<KeysOf> keys_of_;
  ShardedMap<std::unique_ptr<Key>> keys_;
  IdMap<std::atomic<Key*>> places_;  ///< of the keys in keys_
  KeyRolls rolls_;
  InMemoryApiKeyStore key_store_;
  Imports imports_;
  OlderKeys older_keys_;
  std::size_t altered_keys_ = 0;
  std::size_t rows_put_right_ = 0;
  /// The last of the keys that were used since the uses were saved.
  std::atomic<Key*> used_{nullptr};
  std::function<void()> told_ = [] {};
  std::mutex events_mutex_;
  std::vector<KeyUse> first_uses_;
  std::vector<KeyUse> refused_uses_;
  /// When a use after its revocation was noted last, by key.
  absl::flat_hash_map<Uuid, WallTime, std::hash<Uuid>> refused_;
};

}  // namespace clone_auth::service

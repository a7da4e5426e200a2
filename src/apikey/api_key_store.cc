#include "clone/api_key_store.h"

#include <atomic>
#include <cstddef>
#include <limits>
#include <map>
#include <mutex>
#include <utility>

#include "apikey/grown_array.h"
#include "apikey/hashes.h"
#include "apikey/number_table.h"

namespace clone_auth {
namespace {

using Ticks = WallTime::rep;
using Permissions = std::vector<std::string>;

// An end of life that far away is none.
constexpr Ticks kNoExpiry = std::numeric_limits<Ticks>::max();

Ticks ExpiryTicks(std::optional<WallTime> time) {
  return time.has_value() ? time->time_since_epoch().count() : kNoExpiry;
}

// What many keys have in common.
struct Group {
  Uuid organization;
  std::uint32_t permissions : 31;  // the number of the set
  std::uint32_t of_organization : 1;

  ApiKeyScope scope() const {
    return of_organization != 0 ? ApiKeyScope::kOrganization
                                : ApiKeyScope::kUser;
  }
  bool operator==(const Group& other) const {
    return organization == other.organization &&
           permissions == other.permissions &&
           of_organization == other.of_organization;
  }
};
static_assert(sizeof(Group) == 20);

// Only the last two change once a record is published.
struct Record {
  ApiKeyDigest digest;
  Uuid id;
  Uuid owner;
  std::uint32_t group;
  /// One more than the number of the time of its revocation; 0 for none.
  std::atomic<std::uint32_t> revoked;
  std::atomic<Ticks> expires_at;
};
static_assert(sizeof(Record) == 80);
static_assert(std::atomic<Ticks>::is_always_lock_free);

std::uint64_t HashOf(const Group& group) {
  Uuid mixed = group.organization;
  mixed.bytes[0] ^= static_cast<std::uint8_t>(group.permissions);
  mixed.bytes[1] ^= static_cast<std::uint8_t>(group.permissions >> 8);
  mixed.bytes[2] ^= static_cast<std::uint8_t>(group.of_organization);
  return HashOf(mixed);
}

// A record is in two cache lines; the second need not wait for the first.
void Prefetch(const Record& record) {
  __builtin_prefetch(&record);
  __builtin_prefetch(reinterpret_cast<const char*>(&record + 1) - 1);
}

/// The table to go on with where `table` is full: all its numbers by `hash_of`.
template <typename HashOfNumber>
std::unique_ptr<NumberTable> Grown(const NumberTable& table,
                                   std::uint32_t numbers,
                                   HashOfNumber hash_of) {
  auto grown =
      std::make_unique<NumberTable>(NumberTable::NextSize(table.size()));
  for (std::uint32_t number = 0; number < numbers; ++number) {
    grown->Put(hash_of(number), number);
  }
  return grown;
}

}  // namespace

struct InMemoryApiKeyStore::Impl {
  Impl() {
    tables.push_back(std::make_unique<NumberTable>(NumberTable::kFirstSize));
    current.store(tables.back().get());
  }

  const Record* Find(const ApiKeyDigest& digest) const {
    for (;;) {
      const NumberTable* table = current.load(std::memory_order_acquire);
      const auto number =
          table->Find(HashOf(digest), [&](std::uint32_t candidate) {
            const Record& record = records[candidate];
            Prefetch(record);
            return IsSame(record.digest, digest);
          });
      if (number.has_value()) return &records[*number];
      // A table that was replaced meanwhile may have lost its memory.
      if (table == current.load(std::memory_order_acquire)) return nullptr;
    }
  }

  Record* FindById(const Uuid& id) const {
    const auto number = by_id->Find(HashOf(id), [&](std::uint32_t candidate) {
      return records[candidate].id == id;
    });
    return number.has_value() ? &records[*number] : nullptr;
  }

  // Readers of an older table are not known, so that its addresses last as
  // long as the store; its memory does not.
  void MakeRoom() {
    const std::uint32_t held = records.size();
    if (held >= tables.back()->capacity()) {
      tables.push_back(
          Grown(*tables.back(), held, [this](std::uint32_t number) {
            return HashOf(records[number].digest);
          }));
      current.store(tables.back().get());
      tables[tables.size() - 2]->Discard();
    }
    if (held >= by_id->capacity()) {
      by_id = Grown(*by_id, held, [this](std::uint32_t number) {
        return HashOf(records[number].id);
      });
    }
    if (groups.size() >= by_group->capacity()) {
      by_group = Grown(*by_group, groups.size(), [this](std::uint32_t number) {
        return HashOf(groups[number]);
      });
    }
  }

  std::uint32_t InternPermissions(const Permissions* names) {
    const auto [place, is_new] = permission_numbers.emplace(
        names == nullptr ? Permissions{} : *names, permission_sets.size());
    if (is_new) permission_sets.Append(&place->first);
    return place->second;
  }

  std::uint32_t InternGroup(const ApiKeyRecord& record) {
    Group group{record.organization,
                InternPermissions(record.permissions.get()) & 0x7fffffff,
                record.scope == ApiKeyScope::kOrganization ? 1U : 0U};
    const std::uint64_t hash = HashOf(group);
    const auto known = by_group->Find(hash, [&](std::uint32_t candidate) {
      return groups[candidate] == group;
    });
    if (known.has_value()) return *known;
    const std::uint32_t number = groups.Append(group);
    by_group->Put(hash, number);
    return number;
  }

  std::uint32_t KeepRevocation(WallTime when) {
    return revocations.Append(when) + 1;
  }

  // For readers, without the mutex.
  std::atomic<const NumberTable*> current{nullptr};
  GrownArray<Record> records;
  GrownArray<Group> groups;
  GrownArray<const Permissions*> permission_sets;
  GrownArray<WallTime> revocations;
  std::atomic<std::uint32_t> count{0};

  // For writers, under it.
  std::mutex mutex;
  std::vector<std::unique_ptr<NumberTable>> tables;
  std::unique_ptr<NumberTable> by_id =
      std::make_unique<NumberTable>(NumberTable::kFirstSize);
  std::unique_ptr<NumberTable> by_group =
      std::make_unique<NumberTable>(NumberTable::kFirstSize);
  std::map<Permissions, std::uint32_t> permission_numbers;
};

InMemoryApiKeyStore::InMemoryApiKeyStore() : impl_(std::make_unique<Impl>()) {}
InMemoryApiKeyStore::~InMemoryApiKeyStore() = default;

Status InMemoryApiKeyStore::Insert(const ApiKeyRecord& record) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->FindById(record.id) != nullptr) {
    return Status(Reason::kAlreadyExists, "a key has this id already");
  }
  if (impl_->Find(record.digest) != nullptr) {
    return Status(Reason::kAlreadyExists, "a key has this digest already");
  }
  if (impl_->records.size() == NumberTable::kMaxNumber) {
    return Status(Reason::kOverloaded, "the store has as many keys as it can");
  }
  impl_->MakeRoom();
  const std::uint32_t number = impl_->records.Append(
      record.digest, record.id, record.owner, impl_->InternGroup(record),
      record.revoked_at.has_value() ? impl_->KeepRevocation(*record.revoked_at)
                                    : 0,
      ExpiryTicks(record.expires_at));
  impl_->by_id->Put(HashOf(record.id), number);
  impl_->tables.back()->Put(HashOf(record.digest), number);
  impl_->count.store(number + 1);
  return Status();
}

Status InMemoryApiKeyStore::Revoke(const Uuid& id, WallTime when) {
  const std::lock_guard lock(impl_->mutex);
  Record* record = impl_->FindById(id);
  if (record == nullptr) return Status(Reason::kNotFound, "no key has this id");
  if (record->revoked.load() == 0) {
    record->revoked.store(impl_->KeepRevocation(when));
  }
  return Status();
}

Status InMemoryApiKeyStore::SetExpiry(const Uuid& id,
                                      std::optional<WallTime> expires_at) {
  const std::lock_guard lock(impl_->mutex);
  Record* record = impl_->FindById(id);
  if (record == nullptr) return Status(Reason::kNotFound, "no key has this id");
  record->expires_at.store(ExpiryTicks(expires_at));
  return Status();
}

Result<std::optional<ApiKeyMatch>> InMemoryApiKeyStore::Find(
    const ApiKeyDigest& digest) const {
  Result<std::optional<ApiKeyMatch>> found{std::optional<ApiKeyMatch>()};
  const Record* record = impl_->Find(digest);
  if (record == nullptr) return found;
  const Group& group = impl_->groups[record->group];
  // Made in place: a copy of it takes as long as the look-up.
  ApiKeyMatch& match = found->emplace();
  match.id = record->id;
  match.owner = record->owner;
  match.organization = group.organization;
  match.scope = group.scope();
  match.digest = record->digest;
  const Ticks expires_at = record->expires_at.load(std::memory_order_acquire);
  if (expires_at != kNoExpiry) {
    match.expires_at = WallTime(WallTime::duration(expires_at));
  }
  const std::uint32_t revoked = record->revoked.load(std::memory_order_acquire);
  if (revoked != 0) match.revoked_at = impl_->revocations[revoked - 1];
  match.permissions = impl_->permission_sets[group.permissions];
  return found;
}

std::size_t InMemoryApiKeyStore::size() const {
  return impl_->count.load(std::memory_order_acquire);
}

}  // namespace clone_auth

#include "clone/api_key_store.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <set>
#include <unordered_map>
#include <utility>

namespace clone_auth {
namespace {

using Ticks = WallTime::rep;
using Permissions = std::vector<std::string>;

// How a time that is not set is kept. An end of life that far away is none,
// while a revocation at any time whatever must stay one.
constexpr Ticks kNoExpiry = std::numeric_limits<Ticks>::max();
constexpr Ticks kNoRevocation = std::numeric_limits<Ticks>::min();

Ticks ExpiryTicks(std::optional<WallTime> time) {
  return time.has_value() ? time->time_since_epoch().count() : kNoExpiry;
}

Ticks RevocationTicks(WallTime time) {
  const Ticks ticks = time.time_since_epoch().count();
  return ticks == kNoRevocation ? kNoRevocation + 1 : ticks;
}

std::optional<WallTime> TimeUnless(Ticks none, Ticks ticks) {
  if (ticks == none) return std::nullopt;
  return WallTime(WallTime::duration(ticks));
}

// What decides stands in the first cache line, whom the key is for in the
// second. Only the two times change once a record is published.
struct alignas(128) Record {
  ApiKeyDigest digest;
  std::atomic<Ticks> revoked_at;
  std::atomic<Ticks> expires_at;
  const Permissions* permissions;
  ApiKeyScope scope;
  Uuid id;
  Uuid owner;
  Uuid organization;
};
static_assert(sizeof(Record) == 128);
static_assert(std::atomic<Ticks>::is_always_lock_free);

// Records one after the other in chunks, each twice as large as the one
// before, so that a record never moves and a number finds it.
class RecordArena {
 public:
  RecordArena() = default;
  RecordArena(const RecordArena&) = delete;
  RecordArena& operator=(const RecordArena&) = delete;
  ~RecordArena() {
    for (Record* chunk : chunks_) {
      if (chunk != nullptr) {
        ::operator delete (chunk, std::align_val_t{alignof(Record)});
      }
    }
  }

  Record& At(std::uint64_t number) const {
    const Place place = PlaceOf(number);
    return chunks_[place.chunk][place.offset];
  }

  /// Memory for the record of this number, the next after the last.
  void* Reserve(std::uint64_t number) {
    const Place place = PlaceOf(number);
    Record*& chunk = chunks_[place.chunk];
    if (chunk == nullptr) {
      chunk = static_cast<Record*>(
          ::operator new ((kFirstSize << place.chunk) * sizeof(Record),
                          std::align_val_t{alignof(Record)}));
    }
    return chunk + place.offset;
  }

 private:
  struct Place {
    std::size_t chunk;
    std::size_t offset;
  };

  static constexpr std::uint64_t kFirstSize = 64;
  static constexpr std::size_t kFirstSizeBits = 6;
  static constexpr std::size_t kChunks = 35;  // 2^40 records

  // Chunk n begins at kFirstSize * (2^n - 1), so the highest bit of the number
  // shifted by kFirstSize tells the chunk.
  static Place PlaceOf(std::uint64_t number) {
    const std::uint64_t shifted = number + kFirstSize;
    const auto top = static_cast<std::size_t>(63 - __builtin_clzll(shifted));
    return {top - kFirstSizeBits, shifted ^ (std::uint64_t{1} << top)};
  }

  std::array<Record*, kChunks> chunks_{};
};

// A slot is 0 where it is free; otherwise 24 bits of the digest and, one
// higher, the number of the record. So a neighbour's record is hardly ever
// looked at in vain.
using Slot = std::uint64_t;
constexpr int kNumberBits = 40;
constexpr Slot kNumberMask = (Slot{1} << kNumberBits) - 1;

// A digest is as random as any hash of it.
std::uint64_t HashOf(const ApiKeyDigest& digest) {
  std::uint64_t hash;
  std::memcpy(&hash, digest.data(), sizeof hash);
  return hash;
}

// Without a branch on any part of the digests, and inline.
bool IsSame(const ApiKeyDigest& a, const ApiKeyDigest& b) {
  std::uint64_t difference = 0;
  for (std::size_t at = 0; at < a.size(); at += sizeof difference) {
    std::uint64_t word_a, word_b;
    std::memcpy(&word_a, a.data() + at, sizeof word_a);
    std::memcpy(&word_b, b.data() + at, sizeof word_b);
    difference |= word_a ^ word_b;
  }
  return difference == 0;
}

// Open addressing, at most half full. Slots are only ever filled.
class SlotTable {
 public:
  explicit SlotTable(std::size_t size)  // a power of two
      : mask_(size - 1), slots_(new std::atomic<Slot>[size]()) {}

  std::size_t size() const { return mask_ + 1; }

  Record* Find(const RecordArena& arena, const ApiKeyDigest& digest) const {
    const std::uint64_t hash = HashOf(digest);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot slot = slots_[at].load(std::memory_order_acquire);
      if (slot == 0) return nullptr;
      if (slot >> kNumberBits != hash >> kNumberBits) continue;
      Record& record = arena.At((slot & kNumberMask) - 1);
      if (IsSame(record.digest, digest)) return &record;
    }
  }

  void Publish(const ApiKeyDigest& digest, std::uint64_t number) {
    const std::uint64_t hash = HashOf(digest);
    std::size_t at = hash & mask_;
    while (slots_[at].load(std::memory_order_relaxed) != 0) {
      at = (at + 1) & mask_;
    }
    slots_[at].store((hash & ~kNumberMask) | (number + 1));
  }

 private:
  const std::size_t mask_;
  const std::unique_ptr<std::atomic<Slot>[]> slots_;
};

constexpr std::size_t kFirstTableSize = 128;

}  // namespace

struct InMemoryApiKeyStore::Impl {
  Impl() { UseTableOf(kFirstTableSize); }

  // Readers of an older table are not known, so each lives as long as the
  // store; together they are smaller than the current one.
  void UseTableOf(std::size_t size) {
    auto table = std::make_unique<SlotTable>(size);
    for (std::uint64_t number = 0; number < count.load(); ++number) {
      table->Publish(arena.At(number).digest, number);
    }
    current.store(table.get());
    tables.push_back(std::move(table));
  }

  const Permissions* Intern(const Permissions* names) {
    return &*permission_sets.insert(names == nullptr ? Permissions{} : *names)
                 .first;
  }

  Record* FindById(const Uuid& id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : found->second;
  }

  // For readers, without the mutex.
  std::atomic<SlotTable*> current{nullptr};
  RecordArena arena;
  std::atomic<std::uint64_t> count{0};

  // For writers, under it.
  std::mutex mutex;
  std::vector<std::unique_ptr<SlotTable>> tables;
  std::unordered_map<Uuid, Record*> by_id;
  std::set<Permissions> permission_sets;
};

InMemoryApiKeyStore::InMemoryApiKeyStore() : impl_(std::make_unique<Impl>()) {}
InMemoryApiKeyStore::~InMemoryApiKeyStore() = default;

Status InMemoryApiKeyStore::Insert(const ApiKeyRecord& record) {
  const std::lock_guard lock(impl_->mutex);
  SlotTable* table = impl_->current.load();
  if (impl_->FindById(record.id) != nullptr) {
    return Status(Reason::kAlreadyExists, "a key has this id already");
  }
  if (table->Find(impl_->arena, record.digest) != nullptr) {
    return Status(Reason::kAlreadyExists, "a key has this digest already");
  }
  const std::uint64_t number = impl_->count.load();
  if ((number + 1) * 2 > table->size()) {
    impl_->UseTableOf(table->size() * 2);
    table = impl_->current.load();
  }
  Record* kept = new (impl_->arena.Reserve(number)) Record{
      record.digest,
      {record.revoked_at.has_value() ? RevocationTicks(*record.revoked_at)
                                     : kNoRevocation},
      {ExpiryTicks(record.expires_at)},
      impl_->Intern(record.permissions.get()),
      record.scope,
      record.id,
      record.owner,
      record.organization};
  impl_->by_id.emplace(record.id, kept);
  table->Publish(record.digest, number);
  impl_->count.store(number + 1);
  return Status();
}

Status InMemoryApiKeyStore::Revoke(const Uuid& id, WallTime when) {
  const std::lock_guard lock(impl_->mutex);
  Record* record = impl_->FindById(id);
  if (record == nullptr) return Status(Reason::kNotFound, "no key has this id");
  Ticks none = kNoRevocation;
  record->revoked_at.compare_exchange_strong(none, RevocationTicks(when));
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
  const SlotTable* table = impl_->current.load(std::memory_order_acquire);
  const Record* record = table->Find(impl_->arena, digest);
  if (record == nullptr) return std::optional<ApiKeyMatch>();
  return ApiKeyMatch{
      record->id,
      record->owner,
      record->organization,
      record->scope,
      record->digest,
      TimeUnless(kNoExpiry, record->expires_at.load(std::memory_order_acquire)),
      TimeUnless(kNoRevocation,
                 record->revoked_at.load(std::memory_order_acquire)),
      record->permissions};
}

std::size_t InMemoryApiKeyStore::size() const {
  return impl_->count.load(std::memory_order_acquire);
}

}  // namespace clone_auth

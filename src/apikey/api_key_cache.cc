#include "clone/api_key_cache.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "apikey/change_marks.h"
#include "apikey/digest_table.h"
#include "apikey/hashes.h"
#include "base/macros.h"

namespace clone_auth {
namespace {

using Found = Result<std::optional<ApiKeyMatch>>;
using Nanos = std::int64_t;  // since boot

constexpr std::size_t kMaxEntries = 16'777'216;
constexpr std::chrono::hours kMaxFresh{1};
constexpr std::chrono::hours kMaxGrace{24};
// Whoever has a known key does not wait for a store that failed a moment ago.
constexpr Nanos kLeftAlone = 1'000'000'000;

/// After how many changes something was asked for, and when.
struct Asked {
  std::uint64_t changes = 0;
  Nanos at = 0;
};

struct Known {
  Asked asked;
  ApiKeyMatch match;
  const ApiKeyDigest& Digest() const { return match.digest; }
};

struct Unknown {
  Asked asked;
  ApiKeyDigest digest{};
  const ApiKeyDigest& Digest() const { return digest; }
};

/// One question to the store, and everybody who waits for its answer.
struct Flight {
  explicit Flight(const Asked& when) : asked(when) {}
  const Asked asked;
  std::condition_variable landed;
  std::optional<Found> found;
};

struct DigestHash {
  std::size_t operator()(const ApiKeyDigest& digest) const {
    return static_cast<std::size_t>(HashOf(digest));
  }
};

/// The questions that are under way, in parts with a lock each.
struct alignas(64) Flights {
  std::mutex mutex;
  std::unordered_map<ApiKeyDigest, std::shared_ptr<Flight>, DigestHash>
      by_digest;
};

Status CheckOptions(const ApiKeyCacheOptions& options) {
  for (const std::size_t entries : {options.max_known, options.max_unknown}) {
    if (entries == 0 || entries > kMaxEntries) {
      return Status(Reason::kInvalidArgument,
                    "a cache has 1 to 16,777,216 entries");
    }
  }
  const std::chrono::nanoseconds none{0};
  if (options.fresh_for < none || options.fresh_for > kMaxFresh ||
      options.outage_grace < none || options.outage_grace > kMaxGrace) {
    return Status(Reason::kInvalidArgument,
                  "records are fresh for up to an hour, and go on for up to "
                  "24 hours while the store cannot answer");
  }
  return Status();
}

}  // namespace

struct CachedApiKeyStore::Impl {
  Impl(const ApiKeyStore* a_store, const Clock* a_clock,
       const ApiKeyCacheOptions& options)
      : store(a_store),
        clock(a_clock),
        fresh_for(options.fresh_for.count()),
        outage_grace(options.outage_grace.count()),
        known(options.max_known),
        unknown(options.max_unknown) {}

  Nanos Now() const { return clock->SinceBoot().count(); }

  bool Stands(const Known& entry) const {
    return changes.Stands(entry.asked.changes, HashOf(entry.match.id)) &&
           changes.Stands(entry.asked.changes, HashOf(entry.match.digest));
  }
  bool Stands(const Unknown& entry) const {
    return changes.Stands(entry.asked.changes, HashOf(entry.digest));
  }

  /// How long ago it was known to be what the store says, at the latest.
  Nanos AgeOf(const Asked& asked, Nanos now) const {
    return now - std::max(asked.at, alive.load(std::memory_order_acquire));
  }
  bool IsFresh(const Asked& asked, Nanos now) const {
    return AgeOf(asked, now) < fresh_for;
  }
  bool OutlastsOutage(const Asked& asked, Nanos now) const {
    return AgeOf(asked, now) < fresh_for + outage_grace;
  }
  bool FailedLately(Nanos now) const {
    const Nanos at = failed_at.load(std::memory_order_acquire);
    return at != kNever && now - at < kLeftAlone;
  }

  std::optional<Found> Fresh(const ApiKeyDigest& digest, Nanos now) const;
  Found Ask(const ApiKeyDigest& digest, Nanos now);
  Found AskStore(const ApiKeyDigest& digest, const Asked& asked);
  void Remember(const ApiKeyDigest& digest, const Asked& asked,
                const std::optional<ApiKeyMatch>& match);

  static constexpr Nanos kNever = std::numeric_limits<Nanos>::min();
  static constexpr std::size_t kParts = 16;

  const ApiKeyStore* const store;
  const Clock* const clock;
  const Nanos fresh_for;
  const Nanos outage_grace;
  ChangeMarks changes;
  std::atomic<Nanos> alive{kNever};
  std::atomic<Nanos> failed_at{kNever};
  DigestTable<Known> known;
  DigestTable<Unknown> unknown;
  std::array<Flights, kParts> flights;
};

void CachedApiKeyStore::Impl::Remember(
    const ApiKeyDigest& digest, const Asked& asked,
    const std::optional<ApiKeyMatch>& match) {
  if (!match.has_value()) {
    known.Drop(digest);
    unknown.Put({asked, digest});
  } else if (IsSame(match->digest, digest)) {
    unknown.Drop(digest);
    known.Put({asked, *match});
  }
}

Found CachedApiKeyStore::Impl::AskStore(const ApiKeyDigest& digest,
                                        const Asked& asked) {
  Found found = store->Find(digest);
  if (found.ok()) {
    failed_at.store(kNever, std::memory_order_release);
    Remember(digest, asked, *found);
  } else {
    failed_at.store(Now(), std::memory_order_release);
  }
  return found;
}

std::optional<Found> CachedApiKeyStore::Impl::Fresh(const ApiKeyDigest& digest,
                                                    Nanos now) const {
  Known entry;
  if (known.Find(digest, entry) && Stands(entry) && IsFresh(entry.asked, now)) {
    return Found(entry.match);
  }
  Unknown none;
  if (unknown.Find(digest, none) && Stands(none) && IsFresh(none.asked, now)) {
    return Found(std::optional<ApiKeyMatch>());
  }
  return std::nullopt;
}

Found CachedApiKeyStore::Impl::Ask(const ApiKeyDigest& digest, Nanos now) {
  Flights& part = flights[HashOf(digest) % kParts];
  std::unique_lock lock(part.mutex);
  // Whoever asked may have been answered on the way here.
  if (auto fresh = Fresh(digest, now)) return *std::move(fresh);
  const Asked asked{changes.count(), now};
  std::shared_ptr<Flight>& place = part.by_digest[digest];
  std::shared_ptr<Flight> flight = place;
  // What was asked before a change was told may be answered with what was
  // before it, and is no answer for whoever comes after.
  if (flight != nullptr && flight->asked.changes == asked.changes &&
      now - flight->asked.at <= fresh_for) {
    flight->landed.wait(lock, [&] { return flight->found.has_value(); });
    return *flight->found;
  }
  flight = place = std::make_shared<Flight>(asked);
  lock.unlock();
  Found found = AskStore(digest, asked);
  lock.lock();
  flight->found = found;
  const auto mine = part.by_digest.find(digest);
  if (mine != part.by_digest.end() && mine->second == flight) {
    part.by_digest.erase(mine);
  }
  lock.unlock();
  flight->landed.notify_all();
  return found;
}

CachedApiKeyStore::CachedApiKeyStore(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
CachedApiKeyStore::~CachedApiKeyStore() = default;

Result<std::unique_ptr<CachedApiKeyStore>> CachedApiKeyStore::Create(
    const ApiKeyStore* store, const Clock* clock,
    const ApiKeyCacheOptions& options) {
  if (store == nullptr || clock == nullptr) {
    return Status(Reason::kInvalidArgument,
                  "a cache needs a store and a clock");
  }
  CLONE_AUTH_RETURN_IF_ERROR(CheckOptions(options));
  return std::unique_ptr<CachedApiKeyStore>(
      new CachedApiKeyStore(std::make_unique<Impl>(store, clock, options)));
}

Found CachedApiKeyStore::Find(const ApiKeyDigest& digest) const {
  Impl& impl = *impl_;
  const Nanos now = impl.Now();
  Known known;
  const bool is_known = impl.known.Find(digest, known) && impl.Stands(known);
  if (is_known) {
    if (impl.IsFresh(known.asked, now) ||
        (impl.FailedLately(now) && impl.OutlastsOutage(known.asked, now))) {
      return known.match;
    }
  } else {
    Unknown unknown;
    if (impl.unknown.Find(digest, unknown) && impl.Stands(unknown) &&
        impl.IsFresh(unknown.asked, now)) {
      return std::optional<ApiKeyMatch>();
    }
  }
  Found found = impl.Ask(digest, now);
  // A change may have been told while the store was asked.
  if (!found.ok() && is_known && impl.Stands(known) &&
      impl.OutlastsOutage(known.asked, impl.Now())) {
    return known.match;
  }
  return found;
}

void CachedApiKeyStore::KeyChanged(const Uuid& id) {
  impl_->changes.Mark(HashOf(id));
}

void CachedApiKeyStore::DigestChanged(const ApiKeyDigest& digest) {
  impl_->changes.Mark(HashOf(digest));
}

void CachedApiKeyStore::AnythingChanged() { impl_->changes.MarkAll(); }

void CachedApiKeyStore::AliveAsOf(std::chrono::nanoseconds since_boot) {
  Nanos last = impl_->alive.load();
  while (last < since_boot.count() &&
         !impl_->alive.compare_exchange_weak(last, since_boot.count())) {
  }
}

}  // namespace clone_auth

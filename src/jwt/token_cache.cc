#include "jwt/token_cache.h"

#include <algorithm>

#include "crypto/constant_time.h"

namespace clone_auth {
namespace {

constexpr std::size_t kMaxEntries = 1024 * 1024;
constexpr std::size_t kMaxThreads = 1024;

}  // namespace

TokenTable::TokenTable(std::size_t entries, std::size_t max_bytes)
    : entries_((entries + kWays - 1) / kWays * kWays), max_bytes_(max_bytes) {}

// The upper bits of the hash, without a division.
TokenTable::Place TokenTable::FirstPlaceFor(std::uint64_t hash) const {
  return ((hash >> 32) * (entries_.size() / kWays) >> 32) * kWays;
}

std::optional<TokenTable::Place> TokenTable::Find(std::string_view token,
                                                  std::uint64_t hash,
                                                  WallTime now) const {
  const Place first = FirstPlaceFor(hash);
  for (Place place = first; place < first + kWays; ++place) {
    const Entry& entry = entries_[place];
    if (entry.hash == hash && ConstantTimeEqualTexts(entry.token, token) &&
        now >= entry.from && now < entry.until) {
      return place;
    }
  }
  return std::nullopt;
}

std::optional<TokenTable::Place> TokenTable::Add(std::string_view token,
                                                 std::uint64_t hash,
                                                 const JwtBasis& basis) {
  if (token.size() > max_bytes_ || !keys_.has_value() ||
      basis.generation != generation_) {
    return std::nullopt;
  }
  const Place first = FirstPlaceFor(hash);
  Place place = first + hand_ % kWays;
  for (Place other = first; other < first + kWays; ++other) {
    const Entry& entry = entries_[other];
    if (entry.token.empty() || entry.token == token) place = other;
  }
  Forget(place);
  while (bytes_ + token.size() > max_bytes_) {
    Forget(hand_);
    hand_ = (hand_ + 1) % entries_.size();
  }
  hand_ = (hand_ + 1) % entries_.size();
  bytes_ += token.size();
  entries_[place] = {hash, std::string(token), ToWallTime(basis.times.from),
                     ToWallTime(basis.times.until), basis.key};
  return place;
}

void TokenTable::Follow(const JwkSnapshot& snapshot) {
  for (Place place = 0; place < entries_.size(); ++place) {
    Entry& entry = entries_[place];
    if (entry.token.empty()) continue;
    entry.key = VerifierKeys::SameKey(entry.key, *keys_, snapshot.keys);
    if (entry.key == nullptr) Forget(place);
  }
  keys_ = snapshot.keys;
  generation_ = snapshot.generation;
}

void TokenTable::Forget(Place place) {
  bytes_ -= entries_[place].token.size();
  entries_[place] = Entry();
  Drop(place);
}

Status TokenCacheBase::Check(const JwtVerifier* verifier,
                             const JwtCacheOptions& options) {
  if (verifier == nullptr || options.random == nullptr) {
    return Status(Reason::kInvalidArgument,
                  "a cache needs a verifier and a source of random bytes");
  }
  if (options.max_entries == 0 || options.max_entries > kMaxEntries ||
      options.threads == 0 || options.threads > kMaxThreads) {
    return Status(Reason::kInvalidArgument,
                  "a cache has up to 1,048,576 entries and 1,024 threads");
  }
  return Status();
}

std::optional<TokenCacheBase::Moment> TokenCacheBase::Now() const {
  const JwtVerifier::Impl& verifier = *verifier_->impl_;
  const WallTime now = verifier.clock->Now();
  const auto current = verifier.keys.Look(now);
  if (!current.ok()) return std::nullopt;
  return Moment{now, *current};
}

}  // namespace clone_auth

#pragma once

// The verified tokens that a process remembers, with a value for each.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/lent_to_threads.h"
#include "base/macros.h"
#include "clone/jwt_cache.h"
#include "crypto/short_hash.h"
#include "jwt/verifier_impl.h"

namespace clone_auth {

/// Where a token is remembered and what it was judged by. One thread's.
class TokenTable {
 public:
  /// Handed out for a token; a number below the table's size.
  using Place = std::size_t;

  TokenTable(std::size_t entries, std::size_t max_bytes);
  TokenTable(const TokenTable&) = delete;
  TokenTable& operator=(const TokenTable&) = delete;
  virtual ~TokenTable() = default;

  std::size_t size() const { return entries_.size(); }

  /// Where exactly this token is that is good at `now`.
  std::optional<Place> Find(std::string_view token, std::uint64_t hash,
                            WallTime now) const;

  /// Takes the place of another token where there is no room. Empty where the
  /// token is too large, or was judged by other keys than this table's.
  std::optional<Place> Add(std::string_view token, std::uint64_t hash,
                           const JwtBasis& basis);

  /// Forgets the tokens whose keys are not among these.
  void Follow(const JwkSnapshot& snapshot);
  bool Follows(const JwkSnapshot& snapshot) const {
    return keys_.has_value() && generation_ == snapshot.generation;
  }

 private:
  static constexpr std::size_t kWays = 4;

  struct Entry {
    std::uint64_t hash = 0;
    std::string token;  // empty: none
    WallTime from{};
    WallTime until{};
    const VerificationKey* key = nullptr;
  };

  /// What belonged to the token at this place is no longer needed.
  virtual void Drop(Place place) = 0;

  /// The first of the kWays places that a token with this hash may have.
  Place FirstPlaceFor(std::uint64_t hash) const;
  void Forget(Place place);

  std::vector<Entry> entries_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::size_t hand_ = 0;  // the next to be replaced
  std::optional<JwkSet> keys_;
  std::uint64_t generation_ = 0;
};

/// What a cache needs of a verifier, and the checks of its options.
class TokenCacheBase {
 public:
  /// As the verifier's own.
  Result<VerifiedJwt> Verify(std::string_view token, JwtBasis* basis) const {
    return verifier_->impl_->Verify(token, basis);
  }

 protected:
  /// When, and by which keys, a token is to be judged.
  struct Moment {
    WallTime now;
    const JwkSnapshot* keys;
  };

  TokenCacheBase(const JwtVerifier* verifier, const ShortHash& hash)
      : verifier_(verifier), hash_(hash) {}

  /// Error: invalid_argument.
  static Status Check(const JwtVerifier* verifier,
                      const JwtCacheOptions& options);

  /// Empty where the keys cannot be had.
  std::optional<Moment> Now() const;

  // The end of a token is of its signature, and differs from all others'.
  std::uint64_t HashOf(std::string_view token) const {
    constexpr std::size_t kHashed = 32;
    token.remove_prefix(token.size() - std::min(token.size(), kHashed));
    return hash_.Of(token);
  }

 private:
  const JwtVerifier* verifier_;
  ShortHash hash_;
};

/// What is found lives until the same thread adds.
template <typename Value>
class TokenCache : public TokenCacheBase {
 public:
  /// Errors: invalid_argument, random_unavailable.
  static Result<std::unique_ptr<TokenCache>> Create(
      const JwtVerifier* verifier, const JwtCacheOptions& options) {
    CLONE_AUTH_RETURN_IF_ERROR(Check(verifier, options));
    CLONE_AUTH_ASSIGN_OR_RETURN(const ShortHash hash,
                                ShortHash::Create(*options.random));
    std::vector<std::unique_ptr<Shard>> shards;
    for (std::size_t i = 0; i < options.threads; ++i) {
      shards.push_back(std::make_unique<Shard>(
          (options.max_entries + options.threads - 1) / options.threads,
          options.max_bytes / options.threads));
    }
    return std::unique_ptr<TokenCache>(
        new TokenCache(verifier, hash, std::move(shards)));
  }

  const Value* Find(std::string_view token) const {
    // First, because clock and source are the caller's code.
    const std::optional<Moment> moment = Now();
    if (!moment.has_value()) return nullptr;
    Shard* shard = shards_.Mine();
    if (shard == nullptr) return nullptr;
    if (!shard->Follows(*moment->keys)) shard->Follow(*moment->keys);
    const auto place = shard->Find(token, HashOf(token), moment->now);
    return place.has_value() ? &*shard->values[*place] : nullptr;
  }

  /// Null where there is no room for it; `value` then stays whole.
  const Value* Add(std::string_view token, const JwtBasis& basis,
                   Value&& value) const {
    Shard* shard = shards_.Mine();
    if (shard == nullptr) return nullptr;
    const auto place = shard->Add(token, HashOf(token), basis);
    if (!place.has_value()) return nullptr;
    shard->values[*place].emplace(std::move(value));
    return &*shard->values[*place];
  }

 private:
  struct Shard final : TokenTable {
    Shard(std::size_t entries, std::size_t max_bytes)
        : TokenTable(entries, max_bytes), values(size()) {}
    void Drop(Place place) override { values[place].reset(); }
    std::vector<std::optional<Value>> values;
  };

  TokenCache(const JwtVerifier* verifier, const ShortHash& hash,
             std::vector<std::unique_ptr<Shard>> shards)
      : TokenCacheBase(verifier, hash), shards_(std::move(shards)) {}

  LentToThreads<Shard> shards_;
};

}  // namespace clone_auth

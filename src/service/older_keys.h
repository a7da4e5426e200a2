#pragma once

// Keys whose rows an older version made: the table then held an HMAC of the
// key under a pepper, so only the key itself tells its plain digest. They are
// kept apart, looked at only after a miss, and noted when somebody shows them,
// so that their rows become like all others. May be shared between threads.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/api_key_store.h"

namespace clone_auth::service {

class OlderKeys final : public OlderApiKeys {
 public:
  explicit OlderKeys(std::shared_ptr<const ApiKeySealer> sealer)
      : sealer_(std::move(sealer)) {}

  /// A key whose digest is an HMAC under that pepper. Before anybody asks.
  Status Insert(const ApiKeyRecord& record, std::uint32_t hashed_with);
  // These do nothing to a key that is none of these.
  void Revoke(const Uuid& id, WallTime when);
  void EndAt(const Uuid& id, WallTime end);

  Result<std::optional<ApiKeyMatch>> Find(std::string_view key) const override;

  /// The keys that were shown and not taken yet, with their plain digests.
  std::vector<std::pair<Uuid, ApiKeyDigest>> TakeShown();
  /// They could not be saved; they are shown again one day.
  void PutBack(const std::vector<std::pair<Uuid, ApiKeyDigest>>& shown);
  /// They are found elsewhere from now on.
  void Forget(std::size_t count);

  /// How many there are that nobody has shown.
  std::size_t size() const { return left_.load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<const ApiKeySealer> sealer_;
  InMemoryApiKeyStore store_;
  std::vector<std::uint32_t> peppers_;
  std::atomic<std::size_t> left_{0};
  mutable std::mutex mutex_;
  mutable std::unordered_set<Uuid> noted_;
  mutable std::vector<std::pair<Uuid, ApiKeyDigest>> shown_;
};

}  // namespace clone_auth::service

#pragma once

#include <atomic>
#include <functional>
#include <optional>

#include "clone/api_key_store.h"

namespace clone_auth::testing {

/// A real store that counts look-ups and can be made to fail or to lie.
class WatchedStore final : public ApiKeyStore {
 public:
  Result<std::optional<ApiKeyMatch>> Find(
      const ApiKeyDigest& digest) const override {
    ++lookups;
    auto found = records.Find(lie.value_or(digest));
    if (failing) found = Status(Reason::kStoreUnavailable);
    if (after_read) after_read();
    return found;
  }

  InMemoryApiKeyStore records;
  std::atomic<bool> failing{false};
  std::optional<ApiKeyDigest> lie;
  /// Called between reading and answering.
  std::function<void()> after_read;
  mutable std::atomic<int> lookups{0};
};

}  // namespace clone_auth::testing

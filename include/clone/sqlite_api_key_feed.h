#pragma once

// Tells a cache in front of keys in a SQLite file when any process has changed
// the file. It has no thread: a timer or a thread of yours calls Poll(), a few
// times within the cache's `fresh_for`. Not to be shared between threads.

#include <cstdint>
#include <optional>

#include "clone/api_key_cache.h"
#include "clone/clock.h"
#include "clone/sqlite_api_key_store.h"
#include "clone/status.h"

namespace clone_auth {

class SqliteApiKeyFeed {
 public:
  /// Borrows all three, which are not null.
  SqliteApiKeyFeed(const SqliteApiKeyStore* store, const Clock* clock,
                   ApiKeyChangeListener* listener)
      : store_(store), clock_(clock), listener_(listener) {}

  /// Asks the file once. Whatever was changed, everything is asked for anew.
  /// Error: store_unavailable; the listener is then told nothing, so that the
  /// cache stops going by what it has.
  Status Poll();

 private:
  const SqliteApiKeyStore* store_;
  const Clock* clock_;
  ApiKeyChangeListener* listener_;
  std::optional<std::uint64_t> marker_;
};

}  // namespace clone_auth

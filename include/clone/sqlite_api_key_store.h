#pragma once

// API keys in one SQLite file, for a server that needs nothing else of the
// service. Each row is sealed, so a copy of the file verifies nothing and an
// edited row is nobody's; the file may be the database of a service that runs.
// May be shared between threads: reads do not wait for each other, nor for a
// write.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/api_key_store.h"
#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"

namespace clone_auth {

class SqliteApiKeyStore : public ApiKeyStore {
 public:
  /// All of them or none, in one transaction that is safe on the disk when this
  /// returns: a batch costs as much waiting as one key. Errors:
  /// already_exists (an id or a digest), invalid_argument (the name of a
  /// permission is empty or has a blank), store_unavailable.
  virtual Status Insert(const std::vector<ApiKeyRecord>& records) = 0;

  /// Marks the key revoked; seen by every Find() that starts after this
  /// returned. Errors: not_found, also for a key that was revoked before;
  /// store_unavailable.
  virtual Status Revoke(const Uuid& id, WallTime when) = 0;

  /// Sets or clears the end of the key's life. Errors: not_found,
  /// store_unavailable.
  virtual Status SetExpiry(const Uuid& id,
                           std::optional<WallTime> expires_at) = 0;

  /// Copies every key into `memory`, a million in seconds. Returns how many
  /// rows were left out because they are not what was sealed. Errors:
  /// already_exists, store_unavailable.
  virtual Result<std::size_t> LoadInto(InMemoryApiKeyStore& memory) const = 0;

  /// A number that is another one once any process has changed the file: what
  /// a cache in front of this store asks before it goes on by what it has.
  /// Error: store_unavailable.
  virtual Result<std::uint64_t> ChangeMarker() const = 0;
};

/// Opens the file, or makes it, readable by its owner alone. Borrows `clock`,
/// which tells when keys were made; null stands for the system's. Errors:
/// invalid_argument (no sealer), store_unavailable, schema_unknown.
Result<std::unique_ptr<SqliteApiKeyStore>> MakeSqliteApiKeyStore(
    const std::string& path, std::shared_ptr<const ApiKeySealer> sealer,
    const Clock* clock = nullptr);

}  // namespace clone_auth

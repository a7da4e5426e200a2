#pragma once

// Which key takes over from which: few are ever rolled, so this stands beside
// the keys and not in each of them. May be shared between threads.

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <shared_mutex>

#include "absl/container/flat_hash_map.h"
#include "clone/uuid.h"

namespace clone_auth::service {

struct KeyRoll {
  Uuid predecessor;
  /// For how long that one lives on once its successor was used.
  std::chrono::seconds overlap{0};
};

class KeyRolls {
 public:
  void Begin(const Uuid& successor, const KeyRoll& roll);
  /// The successor was revoked, which is how a roll is cancelled.
  void Cancel(const Uuid& successor);

  /// Nothing where the key takes over from none.
  std::optional<KeyRoll> RollTo(const Uuid& successor) const;
  /// Nil where the key has none that is not revoked.
  Uuid SuccessorOf(const Uuid& key) const;

 private:
  template <typename Value>
  using ById = absl::flat_hash_map<Uuid, Value, std::hash<Uuid>>;

  mutable std::shared_mutex mutex_;
  ById<KeyRoll> rolls_;
  ById<Uuid> successors_;
};

}  // namespace clone_auth::service

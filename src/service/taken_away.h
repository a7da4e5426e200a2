#pragma once

// What a revocation log amounts to at its end: which keys are revoked or end,
// and which accounts are disabled. Passwords are not in it: the hash of one is
// made anew without a line, so a line does not tell which of two is newer.
// Belongs to one thread.

#include <optional>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "clone/clock.h"
#include "clone/uuid.h"
#include "service/revocation.h"

namespace clone_auth::service {

class TakenAway {
 public:
  /// Line by line, in the order of the log.
  void Add(const Revocation& revocation);

  /// Nothing for a key that is not revoked.
  std::optional<WallTime> RevokedAt(const Uuid& key) const;
  /// Nothing for a key whose end was never set.
  std::optional<WallTime> EndOf(const Uuid& key) const;
  /// False too for an account that was enabled since.
  bool IsDisabled(const Uuid& account) const;

 private:
  absl::flat_hash_map<Uuid, WallTime, std::hash<Uuid>> revoked_;
  absl::flat_hash_map<Uuid, WallTime, std::hash<Uuid>> ends_;
  absl::flat_hash_set<Uuid, std::hash<Uuid>> disabled_;
};

}  // namespace clone_auth::service

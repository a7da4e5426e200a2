#pragma once

// How a verifier reaches its keys without a lock and without a reference count
// that threads share: those of a source are kept by each thread, and one load
// of the source's generation tells whether they are still the current ones.

#include <cstdint>
#include <optional>
#include <string>

#include "clone/clock.h"
#include "clone/jwk_source.h"
#include "jwt/jwk_set.h"

namespace clone_auth {

/// One thread's view of the keys of one verifier.
struct KeySlot {
  std::uint64_t owner = 0;  ///< unique in this process; 0: empty
  WallTime from{};          ///< `snapshot` serves at and after this time
  std::optional<JwkSnapshot> snapshot;
};

/// A key and where it was found; both live until this thread looks again.
struct FoundKey {
  const VerificationKey* key;
  const JwkSnapshot* snapshot;
};

class VerifierKeys {
 public:
  explicit VerifierKeys(JwkSet keys)
      : fixed_(JwkSnapshot{std::move(keys), 0, WallTime::max()}) {}
  explicit VerifierKeys(JwkSource* source);

  /// The one key that may check a token. Waits where the source does. Errors:
  /// token_key_unknown, token_algorithm (the named key serves another one),
  /// key_set_unavailable.
  Result<FoundKey> Find(const Algorithm& algorithm,
                        const std::optional<std::string>& key_id,
                        const Clock& clock) const;

  /// The keys that are good at `now`, until this thread looks again. Error:
  /// key_set_unavailable.
  Result<const JwkSnapshot*> Look(WallTime now) const;

  /// The key in `now` that is the same as `key` in `before`; null where there
  /// is none. A symmetric key is never the same.
  static const VerificationKey* SameKey(const VerificationKey* key,
                                        const JwkSet& before,
                                        const JwkSet& now);

  /// True if both read their keys in one place.
  bool SharesKeysWith(const VerifierKeys& other) const;

 private:
  std::optional<JwkSnapshot> fixed_;
  JwkSource* source_ = nullptr;
  std::uint64_t id_ = 0;
};

}  // namespace clone_auth

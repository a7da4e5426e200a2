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

class VerifierKeys {
 public:
  explicit VerifierKeys(JwkSet keys) : fixed_(std::move(keys)) {}
  explicit VerifierKeys(JwkSource* source);

  /// The one key that may check a token, valid until this thread looks for
  /// another. Waits where the source does. Errors: token_key_unknown,
  /// token_algorithm (the named key serves another one), key_set_unavailable.
  Result<const VerificationKey*> Find(const Algorithm& algorithm,
                                      const std::optional<std::string>& key_id,
                                      const Clock& clock) const;

 private:
  Result<const JwkSnapshot*> Look(WallTime now) const;

  std::optional<JwkSet> fixed_;
  JwkSource* source_ = nullptr;
  std::uint64_t id_ = 0;
};

}  // namespace clone_auth

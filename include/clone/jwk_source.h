#pragma once

// Where a verifier finds its keys when they change while it runs. A source
// tells by one number whether they did, so whoever has seen them asks for them
// anew only then. Sources are shared between threads and outlive the verifiers
// that borrow them.

#include <cstdint>
#include <memory>

#include "clone/clock.h"
#include "clone/jwk.h"
#include "clone/result.h"

namespace clone_auth {

/// The keys of a source at one moment.
struct JwkSnapshot {
  JwkSet keys;
  std::uint64_t generation = 0;
  /// From then on they must be asked for again, although the generation did
  /// not move.
  WallTime until = WallTime::max();
};

class JwkSource {
 public:
  virtual ~JwkSource() = default;

  /// Another number whenever the keys are others: one atomic load, since every
  /// verification asks.
  virtual std::uint64_t generation() const = 0;

  /// The keys that are good at `now`. May fetch them, and then waits. Error:
  /// key_set_unavailable, which is an outage and no verdict on a token.
  virtual Result<JwkSnapshot> Current(WallTime now) = 0;

  /// A token needs a key that the keys of `seen`, a generation, lack. True:
  /// there are others by now, perhaps because this call waited for them.
  /// False: there are none. Error: key_set_unavailable, where that could not
  /// be found out.
  virtual Result<bool> Renew(std::uint64_t seen, WallTime now);
};

/// Keys of our own, which may be replaced at any time and from any thread, as
/// an issuer does that rotates what it signs with. A thread that verifies no
/// more keeps the set that it saw last until it ends.
class LocalJwkSource final : public JwkSource {
 public:
  explicit LocalJwkSource(JwkSet keys);
  ~LocalJwkSource() override;

  /// Every verification that starts after this returned uses `keys` and no
  /// other.
  void Replace(JwkSet keys);

  std::uint64_t generation() const override;
  Result<JwkSnapshot> Current(WallTime now) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

#pragma once

// The keys of another issuer, fetched over HTTP in the threads that verify. A
// fetch is made by one of them, the others use the keys that there are, or
// wait for it where there are none that fit. No thread of its own: a host that
// calls RunDue() in time keeps even that one fetch out of its requests. May be
// shared between threads.

#include <chrono>
#include <cstdint>
#include <memory>

#include "clone/clock.h"
#include "clone/http.h"
#include "clone/jwk_fetcher.h"
#include "clone/jwk_source.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

struct RemoteJwkOptions {
  JwkFetchOptions fetch;
  /// How long one request to the issuer may take. 1 ms to 30 s.
  std::chrono::milliseconds request_timeout{5'000};
  /// How long a verification waits for a fetch that another thread makes. 0 to
  /// 30 s. Whoever sends tokens of unknown keys can make as many threads wait
  /// as serve them, for this long and once per cooldown.
  std::chrono::milliseconds wait{5'000};
};

class RemoteJwkSource final : public JwkSource {
 public:
  /// All parts are borrowed. Fetches nothing yet. Errors: invalid_argument,
  /// url_malformed, insecure_url.
  static Result<std::unique_ptr<RemoteJwkSource>> Create(
      RemoteJwkOptions options, HttpTransport* transport, const Clock* clock,
      RandomSource* random);

  ~RemoteJwkSource() override;

  /// Goes up with every set of keys that differs from the one before.
  std::uint64_t generation() const override;

  /// Fetches where there are no keys that serve, or where a fetch is overdue
  /// by 5 s.
  Result<JwkSnapshot> Current(WallTime now) override;

  /// Fetches, unless that was done for an unknown key within the cooldown.
  Result<bool> Renew(std::uint64_t seen, WallTime now) override;

  /// Fetches if it is time to, and returns the time at which to call again. A
  /// host that calls it from a timer or a thread spares its requests the wait.
  WallTime RunDue(WallTime now);

  /// Why the last fetch failed; ok where it did not. For whoever watches over
  /// the server: the keys that there are may serve for a long time yet.
  Status last_error() const;

 private:
  struct Impl;
  explicit RemoteJwkSource(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

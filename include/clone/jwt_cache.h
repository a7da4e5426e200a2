#pragma once

// Remembers which tokens were verified, so that a client's next request costs
// neither a signature nor JSON. Opt-in. What a remembered token may not skip:
// the comparison of the whole token, its times by the verifier's clock, and
// that its key is still among the verifier's. Whether its session still stands
// is for the caller to ask every time, as an Authenticator does.

#include <cstddef>
#include <memory>
#include <string_view>

#include "clone/jwt.h"
#include "clone/random.h"
#include "clone/result.h"

namespace clone_auth {

/// Bounds of a cache over all its threads. Each thread has a part of it for
/// itself, so that no lock is taken and nothing is shared.
struct JwtCacheOptions {
  /// 1 to 1,048,576; rounded up to what divides among the threads.
  std::size_t max_entries = 8192;
  /// Of the tokens; what is remembered of one is not larger than it.
  std::size_t max_bytes = 16 * 1024 * 1024;
  /// As many threads use the cache at a time, 1 to 1,024; others verify.
  std::size_t threads = 16;
  /// Seeds the hash, once.
  RandomSource* random = &SystemRandom();
};

/// A verifier with a cache. May be shared between threads.
class JwtCache {
 public:
  /// `verifier` is borrowed. Errors: invalid_argument, random_unavailable.
  static Result<JwtCache> Create(const JwtVerifier* verifier,
                                 const JwtCacheOptions& options = {});

  JwtCache(JwtCache&&) noexcept;
  JwtCache& operator=(JwtCache&&) noexcept;
  ~JwtCache();

  /// As the verifier's, with the same errors. The token lives until the same
  /// thread calls again.
  Result<const VerifiedJwt*> Verify(std::string_view token) const;

 private:
  struct Impl;
  explicit JwtCache(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

}  // namespace clone_auth

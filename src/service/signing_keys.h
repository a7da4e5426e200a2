#pragma once

// The keys that sign access tokens while the service runs: what is published,
// what signs, and the file that both are written to before anybody sees them.
// May be shared between threads; tokens are verified through source(), without
// a lock.

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "clone/clock.h"
#include "clone/jwk_source.h"
#include "clone/jwt.h"
#include "clone/random.h"
#include "clone/result.h"
#include "clone/service.h"
#include "service/key_file.h"
#include "service/signing_plan.h"

namespace clone_auth::service {

/// For how long whoever fetched the key set may go by it.
inline constexpr std::chrono::seconds kKeySetMaxAge{300};

/// The keys at one moment.
struct PublishedKeys {
  SigningPlan plan;
  std::vector<JwtSigner> signers;  ///< one for each key of `plan`
  std::string json;                ///< the published key set
};

class SigningKeys {
 public:
  /// Brings the keys of `file` up to date: those whose last token has died
  /// leave, and where the newest is not for the algorithm of `options`, one
  /// that is takes over as after a rotation. Borrows file, clock and
  /// random. Errors:
  /// key_set_ambiguous, store_unavailable, random_unavailable, internal.
  static Result<std::unique_ptr<SigningKeys>> Create(
      const ServiceOptions& options, KeyFileInUse* file, const Clock* clock,
      RandomSource* random);

  /// As ServiceOperations says.
  Result<SigningKeySummary> Rotate(std::chrono::seconds publish_ahead);
  std::vector<SigningKeySummary> List() const;

  /// Lets the keys go whose last token has died. Errors: as in Create().
  Status DropDead();

  std::shared_ptr<const PublishedKeys> Published() const;
  JwkSource* source() { return &*source_; }

 private:
  SigningKeys(const ServiceOptions& options, KeyFileInUse* file,
              const Clock* clock, RandomSource* random);

  Result<PlannedKey> MakeKey(WallTime created_at, WallTime signs_from) const;
  Status Open();
  /// Where it fails, nothing has changed.
  Status Publish(SigningPlan plan, bool save);

  JwtAlgorithm algorithm_;
  const std::chrono::seconds token_life_;
  const Clock* clock_;
  RandomSource* random_;

  std::mutex changing_;  // held while the keys change
  KeyFileInUse* file_;

  std::optional<LocalJwkSource> source_;
  mutable std::mutex mutex_;
  std::shared_ptr<const PublishedKeys> published_;
};

}  // namespace clone_auth::service

#pragma once

// The opaque id that a 401 carries. It is the precise reason itself, sealed
// with a key of the service: nothing is stored, a flood of refusals fills
// nothing, and only the operator can read it. Every id has the same length, and
// two of the same reason differ, so an id tells its receiver nothing.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "clone/clock.h"
#include "clone/random.h"
#include "clone/reason.h"
#include "clone/result.h"
#include "clone/secret.h"
#include "clone/uuid.h"

namespace clone_auth::service {

/// What the sender of a refused request is not told. The numbers stand in ids
/// and never change meaning.
enum class RefusalDetail : std::uint8_t {
  kNone = 0,
  kNoSuchAccount = 1,
  kWrongPassword = 2,
  kAccountDisabled = 3,
  kPasswordJustChanged = 4,
  kSessionNotOpen = 5,
  kGenerationPassed = 6,
  kSubjectUnknown = 7,
  kChecksumWrong = 8,
  kNeverIssued = 9,
  kOlderFormUnknown = 10,
  kRefreshForged = 11,
  kRefreshUnknown = 12,
};

/// A sentence for the operator; empty for kNone.
std::string_view Describe(RefusalDetail detail);

/// What the one id of a refusal names.
enum class RefusalSubject : std::uint8_t { kNobody, kAccount, kKey };

struct Refusal {
  WallTime when{};  ///< whole milliseconds
  Reason reason = Reason::kNone;
  RefusalDetail detail = RefusalDetail::kNone;
  RefusalSubject subject = RefusalSubject::kNobody;
  Uuid id;  ///< nil for kNobody
};

class RefusalIds {
 public:
  /// The key is derived from `master`, which has 32 bytes.
  explicit RefusalIds(const Secret& master);

  /// Error: random_unavailable.
  Result<std::string> Seal(const Refusal& refusal, RandomSource& random) const;
  /// Error: not_found, for what Seal() of the same key did not make.
  Result<Refusal> Open(std::string_view id) const;

 private:
  Secret key_;
};

}  // namespace clone_auth::service

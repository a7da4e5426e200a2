#pragma once

// The audit trail: what happened to keys and accounts, by whom and from where.
// Each row carries a keyed hash over itself and the hash of the row before it,
// so that whoever has the table and not the key file can neither alter a row
// nor take one out unnoticed. What was cut off at the end is noticed by whoever
// kept the hash of the last row.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clone/clock.h"
#include "clone/secret.h"
#include "clone/service_operations.h"
#include "clone/uuid.h"

namespace clone_auth::service {

enum class AuditAction : std::uint8_t {
  kKeyIssued,
  kKeyFirstUsed,
  kKeyRolled,  ///< of the old key; the detail names its successor
  kKeyRevoked,
  kKeyUsedAfterRevocation,
  kPepperRotated,
  kAccountDisabled,
  kAccountEnabled,
  kPasswordSet,
  kSigningKeyRotated,
  kRestored,
  kKeysImported,  ///< about none of them; the detail counts them
};

/// The word that the table has; stable.
std::string_view NameOf(AuditAction action);

/// Who did something, and from where.
struct Actor {
  std::string name;     ///< a user's id, or one of those below
  std::string address;  ///< empty for the operator

  static Actor Operator() { return {"operator", {}}; }
  /// Nobody: what was done before is done again.
  static Actor RevocationLog() { return {"revocation log", {}}; }
  /// What anyone with the key may have done.
  static Actor Holder(std::string address) {
    return {"anyone with the key", std::move(address)};
  }
};

/// Of the rows about one key that is used after its revocation, so that nobody
/// fills the disk with one.
inline constexpr std::chrono::hours kBetweenRefusedUses{1};

struct AuditEvent {
  AuditAction action = AuditAction::kKeyIssued;
  WallTime when{};
  Uuid key;      ///< nil where it is about none
  Uuid account;  ///< the key's owner or the account itself; nil: nobody's
  Actor actor;
  std::string detail;  ///< never a secret
};

using AuditHash = std::array<std::uint8_t, 32>;

/// A row's place and hash, as whoever checks the trail keeps it:
/// "<sequence>.<base64url>"; "0" stands for an empty trail.
struct AuditHead {
  std::int64_t sequence = 0;
  AuditHash hash{};

  std::string ToText() const;
  static std::optional<AuditHead> Parse(std::string_view text);
};

/// Makes the hashes. Immutable.
class AuditChain {
 public:
  /// `key` has 32 bytes.
  explicit AuditChain(Secret key) : key_(std::move(key)) {}

  /// HMAC-SHA-256 over the hash of the row before it and the row.
  AuditHash HashOf(const AuditHash& previous, std::string_view row) const;

 private:
  Secret key_;
};

/// Which rows are asked for; newest first.
struct AuditQuery {
  std::optional<Uuid> key;
  std::optional<Uuid> account;
  std::size_t offset = 0;
  std::size_t limit = 100;
};

struct AuditPageOf {
  std::size_t count = 0;  ///< on all pages
  std::vector<AuditRecord> rows;
};

}  // namespace clone_auth::service

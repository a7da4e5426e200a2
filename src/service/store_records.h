#pragma once

// What goes into the store and comes out of it.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "clone/api_key_store.h"
#include "clone/clock.h"
#include "clone/uuid.h"
#include "service/audit.h"
#include "service/revocation_log.h"

namespace clone_auth::service {

/// SHA-256 of a token or code that is itself never kept.
using TokenHash = std::array<std::uint8_t, 32>;

struct Account {
  Uuid id;
  std::string email;  ///< lower case
  std::int64_t generation = 1;
  bool enabled = true;
  WallTime created_at{};
  Uuid organization;
  std::string organization_name;
  std::string role;  ///< "owner", "admin", "member" or "viewer"
};

struct NewAccount {
  Account account;
  std::string password_hash;
  /// Of the invite that pays for it; it loses one use.
  std::optional<TokenHash> invite;
};

/// What a sign-in needs to know.
struct StoredPassword {
  Uuid user;
  std::string hash;
  std::int64_t generation = 1;
  bool enabled = true;
};

/// A sign-in on one device: the family of its refresh tokens.
struct Session {
  Uuid id;
  Uuid user;
  WallTime created_at{};
  WallTime expires_at{};
};

struct NewSession {
  Session session;
  /// The generation that the password was checked under.
  std::int64_t account_generation = 1;
  TokenHash refresh{};  ///< of the first refresh token
};

struct StoredApiKey {
  ApiKeyRecord record;
  /// Of an older version: the record's digest is an HMAC-SHA-256 of the key
  /// under the pepper with this id.
  std::optional<std::uint32_t> hashed_with;
  std::string label;
  std::string display_prefix;
  WallTime created_at{};
  std::optional<WallTime> last_used_at;
  /// Nothing until it was used for the first time.
  std::optional<WallTime> first_used_at;
  /// The key that this one takes over from; nil where there is none.
  Uuid rolled_from;
  /// For how long that key lives on once this one was used.
  std::chrono::seconds overlap{0};
};

/// One use of a key that the audit trail tells of.
struct KeyUse {
  Uuid key;
  WallTime when{};
  Actor actor;
};

/// One presentation of a refresh token.
struct Rotation {
  Uuid session;
  TokenHash presented{};
  TokenHash successor{};
  /// Of the attempt's Idempotency-Key.
  std::optional<TokenHash> attempt;
  WallTime now{};
  /// The predecessor is good for anybody if it was rotated at this time or
  /// later.
  WallTime grace_start{};
};

enum class SessionState : std::uint8_t {
  kOpen,     ///< was open, and the operation was done
  kReused,   ///< was open; an old token was presented, which ended it
  kEnded,    ///< had ended before
  kExpired,  ///< had outlived its time
  kUnknown,
};

struct Rotated {
  SessionState state = SessionState::kUnknown;
  // With kOpen:
  Session session;
  std::int64_t successor_generation = 0;
};

/// The account's generation after a change that ended its sessions.
struct AccountChange {
  std::int64_t generation = 1;
  std::vector<Uuid> ended_sessions;
};

/// How many rows of keys need one pepper.
struct PepperUse {
  std::uint32_t pepper_id = 0;
  std::size_t sealed = 0;  ///< with it
  /// Keys of an older version whose digest was made with it, if they are not
  /// revoked.
  std::size_t hashed = 0;
};

/// Some rows that were looked at, and sealed anew if need be.
struct ResealedRows {
  std::int64_t last = 0;  ///< the place of the last one
  std::size_t read = 0;   ///< 0: there are no more
};

/// What a backup says of itself.
struct BackupRecord {
  /// Every revocation before it is in the backup.
  LogPosition position;
  WallTime made_at{};
};

}  // namespace clone_auth::service

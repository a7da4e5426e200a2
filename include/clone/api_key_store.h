#pragma once

// Where the records of API keys are found by digest, and the store that keeps
// them in memory. A store never sees a key.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/api_key.h"
#include "clone/api_key_digest.h"
#include "clone/clock.h"
#include "clone/result.h"
#include "clone/uuid.h"

namespace clone_auth {

/// Whom a key acts as.
enum class ApiKeyScope : std::uint8_t { kUser, kOrganization };

/// What verification needs to know of one key.
struct ApiKeyRecord {
  Uuid id;
  Uuid owner;         ///< the user who issued it
  Uuid organization;  ///< nil where there is none
  ApiKeyScope scope = ApiKeyScope::kUser;
  ApiKeyDigest digest{};
  std::optional<WallTime> expires_at;
  std::optional<WallTime> revoked_at;
  /// Names of what the key may do beyond reading, such as "keys" or "push".
  /// Null stands for none.
  std::shared_ptr<const std::vector<std::string>> permissions;
};

/// What a look-up yields: a copy without an allocation. The permissions are
/// valid as long as the store is, and never null.
struct ApiKeyMatch {
  Uuid id;
  Uuid owner;
  Uuid organization;
  ApiKeyScope scope = ApiKeyScope::kUser;
  ApiKeyDigest digest{};
  std::optional<WallTime> expires_at;
  std::optional<WallTime> revoked_at;
  const std::vector<std::string>* permissions = nullptr;
};

class ApiKeyStore {
 public:
  virtual ~ApiKeyStore() = default;

  /// The record with this digest; empty where there is none. Error:
  /// store_unavailable, which is never read as "unknown". Called by many
  /// threads at once.
  virtual Result<std::optional<ApiKeyMatch>> Find(
      const ApiKeyDigest& digest) const = 0;
};

/// Finds keys that no store knows by their plain digest, such as those that
/// were stored by an older version. It is asked only for what a store has not
/// found.
class OlderApiKeys {
 public:
  virtual ~OlderApiKeys() = default;

  /// The record of this key, which has the form of one; empty where there is
  /// none. Error: store_unavailable. Called by many threads at once.
  virtual Result<std::optional<ApiKeyMatch>> Find(
      std::string_view key) const = 0;
};

/// Keeps every record in memory, for as long as it lives: in at most 96 bytes,
/// and 28 more for each organization with one set of permissions. Find() takes
/// no lock and counts no reference; what Insert(), Revoke() or SetExpiry()
/// changed is seen by every Find() that starts after they returned. May be
/// shared between threads.
class InMemoryApiKeyStore : public ApiKeyStore {
 public:
  InMemoryApiKeyStore();
  ~InMemoryApiKeyStore() override;

  /// Errors: already_exists, for a second record with one id or one digest;
  /// overloaded, after 2^31 records.
  Status Insert(const ApiKeyRecord& record);

  /// Marks the key revoked at `when`; a key that was revoked before keeps its
  /// first time. Error: not_found.
  Status Revoke(const Uuid& id, WallTime when);

  /// Sets or clears the end of the key's life. Error: not_found.
  Status SetExpiry(const Uuid& id, std::optional<WallTime> expires_at);

  Result<std::optional<ApiKeyMatch>> Find(
      const ApiKeyDigest& digest) const override;

  std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

#pragma once

// Turns the digest of a key into what a table may hold, under a pepper that
// the table does not hold. Whoever steals the table verifies nothing with it;
// whoever edits it, or copies from one row to another, makes rows that verify
// nothing. Sealing can be undone with the pepper, so a table moves to another
// pepper without the keys. Immutable; may be shared between threads.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "clone/api_key_digest.h"
#include "clone/api_key_store.h"
#include "clone/result.h"
#include "clone/secret.h"

namespace clone_auth {

/// A server-side secret of at least 32 bytes.
struct Pepper {
  std::uint32_t id = 0;  ///< stored beside each row that was sealed with it
  Secret secret;
};

/// What a table holds in place of a digest.
struct SealedApiKey {
  std::uint32_t pepper_id = 0;
  /// What the row is found by: the same for one digest and one pepper.
  std::array<std::uint8_t, 32> index{};
  std::array<std::uint8_t, 32> masked{};  ///< the digest, masked
  std::array<std::uint8_t, 32> mac{};     ///< over the whole row
};

class ApiKeySealer {
 public:
  /// The first pepper seals; rows that any of them sealed are opened. Errors:
  /// invalid_argument (none, or two with one id), key_weak (shorter than 32
  /// bytes).
  static Result<ApiKeySealer> Create(std::vector<Pepper> peppers);

  ApiKeySealer(ApiKeySealer&&) noexcept;
  ApiKeySealer& operator=(ApiKeySealer&&) noexcept;
  ~ApiKeySealer();

  std::size_t pepper_count() const;
  std::uint32_t pepper_id(std::size_t index) const;
  bool Has(std::uint32_t pepper_id) const;

  /// The index of a digest's row under pepper `number`, which is less than
  /// pepper_count(); 0 is the one that seals.
  std::array<std::uint8_t, 32> IndexOf(const ApiKeyDigest& digest,
                                       std::size_t number = 0) const;

  /// Seals the digest of `record`, and binds to it everything else of the
  /// record: id, owner, organization, scope, permissions, expiry, revocation.
  /// Times count in microseconds. `also` is what else the row says that may
  /// not be edited.
  SealedApiKey Seal(const ApiKeyRecord& record,
                    std::string_view also = {}) const;

  /// True if `row` was sealed with exactly this record but for its digest,
  /// which is set. Otherwise the row is nobody's, and `record` is as it was.
  bool Open(const SealedApiKey& row, ApiKeyRecord& record,
            std::string_view also = {}) const;

  /// The same where the digest is that of `record` already, which the row was
  /// found by. Takes half the time.
  bool Holds(const SealedApiKey& row, const ApiKeyRecord& record,
             std::string_view also = {}) const;

  /// HMAC-SHA-256 of a whole key, which is what tables held in place of a
  /// digest before there was this class. Empty where there is no such pepper.
  std::optional<ApiKeyDigest> OlderDigest(std::string_view key,
                                          std::uint32_t pepper_id) const;

 private:
  struct Impl;
  explicit ApiKeySealer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace clone_auth

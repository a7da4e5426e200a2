#pragma once

// What the store keeps of things that came from another system: which they
// were there, so that a second import adds only what is new, and the hashes of
// keys that nobody has used here yet.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clone/api_key_store.h"
#include "clone/foreign_api_key.h"
#include "service/store_records.h"

namespace clone_auth::service {

/// The id that something had there, as it is kept: a UUID without its dashes.
std::string SourceIdOf(std::string_view id);

struct ImportedAccount {
  NewAccount account;
  std::string source;  ///< its id there
};

/// How a key is found and checked until its first use.
struct ForeignKey {
  Uuid key;
  ForeignKeyForm form = ForeignKeyForm::kSha256;
  std::string handle;
  std::string hash;
};

/// True where checking a key takes some tenths of a second.
bool IsCostly(const ForeignKey& row);

/// Whether `key` is the key of the row.
bool Matches(const ForeignKey& row, std::string_view key);

/// The digest of the record of such a key until its own is known. It is that of
/// no key, and binds the row to the record: whoever edits one must edit the
/// other, which is under a MAC.
ApiKeyDigest PlaceFor(const ForeignKey& row);

struct ImportedKey {
  StoredApiKey key;
  std::string source;  ///< what it was there
  ForeignKeyForm form = ForeignKeyForm::kSha256;
  /// Where the hash is not the digest itself.
  std::optional<ForeignKey> row;
};

/// How many keys of one form were imported, and how they do.
struct ImportedKeyCount {
  ForeignKeyForm form = ForeignKeyForm::kSha256;
  std::size_t imported = 0;
  std::size_t left = 0;  ///< not used here yet
  std::optional<WallTime> last_used_at;
};

/// A refresh token of the former issuer that is good no more.
struct BlockedToken {
  TokenHash token{};  ///< of its jti
  WallTime expires_at{};
};

/// One presentation of a refresh token of the former issuer.
struct LegacySpend {
  TokenHash token{};   ///< of its jti
  NewSession session;  ///< the one that it is good for
  TokenHash presented{};
  std::optional<TokenHash> attempt;
  WallTime now{};
  WallTime grace_start{};
};

}  // namespace clone_auth::service

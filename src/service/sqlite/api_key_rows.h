#pragma once

// The rows of the table api_keys, sealed as the table holds them. For one
// connection, whose lock the caller holds.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clone/api_key_sealer.h"
#include "clone/result.h"
#include "service/sqlite/database.h"
#include "service/store.h"

namespace clone_auth::service {

struct ApiKeyRow {
  std::int64_t sequence = 0;
  SealedApiKey sealed;
  bool is_sealed = true;  ///< false in rows of an older version
  StoredApiKey key;       ///< its digest only after OpenRow()
};

/// Error: store_unavailable, where the file is no longer at its path.
Status CheckFile(Database& database);

/// What else of a row its seal binds: how the digest was made, and what a roll
/// will do to the key before, which an edit would let live on.
std::string AlsoOf(const StoredApiKey& key);

/// Undoes the seal. False where the row is not what was sealed.
bool OpenRow(const ApiKeySealer& sealer, ApiKeyRow& row);

/// Visits every row, in the order in which the keys were made.
Status ForEachRow(Database& database,
                  const std::function<void(ApiKeyRow&)>& visit);

Result<std::optional<ApiKeyRow>> FindRow(Database& database, const Uuid& id);

/// Of many rows the file is looked for once, before them, with CheckFile().
Status InsertRow(Database& database, const ApiKeySealer& sealer,
                 const StoredApiKey& key);

/// Writes what of a key can change: its digest, first use, expiry and
/// revocation.
Status ReplaceRow(Database& database, const ApiKeySealer& sealer,
                  const ApiKeyRow& row);

/// Ends the key's life at `end`, unless it ends sooner. Error: not_found, also
/// for a row that is not what was sealed, and verifies nothing anyway.
Status EndRow(Database& database, const ApiKeySealer& sealer, const Uuid& id,
              WallTime end);

/// Error: not_found, also where the key was revoked before.
Status RevokeRow(Database& database, const ApiKeySealer& sealer, const Uuid& id,
                 WallTime when);

/// Revokes every key that is not.
Status RevokeRows(Database& database, const ApiKeySealer& sealer,
                  WallTime when);

Result<std::size_t> CountRows(Database& database);
Result<std::vector<PepperUse>> CountPepperUses(Database& database);

/// As Store::ResealApiKeys.
Result<ResealedRows> ResealRows(Database& database, const ApiKeySealer& sealer,
                                std::int64_t after, std::size_t limit);

/// Empties the write-ahead log, which shows what rows were before. Error:
/// store_unavailable, also while another connection reads what was.
Status TruncateLog(Database& database);

/// Seals what an older version left, some at a time, and leaves no trace of
/// the digests that it held.
Status SealOlderRows(Database& database, const ApiKeySealer& sealer);

}  // namespace clone_auth::service

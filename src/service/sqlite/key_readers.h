#pragma once

// Connections that only read, each for one thread at a time. A thread takes the
// one that it had last, so that threads do not wait for each other.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clone/api_key_sealer.h"
#include "clone/api_key_store.h"
#include "clone/result.h"
#include "service/sqlite/database.h"

namespace clone_auth::service {

class KeyReaders {
 public:
  KeyReaders(std::string path, std::shared_ptr<const ApiKeySealer> sealer)
      : path_(std::move(path)), sealer_(std::move(sealer)) {}

  /// The key with this digest, if its row is what was sealed. Error:
  /// store_unavailable.
  Result<std::optional<ApiKeyMatch>> Find(const ApiKeyDigest& digest) const;

 private:
  using Names = std::shared_ptr<const std::vector<std::string>>;

  struct alignas(64) Reader {
    std::mutex mutex;
    std::unique_ptr<Database> database;
    std::uint32_t queries = 0;
    /// By the text of the column; kept, since matches point to them.
    absl::flat_hash_map<std::string, Names> permissions;
  };
  static constexpr std::size_t kReaders = 16;

  std::unique_lock<std::mutex> Take(Reader*& reader) const;
  Status Open(Reader& reader) const;
  Result<std::optional<ApiKeyMatch>> FindIndex(
      Reader& reader, const std::array<std::uint8_t, 32>& index,
      const ApiKeyDigest& digest) const;

  std::string path_;
  std::shared_ptr<const ApiKeySealer> sealer_;
  mutable std::array<Reader, kReaders> readers_;
};

}  // namespace clone_auth::service

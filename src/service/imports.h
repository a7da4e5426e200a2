#pragma once

// What came from another system, in memory: who its users are here, and the
// keys that nobody has used here yet. May be shared between threads.

#include <atomic>
#include <cstddef>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clone/api_key_store.h"
#include "clone/uuid.h"
#include "service/import_records.h"

namespace clone_auth::service {

class Imports {
 public:
  void AddUser(const std::string& source, const Uuid& user);
  /// Empty where nobody came under this id.
  std::optional<Uuid> UserOf(std::string_view source) const;

  std::size_t users() const;

  void AddKey(const ForeignKey& row);
  void RemoveKey(const Uuid& key);
  std::vector<Uuid> keys() const;
  /// The row of a key that was not used here yet.
  std::optional<ForeignKey> RowOf(const Uuid& key) const;
  /// The rows that `key` may be the key of: those with its handle.
  std::vector<ForeignKey> RowsFor(std::string_view key) const;
  /// Which of them it is; empty for one that was hashed like a password, as
  /// checking that takes long.
  std::optional<Uuid> IdOf(std::string_view key) const;
  /// How many keys were not used here yet.
  std::size_t left() const { return left_.load(std::memory_order_relaxed); }

  /// True once a key was imported, used or not.
  bool has_keys() const { return has_keys_.load(std::memory_order_relaxed); }
  void NoteKeys() { has_keys_ = true; }

 private:
  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, Uuid> users_;
  absl::flat_hash_map<Uuid, ForeignKey, std::hash<Uuid>> rows_;
  absl::flat_hash_map<std::string, std::vector<Uuid>> by_handle_;
  std::atomic<std::size_t> left_{0};
  std::atomic<bool> has_keys_{false};
};

}  // namespace clone_auth::service

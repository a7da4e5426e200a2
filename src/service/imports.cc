#include "service/imports.h"

#include <algorithm>
#include <array>
#include <mutex>

#include "service/refresh_tokens.h"

namespace clone_auth::service {

std::string SourceIdOf(std::string_view id) {
  std::string plain(id);
  if (Uuid::Parse(id).ok()) {
    plain.erase(std::remove(plain.begin(), plain.end(), '-'), plain.end());
  }
  return plain;
}

ApiKeyDigest PlaceFor(const ForeignKey& row) {
  // No key has a NUL in it, and a part cannot run into the next.
  std::string all = "foreign key";
  for (const std::string& part :
       {row.key.ToString(), std::string(ToString(row.form)), row.handle,
        row.hash}) {
    all.push_back('\0');
    all += part;
  }
  return HashOf(all);
}

bool IsCostly(const ForeignKey& row) {
  return row.form == ForeignKeyForm::kDjangoPbkdf2;
}

bool Matches(const ForeignKey& row, std::string_view key) {
  const auto hash = ForeignKeyHash::Parse(row.form, row.hash);
  return hash.ok() && hash->Matches(key);
}

void Imports::AddUser(const std::string& source, const Uuid& user) {
  const std::lock_guard lock(mutex_);
  users_.emplace(source, user);
}

std::optional<Uuid> Imports::UserOf(std::string_view source) const {
  const std::shared_lock lock(mutex_);
  const auto found = users_.find(std::string(source));
  if (found == users_.end()) return std::nullopt;
  return found->second;
}

std::size_t Imports::users() const {
  const std::shared_lock lock(mutex_);
  return users_.size();
}

void Imports::AddKey(const ForeignKey& row) {
  const std::lock_guard lock(mutex_);
  rows_.emplace(row.key, row);
  by_handle_[row.handle].push_back(row.key);
  left_ = rows_.size();
}

void Imports::RemoveKey(const Uuid& key) {
  const std::lock_guard lock(mutex_);
  const auto row = rows_.find(key);
  if (row == rows_.end()) return;
  const auto same = by_handle_.find(row->second.handle);
  std::vector<Uuid>& keys = same->second;
  keys.erase(std::remove(keys.begin(), keys.end(), key), keys.end());
  if (keys.empty()) by_handle_.erase(same);
  rows_.erase(row);
  left_ = rows_.size();
}

std::vector<Uuid> Imports::keys() const {
  const std::shared_lock lock(mutex_);
  std::vector<Uuid> ids;
  ids.reserve(rows_.size());
  for (const auto& [id, row] : rows_) ids.push_back(id);
  return ids;
}

std::optional<ForeignKey> Imports::RowOf(const Uuid& key) const {
  if (left() == 0) return std::nullopt;
  const std::shared_lock lock(mutex_);
  const auto found = rows_.find(key);
  if (found == rows_.end()) return std::nullopt;
  return found->second;
}

std::vector<ForeignKey> Imports::RowsFor(std::string_view key) const {
  std::vector<ForeignKey> rows;
  if (left() == 0) return rows;
  const std::shared_lock lock(mutex_);
  for (const ForeignKeyForm form :
       {ForeignKeyForm::kDjangoSha512, ForeignKeyForm::kDjangoPbkdf2,
        ForeignKeyForm::kSeam}) {
    const std::string_view handle = ForeignKeyHandle(form, key);
    const auto found = by_handle_.find(std::string(handle));
    if (handle.empty() || found == by_handle_.end()) continue;
    for (const Uuid& id : found->second) {
      const ForeignKey& row = rows_.find(id)->second;
      if (row.form == form) rows.push_back(row);
    }
  }
  return rows;
}

std::optional<Uuid> Imports::IdOf(std::string_view key) const {
  for (const ForeignKey& row : RowsFor(key)) {
    if (!IsCostly(row) && Matches(row, key)) return row.key;
  }
  return std::nullopt;
}

}  // namespace clone_auth::service

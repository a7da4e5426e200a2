#include "service/older_keys.h"

#include <algorithm>

#include "service/try.h"

namespace clone_auth::service {

Status OlderKeys::Insert(const ApiKeyRecord& record,
                         std::uint32_t hashed_with) {
  CLONE_AUTH_TRY(store_.Insert(record));
  left_.fetch_add(1);
  if (std::find(peppers_.begin(), peppers_.end(), hashed_with) ==
      peppers_.end()) {
    peppers_.push_back(hashed_with);
  }
  return Status();
}

void OlderKeys::Revoke(const Uuid& id, WallTime when) {
  (void)store_.Revoke(id, when);
}

void OlderKeys::EndAt(const Uuid& id, WallTime end) {
  (void)store_.SetExpiry(id, end);
}

Result<std::optional<ApiKeyMatch>> OlderKeys::Find(std::string_view key) const {
  if (size() == 0) return std::optional<ApiKeyMatch>();
  for (const std::uint32_t pepper : peppers_) {
    const auto digest = sealer_->OlderDigest(key, pepper);
    if (!digest.has_value()) continue;
    auto found = store_.Find(*digest);
    if (!found.ok() || !found->has_value()) continue;
    const std::lock_guard lock(mutex_);
    if (noted_.insert((*found)->id).second) {
      shown_.emplace_back((*found)->id, DigestApiKey(key));
    }
    return found;
  }
  return std::optional<ApiKeyMatch>();
}

std::vector<std::pair<Uuid, ApiKeyDigest>> OlderKeys::TakeShown() {
  const std::lock_guard lock(mutex_);
  return std::exchange(shown_, {});
}

void OlderKeys::PutBack(
    const std::vector<std::pair<Uuid, ApiKeyDigest>>& shown) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, digest] : shown) noted_.erase(id);
}

void OlderKeys::Forget(std::size_t count) { left_.fetch_sub(count); }

}  // namespace clone_auth::service

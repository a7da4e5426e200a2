#include "credential/log_index.h"

#include <utility>

namespace clone_auth {

std::optional<LogPlace> LogIndex::Find(const std::string& key) const {
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) return std::nullopt;
  return places_[slot->second];
}

void LogIndex::Put(const std::string& key, const LogPlace& place) {
  const auto [slot, is_new] = slots_.try_emplace(key, 0);
  if (is_new && free_.empty()) {
    slot->second = static_cast<std::uint32_t>(places_.size());
    places_.emplace_back();
  } else if (is_new) {
    slot->second = free_.back();
    free_.pop_back();
  }
  LogPlace& current = places_[slot->second];
  live_bytes_ += place.size - std::uint64_t{current.size};
  current = place;
}

void LogIndex::Remove(const std::string& key) {
  const auto slot = slots_.find(key);
  if (slot == slots_.end()) return;
  live_bytes_ -= places_[slot->second].size;
  places_[slot->second] = {};
  free_.push_back(slot->second);
  slots_.erase(slot);
}

std::vector<std::string> LogIndex::keys() const {
  std::vector<std::string> keys;
  keys.reserve(slots_.size());
  for (const auto& [key, slot] : slots_) keys.push_back(key);
  return keys;
}

}  // namespace clone_auth

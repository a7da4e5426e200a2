#include "service/key_rolls.h"

namespace clone_auth::service {

void KeyRolls::Begin(const Uuid& successor, const KeyRoll& roll) {
  const std::lock_guard lock(mutex_);
  rolls_[successor] = roll;
  successors_[roll.predecessor] = successor;
}

void KeyRolls::Cancel(const Uuid& successor) {
  const std::lock_guard lock(mutex_);
  const auto roll = rolls_.find(successor);
  if (roll == rolls_.end()) return;
  successors_.erase(roll->second.predecessor);
  rolls_.erase(roll);
}

std::optional<KeyRoll> KeyRolls::RollTo(const Uuid& successor) const {
  const std::shared_lock lock(mutex_);
  const auto roll = rolls_.find(successor);
  if (roll == rolls_.end()) return std::nullopt;
  return roll->second;
}

Uuid KeyRolls::SuccessorOf(const Uuid& key) const {
  const std::shared_lock lock(mutex_);
  const auto successor = successors_.find(key);
  return successor == successors_.end() ? Uuid{} : successor->second;
}

}  // namespace clone_auth::service

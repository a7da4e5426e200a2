// What happens to a key between its issue and its end: rolls, first uses, uses
// after its revocation.

#include <utility>

#include "service/directory.h"
#include "service/micros.h"
#include "service/try.h"

namespace clone_auth::service {
namespace {

bool HasEnded(const ApiKeyRecord& record, WallTime now) {
  return record.revoked_at.has_value() ||
         (record.expires_at.has_value() && *record.expires_at <= now);
}

}  // namespace

Status Directory::RollApiKey(const StoredApiKey& successor,
                             const Actor& actor) {
  // A first use that only memory knew of would be lost with this process, and
  // the roll that it ended with it.
  CLONE_AUTH_TRY(SaveKeyEvents());
  const std::lock_guard lock(changing_);
  CLONE_AUTH_TRY_ASSIGN(const StoredApiKey old,
                        FindApiKey(successor.rolled_from));
  if (HasEnded(old.record, successor.created_at)) {
    return Status(Reason::kKeyEnded);
  }
  const bool takes_over_itself =
      rolls_.RollTo(old.record.id).has_value() && IsFresh(old.record.id);
  if (takes_over_itself || !rolls_.SuccessorOf(old.record.id).IsNil()) {
    return Status(Reason::kRollPending);
  }
  CLONE_AUTH_TRY(store_->InsertApiKey(successor, actor));
  return Add(successor);
}

Uuid Directory::SuccessorOf(const Uuid& key) const {
  return rolls_.SuccessorOf(key);
}

bool Directory::IsFresh(const Uuid& id) const {
  bool fresh = false;
  keys_.Read(id, [&](const std::unique_ptr<Key>& key) {
    fresh = key->fresh.load(std::memory_order_acquire);
  });
  return fresh;
}

bool Directory::BeginUse(const Uuid& id, WallTime when) {
  // Whoever finds the key used finds its predecessor's end in place as well.
  if (const auto roll = rolls_.RollTo(id)) {
    EndAt(roll->predecessor, when + roll->overlap);
  }
  bool first = false;
  keys_.Read(id, [&](const std::unique_ptr<Key>& key) {
    first = key->fresh.exchange(false, std::memory_order_acq_rel);
  });
  return first;
}

void Directory::EndAt(const Uuid& id, WallTime end) {
  keys_.Write(id, [&](std::unique_ptr<Key>& key) {
    std::optional<WallTime>& expires_at = key->stored.record.expires_at;
    if (expires_at.has_value() && *expires_at <= end) return;
    expires_at = end;
    // It is in one of them, or about to go from the one to the other.
    older_keys_.EndAt(id, end);
    (void)key_store_.SetExpiry(id, end);
  });
}

void Directory::NoteUse(const Uuid& id, WallTime when,
                        const std::function<Actor()>& actor) {
  const Key* key = MarkUsed(id, when);
  if (key == nullptr || !key->fresh.load(std::memory_order_acquire) ||
      !BeginUse(id, when)) {
    return;
  }
  {
    const std::lock_guard lock(events_mutex_);
    first_uses_.push_back({id, when, actor()});
  }
  told_();
}

void Directory::NoteRefusedUse(const Uuid& key, WallTime when,
                               const std::function<Actor()>& actor) {
  {
    const std::lock_guard lock(events_mutex_);
    const auto [noted, is_new] = refused_.try_emplace(key, when);
    if (!is_new) {
      if (when < noted->second + kBetweenRefusedUses) return;
      noted->second = when;
    }
    refused_uses_.push_back({key, when, actor()});
  }
  told_();
}

Status Directory::SaveFirstUses(const std::vector<KeyUse>& uses) {
  if (uses.empty()) return Status();
  for (const KeyUse& use : uses) {
    const auto roll = rolls_.RollTo(use.key);
    if (!roll.has_value()) continue;
    CLONE_AUTH_TRY(log_->Append({Revocation::Kind::kKeyEnds,
                                 roll->predecessor,
                                 use.when + roll->overlap,
                                 {}}));
  }
  return store_->SaveFirstUses(uses);
}

Status Directory::SaveKeyEvents() {
  const std::lock_guard lock(changing_);
  std::vector<KeyUse> first;
  std::vector<KeyUse> refused;
  {
    const std::lock_guard events(events_mutex_);
    first.swap(first_uses_);
    refused.swap(refused_uses_);
  }
  const Status saved = SaveFirstUses(first);
  const Status told =
      refused.empty() ? Status() : store_->SaveRefusedUses(refused);
  // What could not be saved is due again the next time.
  const std::lock_guard events(events_mutex_);
  if (!saved.ok()) {
    first_uses_.insert(first_uses_.end(), first.begin(), first.end());
  }
  if (!told.ok()) {
    refused_uses_.insert(refused_uses_.end(), refused.begin(), refused.end());
  }
  return saved.ok() ? told : saved;
}

}  // namespace clone_auth::service

#include "jwt/verifier_keys.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <utility>

#include "base/macros.h"

namespace clone_auth {
namespace {

// A token is looked for in at most this many generations of keys, whatever a
// source says.
constexpr int kMaxLooks = 4;

constexpr std::size_t kSlots = 16;

std::uint64_t NextId() {
  static std::atomic<std::uint64_t> last{0};
  return ++last;
}

// This thread's place for the verifier `id`, which another one may occupy.
KeySlot& SlotOf(std::uint64_t id) {
  static thread_local std::array<KeySlot, kSlots> slots;
  return slots[id % kSlots];
}

}  // namespace

VerifierKeys::VerifierKeys(JwkSource* source)
    : source_(source), id_(NextId()) {}

Result<FoundKey> VerifierKeys::Find(const Algorithm& algorithm,
                                    const std::optional<std::string>& key_id,
                                    const Clock& clock) const {
  for (int looks = 1;; ++looks) {
    CLONE_AUTH_ASSIGN_OR_RETURN(const JwkSnapshot* snapshot, Look(clock.Now()));
    const auto found = snapshot->keys.impl_->Find(algorithm, key_id);
    if (found.ok()) return FoundKey{*found, snapshot};
    if (source_ == nullptr || looks == kMaxLooks ||
        found.status().reason() != Reason::kTokenKeyUnknown) {
      return found.status();
    }
    CLONE_AUTH_ASSIGN_OR_RETURN(
        const bool is_newer, source_->Renew(snapshot->generation, clock.Now()));
    if (!is_newer) return found.status();
  }
}

const VerificationKey* VerifierKeys::SameKey(const VerificationKey* key,
                                             const JwkSet& before,
                                             const JwkSet& now) {
  const JwkSet::Impl& old_keys = *before.impl_;
  const JwkSet::Impl& new_keys = *now.impl_;
  for (const JwkEntry& old_entry : old_keys.entries) {
    if (old_entry.key.get() != key) continue;
    for (const JwkEntry& entry : new_keys.entries) {
      const std::string& published = new_keys.published[entry.number];
      if (entry.algorithm == old_entry.algorithm &&
          entry.key_id == old_entry.key_id && !published.empty() &&
          published == old_keys.published[old_entry.number]) {
        return entry.key.get();
      }
    }
  }
  return nullptr;
}

bool VerifierKeys::SharesKeysWith(const VerifierKeys& other) const {
  if (source_ != nullptr || other.source_ != nullptr) {
    return source_ == other.source_;
  }
  return fixed_->keys.impl_ == other.fixed_->keys.impl_;
}

// The reference count of the keys is touched here where they changed, and
// never on the way of a token.
Result<const JwkSnapshot*> VerifierKeys::Look(WallTime now) const {
  if (source_ == nullptr) return &*fixed_;
  KeySlot& slot = SlotOf(id_);
  const bool is_current = slot.owner == id_ &&
                          slot.snapshot->generation == source_->generation() &&
                          now >= slot.from && now < slot.snapshot->until;
  if (!is_current) {
    auto snapshot = source_->Current(now);
    if (!snapshot.ok()) return snapshot.status();
    slot.owner = id_;
    slot.from = now;
    slot.snapshot = std::move(*snapshot);
  }
  return &*slot.snapshot;
}

}  // namespace clone_auth

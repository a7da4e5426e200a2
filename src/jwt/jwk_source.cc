#include "clone/jwk_source.h"

#include <atomic>
#include <mutex>
#include <utility>

namespace clone_auth {

Result<bool> JwkSource::Renew(std::uint64_t seen, WallTime) {
  return seen != generation();
}

struct LocalJwkSource::Impl {
  explicit Impl(JwkSet set) : keys(std::move(set)) {}

  std::atomic<std::uint64_t> generation{1};
  std::mutex mutex;
  JwkSet keys;
};

LocalJwkSource::LocalJwkSource(JwkSet keys)
    : impl_(std::make_unique<Impl>(std::move(keys))) {}

LocalJwkSource::~LocalJwkSource() = default;

void LocalJwkSource::Replace(JwkSet keys) {
  const std::lock_guard lock(impl_->mutex);
  impl_->keys = std::move(keys);
  impl_->generation.fetch_add(1, std::memory_order_release);
}

std::uint64_t LocalJwkSource::generation() const {
  return impl_->generation.load(std::memory_order_acquire);
}

Result<JwkSnapshot> LocalJwkSource::Current(WallTime) {
  const std::lock_guard lock(impl_->mutex);
  JwkSnapshot snapshot{impl_->keys, generation()};
  return snapshot;
}

}  // namespace clone_auth

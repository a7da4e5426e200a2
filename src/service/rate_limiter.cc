#include "service/rate_limiter.h"

#include <sodium.h>

#include <cstring>

#include "service/try.h"

namespace clone_auth::service {

Result<std::unique_ptr<RateLimiter>> RateLimiter::Create(
    int max_attempts, std::chrono::seconds window, const Clock* clock,
    RandomSource& random, std::size_t max_names) {
  std::unique_ptr<RateLimiter> limiter(
      new RateLimiter(max_attempts, window, clock, max_names));
  static_assert(crypto_shorthash_KEYBYTES == 16);
  CLONE_AUTH_TRY(
      random.Fill(limiter->hash_key_.data(), limiter->hash_key_.size()));
  return limiter;
}

std::uint64_t RateLimiter::HashOf(std::string_view name) const {
  std::array<unsigned char, crypto_shorthash_BYTES> bytes;
  crypto_shorthash(bytes.data(),
                   reinterpret_cast<const unsigned char*>(name.data()),
                   name.size(), hash_key_.data());
  std::uint64_t hash;
  std::memcpy(&hash, bytes.data(), sizeof hash);
  return hash;
}

// All windows are equally long, so the first to begin is the first to end.
void RateLimiter::Forget(std::chrono::nanoseconds now) {
  while (!order_.empty()) {
    const auto oldest = windows_.find(order_.front());
    if (oldest->second.start + window_ > now && windows_.size() <= max_names_) {
      return;
    }
    windows_.erase(oldest);
    order_.pop_front();
  }
}

std::optional<std::chrono::seconds> RateLimiter::WaitFor(
    std::uint64_t name, std::chrono::nanoseconds now) const {
  const auto found = windows_.find(name);
  if (found == windows_.end() || found->second.attempts < max_attempts_) {
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::seconds>(found->second.start + window_ -
                                                 now);
}

std::optional<std::chrono::seconds> RateLimiter::Take(std::string_view name) {
  if (max_attempts_ <= 0) return std::nullopt;
  const std::chrono::nanoseconds now = clock_->SinceBoot();
  const std::uint64_t hash = HashOf(name);
  const std::lock_guard lock(mutex_);
  Forget(now);
  if (const auto wait = WaitFor(hash, now)) return wait;
  const auto [entry, is_new] = windows_.try_emplace(hash);
  ++entry->second.attempts;
  if (is_new) {
    entry->second.start = now;
    order_.push_back(hash);
    Forget(now);
  }
  return std::nullopt;
}

std::optional<std::chrono::seconds> RateLimiter::Blocked(
    std::string_view name) {
  if (max_attempts_ <= 0) return std::nullopt;
  const std::chrono::nanoseconds now = clock_->SinceBoot();
  const std::uint64_t hash = HashOf(name);
  const std::lock_guard lock(mutex_);
  Forget(now);
  return WaitFor(hash, now);
}

}  // namespace clone_auth::service

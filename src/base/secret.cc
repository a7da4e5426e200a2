#include "clone/secret.h"

#include <cstring>
#include <utility>

#include <sodium/utils.h>

#include "base/secret_pages.h"

namespace clone_auth {

Secret Secret::CopyOf(std::string_view bytes, SecretReach reach) {
  Secret secret = OfSize(bytes.size(), reach);
  if (!bytes.empty()) std::memcpy(secret.bytes_, bytes.data(), bytes.size());
  return secret;
}

Secret Secret::OfSize(std::size_t size, SecretReach reach) {
  Secret secret;
  if (size > 0) secret.bytes_ = AllocateSecret(size, reach);
  secret.size_ = size;
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::exchange(other.bytes_, nullptr);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { Wipe(); }

SecretReach Secret::reach() const {
  return bytes_ == nullptr ? SecretReach::kChildren : ReachOfSecret(bytes_);
}

void Secret::Wipe() noexcept {
  if (bytes_ != nullptr) FreeSecret(bytes_, size_);
}

bool ConstantTimeEquals(const Secret& a, const Secret& b) {
  if (a.size_ != b.size_) return false;
  return sodium_memcmp(a.bytes_, b.bytes_, a.size_) == 0;
}

void WipeBytes(void* bytes, std::size_t size) noexcept {
  if (size > 0) sodium_memzero(bytes, size);
}

}  // namespace clone_auth

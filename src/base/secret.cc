#include "clone/secret.h"

#include <cstring>
#include <utility>

#include <sodium/utils.h>

namespace clone_auth {

Secret Secret::CopyOf(std::string_view bytes) {
  Secret secret = OfSize(bytes.size());
  if (!bytes.empty()) {
    std::memcpy(secret.bytes_.get(), bytes.data(), bytes.size());
  }
  return secret;
}

Secret Secret::OfSize(std::size_t size) {
  Secret secret;
  if (size > 0) secret.bytes_ = std::make_unique<char[]>(size);
  secret.size_ = size;
  return secret;
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
  }
  return *this;
}

Secret::~Secret() { Wipe(); }

void Secret::Wipe() noexcept {
  if (bytes_ != nullptr) WipeBytes(bytes_.get(), size_);
}

bool ConstantTimeEquals(const Secret& a, const Secret& b) {
  if (a.size_ != b.size_) return false;
  return sodium_memcmp(a.bytes_.get(), b.bytes_.get(), a.size_) == 0;
}

void WipeBytes(void* bytes, std::size_t size) noexcept {
  if (size > 0) sodium_memzero(bytes, size);
}

}  // namespace clone_auth

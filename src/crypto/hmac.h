#pragma once

// HMAC (RFC 2104) under one key. What depends on the key alone is computed
// once, so a digest of a short text takes about 100 ns with SHA-256.
// Immutable; may be shared between threads.

#include <array>
#include <cstring>
#include <string_view>

#include "clone/secret.h"
#include "crypto/hash.h"

namespace clone_auth {

template <typename Function>
class Hmac {
 public:
  using Value = typename Function::Digest;

  explicit Hmac(std::string_view key);
  Hmac(const Hmac&) = default;
  Hmac& operator=(const Hmac&) = default;
  ~Hmac() {
    WipeBytes(inner_.data(), sizeof inner_);
    WipeBytes(outer_.data(), sizeof outer_);
  }

  Value Digest(std::string_view text) const noexcept {
    const Value inner = Function::Resume(inner_, text);
    return Function::Resume(
        outer_, {reinterpret_cast<const char*>(inner.data()), inner.size()});
  }

 private:
  typename Function::Midstate inner_;
  typename Function::Midstate outer_;
};

template <typename Function>
Hmac<Function>::Hmac(std::string_view key) {
  std::array<std::uint8_t, Function::kBlockSize> block{};
  if (key.size() > block.size()) {
    const Value digest = Function::Of(key);
    std::memcpy(block.data(), digest.data(), digest.size());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  constexpr std::uint8_t kInnerPad = 0x36;
  constexpr std::uint8_t kOuterPad = 0x5c;
  for (std::uint8_t& byte : block) byte ^= kInnerPad;
  inner_ = Function::AfterBlock(block);
  for (std::uint8_t& byte : block) byte ^= kInnerPad ^ kOuterPad;
  outer_ = Function::AfterBlock(block);
  WipeBytes(block.data(), block.size());
}

}  // namespace clone_auth

#include "crypto/hmac_sha256.h"

#include <cstring>

#include "clone/secret.h"

namespace clone_auth {

HmacSha256::HmacSha256(std::string_view key) {
  std::array<std::uint8_t, kSha256BlockSize> block{};
  if (key.size() > block.size()) {
    const Sha256Digest digest = Sha256(key);
    std::memcpy(block.data(), digest.data(), digest.size());
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  constexpr std::uint8_t kInnerPad = 0x36;
  constexpr std::uint8_t kOuterPad = 0x5c;
  for (std::uint8_t& byte : block) byte ^= kInnerPad;
  inner_ = Sha256AfterBlock(block);
  for (std::uint8_t& byte : block) byte ^= kInnerPad ^ kOuterPad;
  outer_ = Sha256AfterBlock(block);
  WipeBytes(block.data(), block.size());
}

HmacSha256::~HmacSha256() {
  WipeBytes(inner_.data(), sizeof inner_);
  WipeBytes(outer_.data(), sizeof outer_);
}

}  // namespace clone_auth

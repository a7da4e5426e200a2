#pragma once

// The hash functions of the algorithms: as a value for what is chosen at run
// time, and as types for HMAC, which is compiled for each of them.

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/sha256.h"
#include "crypto/sha512.h"

namespace clone_auth {

enum class Hash : std::uint8_t { kSha256, kSha384, kSha512 };

struct HashValue {
  std::array<std::uint8_t, sizeof(Sha512Digest)> bytes;
  std::size_t size;
};

inline HashValue ComputeHash(Hash hash, std::string_view bytes) {
  HashValue value;
  const auto keep = [&value](const auto& digest) {
    value.size = digest.size();
    std::copy(digest.begin(), digest.end(), value.bytes.begin());
  };
  switch (hash) {
    case Hash::kSha256:
      keep(Sha256(bytes));
      break;
    case Hash::kSha384:
      keep(Sha384(bytes));
      break;
    case Hash::kSha512:
      keep(Sha512(bytes));
      break;
  }
  return value;
}

struct Sha256Function {
  using Digest = Sha256Digest;
  using Midstate = Sha256Midstate;
  static constexpr std::size_t kBlockSize = kSha256BlockSize;
  static constexpr auto Of = Sha256;
  static constexpr auto AfterBlock = Sha256AfterBlock;
  static constexpr auto Resume = Sha256Resume;
};

struct Sha384Function {
  using Digest = Sha384Digest;
  using Midstate = Sha512Midstate;
  static constexpr std::size_t kBlockSize = kSha512BlockSize;
  static constexpr auto Of = Sha384;
  static constexpr auto AfterBlock = Sha384AfterBlock;
  static constexpr auto Resume = Sha384Resume;
};

struct Sha512Function {
  using Digest = Sha512Digest;
  using Midstate = Sha512Midstate;
  static constexpr std::size_t kBlockSize = kSha512BlockSize;
  static constexpr auto Of = Sha512;
  static constexpr auto AfterBlock = Sha512AfterBlock;
  static constexpr auto Resume = Sha512Resume;
};

}  // namespace clone_auth

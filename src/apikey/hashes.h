#pragma once

// How digests and ids are hashed and compared in tables.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "clone/api_key_store.h"
#include "clone/uuid.h"

namespace clone_auth {

inline std::uint64_t WordOf(const std::uint8_t* bytes) {
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// A digest is as random as any hash of it.
inline std::uint64_t HashOf(const ApiKeyDigest& digest) {
  return WordOf(digest.data());
}

// Ids need not be random.
inline std::uint64_t HashOf(const Uuid& id) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  std::uint64_t hash = WordOf(id.bytes.data()) * kOdd;
  hash = (hash ^ (hash >> 32) ^ WordOf(id.bytes.data() + 8)) * kOdd;
  return (hash ^ (hash >> 29)) * kOdd;
}

// Without a branch on any part of the digests, and inline.
inline bool IsSame(const ApiKeyDigest& a, const ApiKeyDigest& b) {
  std::uint64_t difference = 0;
  for (std::size_t at = 0; at < a.size(); at += sizeof difference) {
    difference |= WordOf(a.data() + at) ^ WordOf(b.data() + at);
  }
  return difference == 0;
}

}  // namespace clone_auth

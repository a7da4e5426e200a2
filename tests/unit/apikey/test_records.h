#pragma once

#include <cstdint>
#include <cstring>

#include "clone/api_key_store.h"
#include "crypto/sha256.h"

namespace clone_auth::testing {

/// The id that record number `n` has.
inline Uuid IdOf(std::uint64_t n) {
  Uuid id;
  std::memcpy(id.bytes.data(), &n, sizeof n);
  return id;
}

/// The digest that record number `n` has.
inline ApiKeyDigest DigestOf(std::uint64_t n) {
  return Sha256({reinterpret_cast<const char*>(&n), sizeof n});
}

inline ApiKeyRecord RecordOf(std::uint64_t n) {
  ApiKeyRecord record;
  record.id = IdOf(n);
  record.digest = DigestOf(n);
  return record;
}

}  // namespace clone_auth::testing

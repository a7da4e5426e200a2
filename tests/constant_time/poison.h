#pragma once

// Memcheck follows each bit that is marked undefined, and reports every branch
// and every address that depends on one. Here the secrets are what is marked.

#include <valgrind/memcheck.h>

#include <cstring>
#include <string>
#include <string_view>

#include "clone/secret.h"

namespace clone_auth::constant_time {

/// The bytes keep their values, and become secret.
inline void Poison(const void* bytes, std::size_t size) {
  VALGRIND_MAKE_MEM_UNDEFINED(bytes, size);
}

inline Secret Poisoned(std::string_view bytes) {
  Secret secret = Secret::CopyOf(bytes);
  Poison(secret.MutableBytes(), secret.size());
  return secret;
}

/// As Poison(), but that each byte is ASCII may be known.
inline void PoisonAscii(const std::string& text) {
  const std::string lower_bits(text.size(), '\x7f');
  (void)VALGRIND_SET_VBITS(text.data(), lower_bits.data(), text.size());
}

/// What everybody may learn from now on, such as whether a comparison held.
template <typename T>
T Public(T value) {
  VALGRIND_MAKE_MEM_DEFINED(&value, sizeof value);
  return value;
}

}  // namespace clone_auth::constant_time

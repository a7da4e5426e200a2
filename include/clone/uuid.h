#pragma once

// An identifier of 128 bits (RFC 9562). It names things and is never a
// credential. A plain value.

#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

#include "clone/random.h"
#include "clone/result.h"

namespace clone_auth {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  /// A random one (version 4). Error: random_unavailable.
  static Result<Uuid> Generate(RandomSource& random);

  /// Reads the 36 characters of the canonical form, either case. Error:
  /// invalid_argument.
  static Result<Uuid> Parse(std::string_view text);

  /// The canonical form, lower case.
  std::string ToString() const;

  bool IsNil() const { return *this == Uuid{}; }

  friend bool operator==(const Uuid& a, const Uuid& b) {
    return a.bytes == b.bytes;
  }
  friend bool operator!=(const Uuid& a, const Uuid& b) { return !(a == b); }
  friend bool operator<(const Uuid& a, const Uuid& b) {
    return a.bytes < b.bytes;
  }
};

}  // namespace clone_auth

template <>
struct std::hash<clone_auth::Uuid> {
  std::size_t operator()(const clone_auth::Uuid& uuid) const noexcept {
    // The bytes are random already; eight of them are hash enough.
    std::uint64_t word;
    std::memcpy(&word, uuid.bytes.data(), sizeof word);
    return static_cast<std::size_t>(word);
  }
};

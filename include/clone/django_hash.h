#pragma once

// A hash as Django's hashers write it, of a password or an API key, so that
// what was hashed there can be checked here until it is hashed our way.
// Immutable; may be shared between threads.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "clone/result.h"

namespace clone_auth {

class DjangoHash {
 public:
  /// Reads, with nothing to spare,
  ///   pbkdf2_sha256$<iterations>$<salt>$<base64 of 32 bytes>
  /// with 1 to 5,000,000 iterations and a salt of 1 to 128 visible characters
  /// (django.contrib.auth.hashers), or
  ///   sha512$$<128 hexadecimal digits in lower case>
  /// (djangorestframework-api-key 3). Error: hash_unsupported.
  static Result<DjangoHash> Parse(std::string_view text);

  /// True for PBKDF2: to check it takes as long as it was made to take, some
  /// tenths of a second, so callers bound how many run at once.
  bool IsCostly() const { return iterations_ != 0; }

  /// True if `text` is what was hashed. Compares in constant time.
  bool Matches(std::string_view text) const;

 private:
  DjangoHash() = default;
  static Result<DjangoHash> ParsePbkdf2(std::string_view rest);
  static Result<DjangoHash> ParseSha512(std::string_view digits);

  std::uint32_t iterations_ = 0;  ///< 0: SHA-512
  std::string salt_;
  /// All of them for SHA-512, the first half for PBKDF2.
  std::array<std::uint8_t, 64> bytes_{};
};

}  // namespace clone_auth

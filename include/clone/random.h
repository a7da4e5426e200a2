#pragma once

// Where unpredictable bytes come from. What makes keys, tokens or identifiers
// takes a RandomSource; a source that cannot deliver is an error and never
// falls back to something weaker. Implementations are safe to share between
// threads, and two processes after a fork never see the same bytes.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "clone/result.h"
#include "clone/status.h"

namespace clone_auth {

class RandomSource {
 public:
  virtual ~RandomSource() = default;

  /// Fills `size` bytes. Error: random_unavailable, with nothing usable in
  /// the buffer.
  virtual Status Fill(void* bytes, std::size_t size) = 0;
};

/// The operating system's generator (getrandom).
RandomSource& SystemRandom();

/// `length` characters of `alphabet` (2 to 256 of them), each equally likely.
/// Error: random_unavailable.
Result<std::string> RandomText(RandomSource& random, std::string_view alphabet,
                               std::size_t length);

}  // namespace clone_auth

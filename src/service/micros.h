#pragma once

// Times as the store and the mirror keep them: microseconds since 1970, which
// is as fine as answers show them.

#include <chrono>
#include <cstdint>

#include "clone/clock.h"

namespace clone_auth::service {

inline std::int64_t ToMicros(WallTime time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             time.time_since_epoch())
      .count();
}

inline WallTime FromMicros(std::int64_t micros) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(
      std::chrono::microseconds(micros)));
}

}  // namespace clone_auth::service

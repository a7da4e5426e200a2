#pragma once

// Chance that is the same in every run and on every machine.

#include <cstdint>

namespace clone_auth::simulation {

inline std::uint64_t Draw(std::uint64_t session, std::uint64_t count) {
  std::uint64_t bits = session * 0x9e3779b97f4a7c15 + count;
  for (const std::uint64_t odd : {0xbf58476d1ce4e5b9, 0x94d049bb133111eb}) {
    bits = (bits ^ (bits >> 30)) * odd;
  }
  return bits ^ (bits >> 31);
}

/// In [0, 1).
inline double Chance(std::uint64_t session, std::uint64_t count) {
  return static_cast<double>(Draw(session, count) >> 11) * 0x1p-53;
}

}  // namespace clone_auth::simulation
